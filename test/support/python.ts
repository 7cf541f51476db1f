import { isOnPath, type Requirement } from './requirement.js'

export const PYTHON: Requirement = {
  tag: 'python',
  isThere: () => isOnPath('python3'),
  absence: "Python wasn't found: python3 isn't on the PATH.",
  package: 'python3',
}

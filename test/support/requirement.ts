import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

/**
 * Something on the machine that some tests need. Without it, they are left out, and left-out.ts reports that at the
 * end.
 */
export interface Requirement {
  /** The tag of the tests that need it. */
  tag: 'postgresql' | 'redis' | 'chromium' | 'docker-compose' | 'python'
  isThere(): Promise<boolean>
  /** A sentence that says what was not found, and where. */
  absence: string
  /** The name of Debian's package. */
  package: string
  /** What can be set instead of installing the package, such as "CHROMIUM to …". */
  setting?: string
}

declare module 'vitest' {
  export interface TestTags {
    tags: Requirement['tag'] | 'counted'
  }
}

/** Returns the requirements that this machine doesn't meet. */
export async function missingOf(requirements: readonly Requirement[]): Promise<Requirement[]> {
  const there = await Promise.all(requirements.map((requirement) => requirement.isThere()))
  return requirements.filter((_requirement, index) => !there[index])
}

/** Returns lines of text that say how to get what is missing. */
export function remedyFor(missing: readonly Pick<Requirement, 'package' | 'setting'>[]): string[] {
  const settings = missing.flatMap(({ setting }) => setting ?? [])
  return [
    `Install what is missing. On Debian: apt-get install ${missing.map((each) => each.package).join(' ')}`,
    ...(settings.length > 0 ? [`Or set ${settings.join(', or ')}.`] : []),
  ]
}

/** Returns the error of a command that needs a requirement. */
export function notFound(
  requirement: Pick<Requirement, 'absence' | 'package' | 'setting'>,
  options?: ErrorOptions,
): Error {
  return new Error([requirement.absence, ...remedyFor([requirement])].join('\n'), options)
}

export async function isOnPath(command: string): Promise<boolean> {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  const found = await Promise.all(folders.map((folder) => isExecutable(join(folder, command))))
  return found.includes(true)
}

export function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}

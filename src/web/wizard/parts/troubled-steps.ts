import type { StepStatus } from '../../../generated/documents/graphql.js'

interface Step {
  status: StepStatus
  requirement: { optional: boolean }
  authorization?: { failure?: object | null } | null
}

/**
 * Returns how many steps the page shows in trouble. The API's own count is of required apps whose connection has a problem.
 * A person also sees optional ones, and apps that couldn't be connected.
 */
export function countTroubled(steps: readonly Step[]): number {
  return steps.filter(isTroubled).length
}

function isTroubled({ status, requirement, authorization }: Step): boolean {
  switch (status) {
    case 'MISSING_SCOPES':
    case 'EXPIRED':
    case 'BROKEN':
      return true
    case 'UNAVAILABLE':
      return !requirement.optional
    case 'NOT_CONNECTED':
      return authorization?.failure != null
    default:
      return false
  }
}

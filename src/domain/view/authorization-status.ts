import type { AuthorizationStatus } from '../../generated/prisma/enums.js'

/** Statuses in which the authorization can still succeed. */
export const OPEN_STATUSES = [
  'PENDING',
  'OPENED',
  'EXCHANGING',
  'AWAITING_CONFIRMATION',
  'AWAITING_CHOICE',
] as const satisfies readonly AuthorizationStatus[]

/** Statuses in which the person has to do something, until the deadline. A sibling's success supersedes these. */
export const WAITING_STATUSES = [
  'PENDING',
  'OPENED',
  'AWAITING_CONFIRMATION',
  'AWAITING_CHOICE',
] as const satisfies readonly AuthorizationStatus[]

export function isOpen(status: AuthorizationStatus): boolean {
  return (OPEN_STATUSES as readonly AuthorizationStatus[]).includes(status)
}

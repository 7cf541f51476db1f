import type { AuthorizationStatus } from '../../generated/prisma/enums.js'
import { MINUTE_MS } from '../formats.js'

/** How long an authorization may take, from its start to the app’s callback. */
export const AUTHORIZATION_LIFETIME_MS = 10 * MINUTE_MS

/** Statuses in which the authorization can still succeed. */
export const OPEN_STATUSES = [
  'PENDING',
  'OPENED',
  'EXCHANGING',
  'AWAITING_CONFIRMATION',
] as const satisfies readonly AuthorizationStatus[]

/** Statuses in which the provider's code has not been exchanged. A sibling's success supersedes these. */
export const UNEXCHANGED_STATUSES = [
  'PENDING',
  'OPENED',
  'AWAITING_CONFIRMATION',
] as const satisfies readonly AuthorizationStatus[]

export function isOpen(status: AuthorizationStatus): boolean {
  return (OPEN_STATUSES as readonly AuthorizationStatus[]).includes(status)
}

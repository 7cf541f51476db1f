import { HOUR_MS, MINUTE_MS } from '../formats.js'
import type { FailureReason } from '../ports/failure-cause.js'

/** Refusals in a row, of refreshes of one connection, that don't say that the grant has ended. */
export interface Refusals {
  /** CLIENT: the app says that it doesn't accept the client. UNCLEAR: it doesn't say why. */
  about: 'CLIENT' | 'UNCLEAR'
  count: number
  /** How long ago the first of them was, in milliseconds. */
  overMs: number
  /** Whether the app has given the same client tokens for another connection since the first of them. */
  othersAccepted: boolean
}

/** If the app accepts the client for others. */
const WHILE_OTHERS_ARE_ACCEPTED = { count: 3, overMs: 15 * MINUTE_MS }
/** If it isn't known whether the app accepts anyone. */
const ALONE = { count: 5, overMs: 6 * HOUR_MS }

/**
 * Returns whether refusals mean that the grant has ended (decision 31).
 *
 * 1. While the app accepts the same client for others, the refusal is about this grant, whatever it says.
 * 2. Otherwise, a refused client is an operator's matter and ends nothing.
 * 3. A refusal that doesn't say why ends the grant after more refusals over a longer time.
 */
export function endsGrant({ about, count, overMs, othersAccepted }: Refusals): boolean {
  if (!othersAccepted && about === 'CLIENT') return false
  const limit = othersAccepted ? WHILE_OTHERS_ARE_ACCEPTED : ALONE
  return count >= limit.count && overMs >= limit.overMs
}

/**
 * Returns whether only an operator can make refreshes work again: the app refuses the client or a scope, and not only for
 * this connection.
 */
export function needsOperator(reason: FailureReason, { othersAccepted }: Pick<Refusals, 'othersAccepted'>): boolean {
  return !othersAccepted && (reason === 'CLIENT_REFUSED' || reason === 'SCOPE_REFUSED')
}

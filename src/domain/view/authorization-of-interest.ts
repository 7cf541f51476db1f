import { isOpen } from './authorization-status.js'
import type { AuthorizationRow, ConnectionRow, SetupRow } from './user-state.js'

/**
 * Returns the authorization that a step shows.
 *
 * 1. The one that was started last, if it's open.
 * 2. Otherwise the one that ended last, unless it says nothing about the step as it is now. An older one that ended never
 *    takes its place. One that another's success superseded doesn't count, because that success does.
 * 3. Otherwise the newest that's still open, or none.
 *
 * @param ofStep the authorizations of the step's connector that were started for this setup or for none, newest first
 */
export function authorizationOfInterest(
  ofStep: readonly AuthorizationRow[],
  setup: Pick<SetupRow, 'startedAt'>,
  connection: ConnectionRow | null,
): AuthorizationRow | null {
  const newestOpen = ofStep.find(({ status }) => isOpen(status)) ?? null
  if (newestOpen === ofStep[0]) return newestOpen
  const [last] = ofStep
    .filter(({ status, endedAt }) => endedAt !== null && status !== 'SUPERSEDED')
    .toSorted((one, other) => endOf(other) - endOf(one))
  return last && !isOver(last, setup, connection) ? last : newestOpen
}

function endOf({ endedAt }: AuthorizationRow): number {
  return endedAt?.getTime() ?? 0
}

/**
 * Returns whether what ended says nothing about the step as it is now: the person canceled it, it ended before the setup
 * was started, or something happened to the step's connection since.
 */
function isOver(
  ended: AuthorizationRow,
  { startedAt }: Pick<SetupRow, 'startedAt'>,
  connection: ConnectionRow | null,
): boolean {
  if (ended.status === 'CANCELED' || endOf(ended) < startedAt.getTime()) return true
  if (ended.status === 'SUCCEEDED') return ended.connectionId !== connection?.id
  return connection !== null && lastChangeOf(connection) > endOf(ended)
}

/** When the connection was last authorized, or had the problem that it has now. */
function lastChangeOf({ authorizedAt, problemSince }: ConnectionRow): number {
  return Math.max(authorizedAt.getTime(), problemSince?.getTime() ?? 0)
}

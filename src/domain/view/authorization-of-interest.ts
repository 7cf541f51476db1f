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
 * @param ofConnector the user's authorizations of the step's connector, newest first
 */
export function authorizationOfInterest(
  ofConnector: readonly AuthorizationRow[],
  setup: Pick<SetupRow, 'id' | 'startedAt'>,
  connection: ConnectionRow | null,
): AuthorizationRow | null {
  const ofStep = ofConnector.filter((row) => concerns(row, setup.id, connection))
  const newestOpen = ofStep.find(({ status }) => isOpen(status)) ?? null
  if (newestOpen === ofStep[0]) return newestOpen
  const [last] = ofStep
    .filter(({ status, endedAt }) => endedAt !== null && status !== 'SUPERSEDED')
    .toSorted((one, other) => endOf(other) - endOf(one))
  return last && !isOver(last, setup, connection) ? last : newestOpen
}

/**
 * Returns whether an authorization has to do with a step.
 *
 * 1. If it was started for another setup, it doesn't.
 * 2. If it succeeded, it does, because what ended before is over.
 * 3. If it's open and was started for the step's setup, it does, because the step will use its connection.
 * 4. If it's to repair a connection, it does if the step uses that one.
 * 5. If it's for a new account, it does if it was started for the step's setup, or for none and the step has no connection.
 */
function concerns(row: AuthorizationRow, setupId: string, connection: ConnectionRow | null): boolean {
  const isOfSetup = row.setupId === setupId
  if (!isOfSetup && row.setupId !== null) return false
  if (row.status === 'SUCCEEDED' || (isOfSetup && isOpen(row.status))) return true
  if (row.targetConnectionId !== null) return row.targetConnectionId === connection?.id
  return isOfSetup || connection === null
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

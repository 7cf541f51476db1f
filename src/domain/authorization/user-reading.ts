import type { AuthorizationStatus } from '../../generated/prisma/enums.js'
import { LOCK_USER } from '../change/revision.js'
import { type Sql, type SqlTransaction, statement } from '../ports/sql.js'
import { type AnnouncedState, announcedStateOf, announcedStateSql, type StateText } from '../setup/announcements.js'

/** What storing a connection depends on, and the revision of the user that it is from. */
export interface UserReading {
  revision: number
  /** The setup of the authorization, if there still is one. */
  setupId: string | null
  /** The setups that the connector concerns, and all connections. */
  state: AnnouncedState
}

/** @returns undefined if the statement returned no state */
export function readingOf(row: StateText & { revision: number; setupId: string | null }): UserReading | undefined {
  const { revision, setupId } = row
  const state = announcedStateOf(row)
  return state && { revision, setupId, state }
}

const READ = statement<
  [id: string, userId: string],
  StateText & { status: string; revision: number; setupId: string | null }
>(
  'read-for-storing',
  `SELECT status::text, "setupId", (SELECT revision FROM "User" WHERE id = $2::uuid) AS revision,
    COALESCE((SELECT revision FROM "Catalogue" WHERE id = 1), 0) AS "catalogueRevision",
    ${announcedStateSql('$2::uuid', 'tried."connectorSlug"')}::text AS state
  FROM "Authorization" tried WHERE id = $1::uuid AND "userId" = $2::uuid`,
)

/** An authorization, and the status that it has to have for its result to be stored. */
export interface AuthorizationToStore {
  id: string
  userId: string
  status: AuthorizationStatus
}

/** @returns null if the authorization no longer has that status */
export async function readForStoring(
  sql: Sql,
  { id, userId, status }: AuthorizationToStore,
): Promise<UserReading | null> {
  const [row] = await sql.run(READ, id, userId)
  return (row?.status === status && readingOf(row)) || null
}

/** The same under the user's lock, so that it is still right when the transaction writes. */
export async function readLocked(tx: SqlTransaction, authorization: AuthorizationToStore): Promise<UserReading | null> {
  const [, reading] = await Promise.all([tx.run(LOCK_USER, authorization.userId), readForStoring(tx, authorization)])
  return reading
}

import type { Change } from '../change/revision.js'
import { type Sql, statement } from '../ports/sql.js'
import { announcedStateSql, type StateText } from '../setup/announcements.js'
import { readingOf, type UserReading } from './user-reading.js'

/**
 * One statement, and therefore one transaction: it locks the user's row, then changes the authorization if it is still
 * open, and only then raises the revision. PostgreSQL checks the condition again on the row as it is once the lock is
 * held (EvalPlanQual), so of two callbacks with one state, the second finds it used.
 *
 * What it reads may be older than what it locked. It returns the state only if both have the same revision.
 */
const CONSUME_STATE = statement<
  [id: string, userId: string],
  StateText & { revision: number; now: Date; setupId: string | null }
>(
  'consume-state',
  `WITH owner AS MATERIALIZED (
    SELECT id, revision FROM "User" WHERE id = $2::uuid FOR NO KEY UPDATE
  ), started AS (
    UPDATE "Authorization" SET status = 'EXCHANGING', "exchangeStartedAt" = now()
    FROM owner
    WHERE "Authorization".id = $1::uuid AND "userId" = owner.id AND status = 'OPENED' AND "expiresAt" > now()
    RETURNING owner.id, owner.revision, "setupId", "connectorSlug"
  )
  UPDATE "User" SET revision = "User".revision + 1 FROM started WHERE "User".id = started.id
  RETURNING "User".revision, now() AS now, "setupId",
    COALESCE((SELECT revision FROM "Catalogue" WHERE id = 1), 0) AS "catalogueRevision",
    CASE started.revision WHEN (SELECT revision FROM "User" WHERE id = $2::uuid) THEN
      ${announcedStateSql('$2::uuid', 'started."connectorSlug"')}::text
    END AS state`,
)

/**
 * Marks an opened authorization EXCHANGING. The provider's code is used from here on.
 * @returns null if it is no longer open: its state was used, or it has ended or expired, or the user is gone
 */
export async function consumeState(
  sql: Sql,
  { id, userId }: { id: string; userId: string },
): Promise<{ change: Change; reading: UserReading | undefined } | null> {
  const [row] = await sql.run(CONSUME_STATE, id, userId)
  if (!row) return null
  const { revision, now } = row
  return { change: { userId, revision, now }, reading: readingOf(row) }
}

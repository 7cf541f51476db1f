import { changeKnownUser } from '../../change/change-user.js'
import type { Deps } from '../../deps.js'
import { statement } from '../../ports/sql.js'

const BATCH = 100

const REVOKED = statement<[limit: number], { userId: string }>(
  'sessions-of-revoked-keys',
  `SELECT DISTINCT "userId" FROM "SetupSession" JOIN "ApiKey" ON "ApiKey".id = "apiKeyId"
   WHERE "revokedAt" IS NOT NULL LIMIT $1::int`,
)
const PRUNE = statement<[], { count: number }>(
  'prune-sessions',
  `WITH expired AS (DELETE FROM "SetupSession" WHERE "expiresAt" <= now() RETURNING id)
   SELECT count(*)::int AS count FROM expired`,
)

/**
 * Deletes the sessions of revoked keys, for a few users at a time. The sessions no longer work. Raising their users'
 * revisions makes open subscriptions notice.
 * @returns the number of users that had any
 */
export async function endRevokedSessions(deps: Pick<Deps, 'db' | 'sql' | 'notifier'>): Promise<number> {
  const users = await deps.sql.run(REVOKED, BATCH)
  for (const { userId } of users) {
    await changeKnownUser(deps, userId, async (tx) => {
      const { count } = await tx.setupSession.deleteMany({ where: { userId, apiKey: { revokedAt: { not: null } } } })
      return count || null
    })
  }
  return users.length
}

/** Deletes expired sessions. Their streams have already ended. */
export async function pruneSessions({ sql }: Pick<Deps, 'sql'>): Promise<number> {
  const [pruned] = await sql.run(PRUNE)
  return pruned?.count ?? 0
}

import { changeKnownUser } from '../../change/change-user.js'
import type { Deps } from '../../deps.js'

const BATCH = 100

/**
 * Deletes the sessions of revoked keys, for a few users at a time. The sessions no longer work. Raising their users'
 * revisions makes open subscriptions notice.
 * @returns the number of users that had any
 */
export async function endRevokedSessions(deps: Pick<Deps, 'db' | 'notifier'>): Promise<number> {
  const users = await deps.db.$queryRaw<{ userId: string }[]>`
    SELECT DISTINCT "userId" FROM "SetupSession" JOIN "ApiKey" ON "ApiKey".id = "apiKeyId"
    WHERE "revokedAt" IS NOT NULL LIMIT ${BATCH}`
  for (const { userId } of users) {
    await changeKnownUser(deps, userId, async (tx) => {
      const { count } = await tx.setupSession.deleteMany({ where: { userId, apiKey: { revokedAt: { not: null } } } })
      return count || null
    })
  }
  return users.length
}

/** Deletes expired sessions. Their streams have already ended. */
export async function pruneSessions({ db }: Pick<Deps, 'db'>): Promise<number> {
  return db.$executeRaw`DELETE FROM "SetupSession" WHERE "expiresAt" <= now()`
}

import type { Tx } from '../db.js'

/**
 * Deletes the tokens that one authorization, or all of a user's, keep until the person has chosen, and schedules their
 * revocation. They remain sealed.
 */
export async function giveBackKeptTokens(
  tx: Tx,
  { authorizationId, userId }: { authorizationId?: string; userId?: string },
): Promise<void> {
  await tx.$executeRaw`
    WITH kept AS (
      DELETE FROM "AuthorizationTokens" USING "Authorization" tried
      WHERE tried.id = "authorizationId" AND (tried.id = ${authorizationId ?? null}::uuid OR "userId" = ${userId ?? null}::uuid)
      RETURNING tried.id, "userId", "connectorSlug", "accountId", sealed
    )
    INSERT INTO "Revocation" (
      "connectorSlug", "accountId", organization, "userId", "recordId", sealed, "createdAt", "dueAt"
    )
    SELECT "connectorSlug", "accountId", organization, "userId", kept.id, sealed, now(), now()
    FROM kept JOIN "User" ON "User".id = "userId"`
}

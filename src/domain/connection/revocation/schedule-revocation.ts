import type { TokenOwner } from '../../credential/tokens.js'
import type { Db, Tx } from '../../db.js'

/** Sealed tokens that no longer belong to a connection. */
export interface OrphanedTokens extends TokenOwner {
  connectorSlug: string
  accountId: string | null
  sealed: Uint8Array<ArrayBuffer>
}

/** Hands tokens to a scheduled job, which revokes them at the app and then deletes them. By the database's clock. */
export async function scheduleRevocation(db: Db | Tx, tokens: OrphanedTokens): Promise<void> {
  const { connectorSlug, accountId, organization, userId, recordId, sealed } = tokens
  await db.$executeRaw`
    INSERT INTO "Revocation" ("connectorSlug", "accountId", organization, "userId", "recordId", sealed, "createdAt", "dueAt")
    VALUES (${connectorSlug}, ${accountId}, ${organization}, ${userId}::uuid, ${recordId}::uuid, ${sealed}, now(), now())`
}

import { type StoredTokens, sealTokens } from '../../credential/tokens.js'
import type { Deps } from '../../deps.js'
import type { UnreadAnswer } from '../../ports/oauth-client.js'
import { type Sql, statement } from '../../ports/sql.js'
import { scheduleRevocation } from '../revocation/schedule-revocation.js'
import type { Claim } from './claim-refreshes.js'

const KEEP_UNREAD = statement<
  [id: string, tokenVersion: number, leaseUntil: Date, sealed: Uint8Array],
  { connectionId: string }
>(
  'keep-unread',
  `UPDATE "ConnectionToken" SET sealed = $4::bytea FROM "Connection" c
  WHERE "connectionId" = c.id AND c.id = $1::uuid AND c."tokenVersion" = $2::int
    AND c."refreshLeaseUntil" = $3::timestamptz AND c.status = 'LIVE'
  RETURNING "connectionId"`,
)

/**
 * Keeps a response that has new tokens and can't be used as it is, sealed with the tokens that it replaces. The next
 * refresh reads it again, because an operator may have corrected the settings by then. Otherwise it asks with the new
 * refresh token, if there is one in the response.
 * @returns whether it was kept. If the connection has changed, the new tokens are scheduled for revocation
 */
export async function keepUnread(
  { sql, db, vault }: Pick<Deps, 'db' | 'vault'> & { sql: Sql },
  claim: Claim,
  before: StoredTokens,
  { text, tokens }: UnreadAnswer,
): Promise<boolean> {
  const { id, userId, organization, connectorSlug, accountId, tokenVersion, leaseUntil } = claim
  const owner = { organization, userId, recordId: id }
  const sealed = await sealTokens(vault, owner, {
    ...before,
    refreshToken: tokens.refreshToken ?? before.refreshToken,
    unread: { text, receivedAtMs: Date.now() },
  })
  const kept = await sql.run(KEEP_UNREAD, id, tokenVersion, leaseUntil, sealed)
  if (kept.length > 0) return true
  const orphaned = await sealTokens(vault, owner, {
    ...before,
    ...tokens,
    accessToken: tokens.accessToken ?? '',
    unread: undefined,
  })
  await scheduleRevocation(db, { ...owner, connectorSlug, accountId, sealed: orphaned })
  return false
}

import type { OAuthTarget } from '../authorization/oauth-client.js'
import type { Deps } from '../deps.js'
import type { StoredTokens } from './tokens.js'

/**
 * Revokes tokens that belong to no connection. Where revoking one token ends the whole grant, nothing is done while
 * another connection, of whichever user, holds the same client and account.
 * @param open called only when there is something to revoke
 * @throws OAuthError
 */
export async function revokeAtApp(
  { db, oauth }: Pick<Deps, 'db' | 'oauth'>,
  target: OAuthTarget,
  { connectorSlug, accountId }: { connectorSlug: string; accountId: string | null },
  open: () => Promise<StoredTokens>,
): Promise<void> {
  if (target.provider.revocationEndsGrant && accountId !== null) {
    if ((await db.connection.count({ where: { connectorSlug, accountId } })) > 0) return
  }
  await oauth.revoke(target, await open())
}

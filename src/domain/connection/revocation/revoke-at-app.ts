import type { StoredTokens } from '../../credential/tokens.js'
import type { Deps } from '../../deps.js'
import type { OAuthTarget } from '../../ports/oauth-client.js'

/**
 * Revokes tokens that belong to no connection. Where revoking one token ends the whole grant, nothing is done while
 * another connection, of whichever user, holds the same client and account; nor, where it is not known which account
 * they are of, while their user has a connection there, which may be the same.
 * @param open called only when there is something to revoke
 * @throws OAuthError
 */
export async function revokeAtApp(
  { db, oauth }: Pick<Deps, 'db' | 'oauth'>,
  target: OAuthTarget,
  { connectorSlug, accountId, userId }: { connectorSlug: string; accountId: string | null; userId: string },
  open: () => Promise<StoredTokens>,
): Promise<void> {
  if (target.provider.revocationEndsGrant) {
    const same = accountId === null ? { userId } : { accountId }
    if ((await db.connection.count({ where: { connectorSlug, ...same } })) > 0) return
  }
  await oauth.revoke(target, await open())
}

import { providerFor } from '../../credential/client-credentials.js'
import type { StoredTokens } from '../../credential/tokens.js'
import type { Deps } from '../../deps.js'
import { possiblySameAccount } from '../../ports/account-key.js'
import type { OAuthTarget } from '../../ports/oauth-client.js'

/**
 * Revokes tokens that belong to no connection. If revoking one token ends the whole grant, this does nothing while any
 * user's connection has the same client and account. If the account is unknown, it does nothing while the tokens' user
 * has a connection there, because it may be the same account.
 * @param open called only if there is something to revoke
 * @throws OAuthError
 */
export async function revokeAtApp(
  { db, oauth }: Pick<Deps, 'db' | 'oauth'>,
  target: OAuthTarget,
  { connectorSlug, accountId, userId }: { connectorSlug: string; accountId: string | null; userId: string },
  open: () => Promise<StoredTokens>,
): Promise<void> {
  if (target.provider.revocationEndsGrant) {
    const same = accountId === null ? { userId } : sameGrant(target, accountId)
    if ((await db.connection.count({ where: { connectorSlug, ...same } })) > 0) return
  }
  const tokens = await open()
  const provider = providerFor(target.provider, tokens.variables)
  await oauth.revoke({ ...target, provider, server: tokens.server ?? null }, tokens)
}

/** If people choose one of several sites, the connections of all sites may have the same person's grant. */
function sameGrant({ provider }: OAuthTarget, accountId: string) {
  const { OR } = possiblySameAccount(accountId)
  const person = accountId.split('/').at(-1) ?? accountId
  return { OR: provider.lookup?.choices ? [...OR, { accountId: { endsWith: `/${person}` } }] : OR }
}

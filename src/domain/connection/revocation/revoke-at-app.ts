import { providerFor } from '../../credential/client-credentials.js'
import type { StoredTokens } from '../../credential/tokens.js'
import type { Deps } from '../../deps.js'
import { possiblySameAccount } from '../../ports/account-key.js'
import { type OAuthClient, OAuthError, type OAuthTarget } from '../../ports/oauth-client.js'

/** Where the tokens come from, and where renewed ones go. */
export interface TokensToRevoke {
  /** Called only if there is something to revoke. */
  open(): Promise<StoredTokens>
  /** Called with tokens that replace them at the app, before these are used. */
  keep(renewed: StoredTokens): Promise<void>
}

/**
 * Revokes tokens that belong to no connection. If revoking one token ends the whole grant, this does nothing while any
 * user's connection has the same client and account. If the account is unknown, it does nothing while the tokens' user
 * has a connection there, because it may be the same account.
 *
 * If only a valid access token revokes and this one has expired, it is renewed first. The app may replace the refresh
 * token then, so both are kept before they are used.
 * @throws OAuthError
 */
export async function revokeAtApp(
  { db, oauth }: Pick<Deps, 'db' | 'oauth'>,
  target: OAuthTarget,
  { connectorSlug, accountId, userId }: { connectorSlug: string; accountId: string | null; userId: string },
  { open, keep }: TokensToRevoke,
): Promise<void> {
  if (target.provider.revocationEndsGrant) {
    const same = accountId === null ? { userId } : sameGrant(target, accountId)
    if ((await db.connection.count({ where: { connectorSlug, ...same } })) > 0) return
  }
  const tokens = await open()
  const provider = providerFor(target.provider, tokens.variables)
  const at = { ...target, provider, server: tokens.server ?? null }
  try {
    await oauth.revoke(at, tokens)
  } catch (error) {
    const isExpired = error instanceof OAuthError && error.verdict === 'ACCESS_ENDED'
    if (!isExpired || tokens.refreshToken === null) throw error
    await revokeRenewed(oauth, at, await renewed(oauth, at, tokens, tokens.refreshToken), keep)
  }
}

/** Tokens that can't be kept are used all the same, because they are in memory only. */
async function revokeRenewed(
  oauth: OAuthClient,
  at: OAuthTarget,
  tokens: StoredTokens,
  keep: TokensToRevoke['keep'],
): Promise<void> {
  const [kept] = await Promise.allSettled([keep(tokens)])
  try {
    await oauth.revoke(at, tokens)
  } catch (error) {
    throw kept.status === 'rejected' ? kept.reason : error
  }
}

/** A response that can't be used as it is may have new tokens all the same. */
async function renewed(
  oauth: OAuthClient,
  at: OAuthTarget,
  before: StoredTokens,
  refreshToken: string,
): Promise<StoredTokens> {
  const { isShortLived: _, unread: __, ...rest } = before
  try {
    const tokens = await oauth.refresh(at, refreshToken, [], before.isShortLived)
    return { ...rest, accessToken: tokens.accessToken, refreshToken: tokens.refreshToken ?? refreshToken }
  } catch (error) {
    const salvaged = error instanceof OAuthError ? error.unread?.tokens : undefined
    if (!salvaged?.accessToken) throw error
    return { ...rest, accessToken: salvaged.accessToken, refreshToken: salvaged.refreshToken ?? refreshToken }
  }
}

/** If people choose one of several sites, the connections of all sites may have the same person's grant. */
function sameGrant({ provider }: OAuthTarget, accountId: string) {
  const { OR } = possiblySameAccount(accountId)
  const person = accountId.split('/').at(-1) ?? accountId
  return { OR: provider.lookup?.choices ? [...OR, { accountId: { endsWith: `/${person}` } }] : OR }
}

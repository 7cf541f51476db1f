import { revokeAtApp } from '../connection/revocation/revoke-at-app.js'
import { scheduleRevocation } from '../connection/revocation/schedule-revocation.js'
import { type StoredTokens, sealTokens, type TokenOwner } from '../credential/tokens.js'
import type { Deps } from '../deps.js'
import { type ExternalAccount, OAuthError, type OAuthTarget } from '../ports/oauth-client.js'
import { VaultError } from '../ports/vault.js'
import type { AuthorizationRecord } from './authorization-record.js'

/** What a code was exchanged for, and which account it belongs to. */
export interface Received {
  tokens: StoredTokens
  account: ExternalAccount | null
}

/** Revokes tokens that belong to no connection, even if the authorization and its user are gone. */
export async function giveBack(
  deps: Pick<Deps, 'db' | 'vault' | 'oauth'>,
  authorization: AuthorizationRecord,
  target: OAuthTarget,
  received: Received,
): Promise<void> {
  const { id, userId, user, connectorSlug } = authorization
  const owner: TokenOwner = { organization: user.organization, userId, recordId: id }
  let sealed: Uint8Array<ArrayBuffer>
  try {
    sealed = await sealTokens(deps.vault, owner, received.tokens)
  } catch (error) {
    if (!(error instanceof VaultError)) throw error
    return revokeNow(deps, authorization, target, received)
  }
  await scheduleRevocation(deps.db, { ...owner, connectorSlug, accountId: received.account?.id ?? null, sealed })
}

/** Tries once, while the tokens are in memory. If the app doesn't respond, they remain valid until they expire. */
async function revokeNow(
  deps: Pick<Deps, 'db' | 'oauth'>,
  authorization: AuthorizationRecord,
  target: OAuthTarget,
  { tokens, account }: Received,
) {
  const { connectorSlug, userId } = authorization
  try {
    const facts = { connectorSlug, userId, accountId: account?.id ?? null }
    await revokeAtApp(deps, target, facts, { open: async () => tokens, keep: async () => {} })
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
  }
}

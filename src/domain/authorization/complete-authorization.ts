import type { Connector } from '../catalogue/catalogue.js'
import { revokeAtApp } from '../connection/revocation/revoke-at-app.js'
import { scheduleRevocation } from '../connection/revocation/schedule-revocation.js'
import { sealTokens, type TokenOwner } from '../credential/tokens.js'
import type { Deps } from '../deps.js'
import { type ExternalAccount, OAuthError, type OAuthTarget, type Tokens } from '../ports/oauth-client.js'
import { VaultError } from '../ports/vault.js'
import {
  type AuthorizationRecord,
  type Ending,
  endAuthorization,
  endingOf,
  INTERRUPTED,
} from './authorization-record.js'
import { type ChangeAuthorizationDeps, changeAuthorization } from './change-authorization.js'
import { type StoreConnectionDeps, storeConnection } from './store-connection.js'

/** What carrying on an authorization up to its end depends on. */
export type CompleteAuthorizationDeps = StoreConnectionDeps & Pick<Deps, 'oauth'>

/** What an app's code is exchanged with. */
export interface Grant {
  callback: URLSearchParams
  codeVerifier: string
}

/** What a code was exchanged for, and whose it is. */
interface Received {
  tokens: Tokens
  account: ExternalAccount | null
}

/**
 * Exchanges the code of an authorization that is EXCHANGING and commits the result. A crash on the way leaves the
 * authorization EXCHANGING, which a scheduled job ends as INTERRUPTED.
 */
export async function completeAuthorization(
  deps: CompleteAuthorizationDeps,
  authorization: AuthorizationRecord,
  connector: Connector,
  target: OAuthTarget,
  { callback, codeVerifier }: Grant,
): Promise<void> {
  let tokens: Tokens | undefined
  let account: ExternalAccount | null
  try {
    tokens = await deps.oauth.exchange(target, callback, codeVerifier)
    account = await deps.oauth.identify(target.provider, tokens.accessToken)
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    return end(deps, authorization, target, endingOf(error), tokens && { tokens, account: null })
  }
  const received = { tokens, account }
  try {
    const outcome = await storeConnection(deps, authorization, connector, tokens, account)
    if (outcome === 'another-account') {
      await end(deps, authorization, target, { status: 'FAILED', failureCode: 'ACCOUNT_MISMATCH' }, received)
    } else if (outcome === 'overtaken') {
      await end(deps, authorization, target, null, received)
    }
  } catch (error) {
    // The code is used up, and the tokens cannot be kept: the user has to start again.
    if (!(error instanceof VaultError)) throw error
    await end(deps, authorization, target, INTERRUPTED, received)
  }
}

/** Ends the authorization, unless it has ended already (null); tokens that came all the same are given back to the app. */
async function end(
  deps: ChangeAuthorizationDeps & Pick<Deps, 'vault' | 'oauth'>,
  authorization: AuthorizationRecord,
  target: OAuthTarget,
  ending: Ending | null,
  received?: Received,
): Promise<void> {
  // First, so that a crash in between loses no token; the authorization then ends as INTERRUPTED.
  if (received) await giveBack(deps, authorization, target, received)
  if (!ending) return
  await changeAuthorization(deps, authorization, async (tx, current, { now }) =>
    current.status === 'EXCHANGING' ? endAuthorization(tx, current, now, ending) : false,
  )
}

/** Tokens that lead to no connection are revoked at the app, whatever has become of the authorization and of its user. */
async function giveBack(
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

/** Once, and while they are in memory: an app that does not answer now keeps them until they expire. */
async function revokeNow(
  deps: Pick<Deps, 'db' | 'oauth'>,
  authorization: AuthorizationRecord,
  target: OAuthTarget,
  { tokens, account }: Received,
) {
  const { connectorSlug, userId } = authorization
  try {
    await revokeAtApp(deps, target, { connectorSlug, userId, accountId: account?.id ?? null }, async () => tokens)
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
  }
}

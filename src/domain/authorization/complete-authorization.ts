import type { Connector } from '../catalogue/catalogue.js'
import type { VariableValues } from '../catalogue/url-template.js'
import { revokeAtApp } from '../connection/revocation/revoke-at-app.js'
import { scheduleRevocation } from '../connection/revocation/schedule-revocation.js'
import { type StoredTokens, sealTokens, type TokenOwner } from '../credential/tokens.js'
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
import type { UserReading } from './user-reading.js'

/** What finishing an authorization depends on. */
export type CompleteAuthorizationDeps = StoreConnectionDeps & ChangeAuthorizationDeps & Pick<Deps, 'oauth'>

/** What is sent to the app with its code. */
export interface Grant {
  callback: URLSearchParams
  codeVerifier: string
  /** Of the connector's variables, which the target's URLs already have. */
  variables: VariableValues | undefined
}

/** How an authorization ended. */
export type Ended = { status: 'SUCCEEDED'; failureCode?: null } | Ending

/** What a code was exchanged for, and which account it belongs to. */
interface Received {
  tokens: StoredTokens
  account: ExternalAccount | null
}

/**
 * Exchanges the code of an EXCHANGING authorization and commits the result. After a crash, the authorization is still
 * EXCHANGING, and a scheduled job ends it as INTERRUPTED.
 * @param reading what was read when the exchange began
 * @returns how it ended, or null if something else ended it in the meantime
 */
export async function completeAuthorization(
  deps: CompleteAuthorizationDeps,
  authorization: AuthorizationRecord,
  connector: Connector,
  target: OAuthTarget,
  { callback, codeVerifier, variables }: Grant,
  reading?: UserReading,
): Promise<Ended | null> {
  let tokens: (Tokens & Pick<StoredTokens, 'variables'>) | undefined
  let account: ExternalAccount | null
  try {
    const exchanged = await deps.oauth.exchange(target, callback, codeVerifier)
    tokens = { ...exchanged, variables }
    const metadata = { ...exchanged.metadata, ...variables }
    const identified = await deps.oauth.identify(target.provider, { ...exchanged, metadata })
    account = identified.account
    tokens = { ...tokens, metadata: identified.metadata }
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    const received = tokens ?? salvagedFrom(error, variables)
    const ending = endingOf(error, tokens ? 'IDENTITY' : 'EXCHANGE')
    return end(deps, authorization, target, ending, received && { tokens: received, account: null })
  }
  const received: Received = { tokens, account }
  try {
    const outcome = await storeConnection(deps, authorization, { connector, tokens, account }, reading)
    if (outcome === 'stored') return { status: 'SUCCEEDED' }
    const ending: Ending | null =
      outcome === 'another-account' ? { status: 'FAILED', failureCode: 'ACCOUNT_MISMATCH' } : null
    return await end(deps, authorization, target, ending, received)
  } catch (error) {
    // The code is used up and the tokens can't be stored, so the user has to start again.
    if (!(error instanceof VaultError)) throw error
    return end(deps, authorization, target, INTERRUPTED, received)
  }
}

/** Returns the tokens of a response that was refused. They lead to no connection, so they have to be revoked. */
function salvagedFrom({ unread }: OAuthError, variables: VariableValues | undefined): StoredTokens | undefined {
  return unread ? { ...unread.tokens, accessToken: unread.tokens.accessToken ?? '', variables } : undefined
}

/**
 * Ends the authorization, unless it has already ended. If tokens arrived anyway, they are revoked at the app.
 * @returns how it ended, or null if something else ended it
 */
async function end(
  deps: ChangeAuthorizationDeps & Pick<Deps, 'vault' | 'oauth'>,
  authorization: AuthorizationRecord,
  target: OAuthTarget,
  ending: Ending | null,
  received?: Received,
): Promise<Ending | null> {
  // First, so that a crash in between loses no token. The authorization then ends as INTERRUPTED.
  if (received) await giveBack(deps, authorization, target, received)
  if (!ending) return null
  const ended = await changeAuthorization(deps, authorization, async (tx, current, { now }) =>
    current.status === 'EXCHANGING' ? endAuthorization(tx, current, now, ending) : false,
  )
  return ended ? ending : null
}

/** Revokes tokens that belong to no connection, even if the authorization and its user are gone. */
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

/** Tries once, while the tokens are in memory. If the app doesn't respond, they remain valid until they expire. */
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

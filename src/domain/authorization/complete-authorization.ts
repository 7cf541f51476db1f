import type { Connector } from '../catalogue/catalogue.js'
import type { VariableValues } from '../catalogue/url-template.js'
import type { StoredTokens } from '../credential/tokens.js'
import type { Deps } from '../deps.js'
import {
  type Identified,
  type IdentifiedExchange,
  OAuthError,
  type OAuthTarget,
  type Tokens,
} from '../ports/oauth-client.js'
import { VaultError } from '../ports/vault.js'
import {
  type AuthorizationRecord,
  type Ending,
  endAuthorization,
  endingOf,
  INTERRUPTED,
  OTHER_ACCOUNT,
} from './authorization-record.js'
import { awaitChoice } from './await-choice.js'
import { type ChangeAuthorizationDeps, changeAuthorization } from './change-authorization.js'
import { chosenFrom } from './choice-rule.js'
import type { KnownConnection } from './connection-to-keep.js'
import { giveBack, type Received } from './give-back.js'
import { type StoreConnectionDeps, storeConnection } from './store-connection.js'
import { readForStoring, type UserReading } from './user-reading.js'

/** What finishing an authorization depends on. */
export type CompleteAuthorizationDeps = StoreConnectionDeps & ChangeAuthorizationDeps & Pick<Deps, 'oauth'>

/** What is sent to the app with its code. */
export interface Grant {
  callback: URLSearchParams
  codeVerifier: string
  /** Of the connector's variables, which the target's URLs already have. */
  variables: VariableValues | undefined
}

/** What an exchange resulted in. */
export type Completed =
  | { status: 'SUCCEEDED'; failureCode?: null }
  /** The person has to choose one of several accounts. */
  | { status: 'AWAITING_CHOICE'; failureCode?: null }
  | Ending

/**
 * Exchanges the code of an EXCHANGING authorization and commits the result. After a crash, the authorization is still
 * EXCHANGING, and a scheduled job ends it as INTERRUPTED.
 * @param reading what was read when the exchange began
 * @returns the result, or null if something else ended it in the meantime
 */
export async function completeAuthorization(
  deps: CompleteAuthorizationDeps,
  started: AuthorizationRecord,
  connector: Connector,
  target: OAuthTarget,
  { callback, codeVerifier, variables }: Grant,
  reading?: UserReading,
): Promise<Completed | null> {
  const authorization: AuthorizationRecord = { ...started, status: 'EXCHANGING' }
  let tokens: (Tokens & Pick<StoredTokens, 'variables'>) | undefined
  let identified: IdentifiedExchange
  try {
    const exchanged = await deps.oauth.exchange(target, callback, codeVerifier)
    tokens = { ...exchanged, variables }
    const metadata = { ...exchanged.metadata, ...variables }
    identified = await deps.oauth.identify(target.provider, { ...exchanged, metadata })
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    const received = tokens ?? salvagedFrom(error, variables)
    const ending = endingOf(error, tokens ? 'IDENTITY' : 'EXCHANGE')
    return end(deps, authorization, target, ending, received && { tokens: received, account: null })
  }
  const { choices } = identified
  const received: Received = { tokens, account: identified.account ?? choices?.[0]?.account ?? null }
  try {
    let taken: Identified = identified
    if (choices) {
      const chosen = chosenFrom(choices, await connectionToRepair(deps, authorization, reading))
      if (chosen.kind === 'impossible') return await end(deps, authorization, target, chosen.ending, received)
      if (chosen.kind === 'ask') {
        if (await awaitChoice(deps, authorization, tokens, chosen.choices)) return { status: 'AWAITING_CHOICE' }
        return await end(deps, authorization, target, null, received)
      }
      taken = chosen.choice
    }
    const { account, metadata } = taken
    const consent = { connector, tokens: { ...tokens, metadata }, account }
    const outcome = await storeConnection(deps, authorization, consent, reading)
    if (outcome === 'stored') return { status: 'SUCCEEDED' }
    return await end(deps, authorization, target, outcome === 'another-account' ? OTHER_ACCOUNT : null, received)
  } catch (error) {
    // The code is used up and the tokens can't be stored, so the user has to start again.
    if (!(error instanceof VaultError)) throw error
    return end(deps, authorization, target, INTERRUPTED, received)
  }
}

async function connectionToRepair(
  { sql }: Pick<Deps, 'sql'>,
  authorization: AuthorizationRecord,
  reading: UserReading | undefined,
): Promise<KnownConnection | undefined> {
  const { targetConnectionId } = authorization
  if (targetConnectionId === null) return undefined
  const present = reading ?? (await readForStoring(sql, authorization))
  return present?.state.connections.find(({ id }) => id === targetConnectionId)
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

import { scheduleRevocation } from '../connection/schedule-revocation.js'
import { sealTokens, type TokenOwner } from '../connection/tokens.js'
import type { Deps } from '../deps.js'
import type { Connector } from '../plugin/catalogue.js'
import { type Attempt, type Ending, endAttempt, endingOf } from './attempt.js'
import { changeAttempt } from './change-attempt.js'
import { type ExternalAccount, OAuthError, type OAuthTarget, type Tokens } from './oauth-client.js'
import { openSecret } from './secret.js'
import { storeConnection } from './store-connection.js'

/**
 * Exchanges the code of an attempt that is EXCHANGING and commits what comes of it. A crash on the way leaves the
 * attempt EXCHANGING, which due work ends as INTERRUPTED.
 */
export async function completeAuthorization(
  deps: Deps,
  attempt: Attempt,
  connector: Connector,
  target: OAuthTarget,
  callback: URLSearchParams,
): Promise<void> {
  if (!attempt.secret) throw new Error('an attempt without its secret cannot be exchanged')
  const { codeVerifier } = await openSecret(deps.vault, attempt, attempt.secret.sealed)
  let tokens: Tokens | undefined
  let account: ExternalAccount | null
  try {
    tokens = await deps.oauth.exchange(target, callback, codeVerifier)
    account = await deps.oauth.identify(target.provider, tokens.accessToken)
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    return fail(deps, attempt, endingOf(error), tokens)
  }
  const outcome = await storeConnection(deps, attempt, connector, tokens, account)
  if (outcome === 'another-account') {
    return fail(deps, attempt, { status: 'FAILED', failureCode: 'ACCOUNT_MISMATCH' }, tokens, account)
  }
  if (outcome === 'overtaken') await giveBack(deps, attempt, tokens, account)
}

/** Ends the attempt; tokens that came all the same are given back to the app. */
async function fail(
  deps: Deps,
  attempt: Attempt,
  ending: Ending,
  tokens?: Tokens,
  account: ExternalAccount | null = null,
): Promise<void> {
  // First, so that a crash in between loses no token; the attempt then ends as INTERRUPTED.
  if (tokens) await giveBack(deps, attempt, tokens, account)
  await changeAttempt(deps, attempt, async (tx, current, { now }) =>
    current.status === 'EXCHANGING' ? endAttempt(tx, current, now, ending) : false,
  )
}

/** Tokens that lead to no connection are revoked at the app, whatever has become of the attempt and of its user. */
async function giveBack(
  { db, vault }: Pick<Deps, 'db' | 'vault'>,
  { id, userId, user, connectorSlug }: Attempt,
  tokens: Tokens,
  account: ExternalAccount | null,
): Promise<void> {
  const owner: TokenOwner = { organization: user.organization, userId, recordId: id }
  const sealed = await sealTokens(vault, owner, tokens)
  await scheduleRevocation(db, { ...owner, connectorSlug, accountId: account?.id ?? null, sealed })
}

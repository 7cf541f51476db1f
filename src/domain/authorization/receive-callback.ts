import { oauthTarget } from '../connector/credentials.js'
import type { Deps } from '../deps.js'
import type { Connector } from '../plugin/catalogue.js'
import { type Attempt, endAttempt, endingOf, findAttempt, findAttemptByState } from './attempt.js'
import { hashSecret, matchesHash, newSecret } from './browser-binding.js'
import { changeAttempt } from './change-attempt.js'
import { completeAuthorization } from './complete-authorization.js'
import { OAuthError } from './oauth-client.js'
import { openSecret, sealSecret } from './secret.js'

export type CallbackOutcome =
  /** No attempt of this connector has this state. */
  | { kind: 'unknown' }
  /** The browser is not the one that started the attempt: nothing was changed. */
  | { kind: 'wrong-browser'; connector: Connector }
  /** The state was used before, or the attempt had ended: nothing was changed. */
  | { kind: 'handled'; attempt: Attempt; connector: Connector }
  /** This callback ended the attempt, one way or the other. */
  | { kind: 'ended'; attempt: Attempt; connector: Connector }
  /** The user has to confirm in the app, with this one-time code (binding CONFIRM). */
  | { kind: 'awaiting-confirmation'; attempt: Attempt; connector: Connector; code: string }

/**
 * Receives the answer of a consent screen: consumes the state once, exchanges the code outside any transaction, commits
 * the result. Checked first, so that a stranger's request uses nothing up: the state, the connector, the browser.
 */
export async function receiveCallback(
  deps: Deps,
  connectorSlug: string,
  parameters: URLSearchParams,
  cookieOf: (authorizationId: string) => string | undefined,
): Promise<CallbackOutcome> {
  const attempt = await findAttemptByState(deps.db, hashSecret(parameters.get('state') ?? ''))
  if (attempt?.connectorSlug !== connectorSlug) return { kind: 'unknown' }
  const { catalogue } = await deps.readView(attempt.userId)
  const connector = catalogue.connectors.get(connectorSlug)
  if (!connector) return { kind: 'unknown' }
  if (attempt.binding === 'BROWSER' && !matchesHash(cookieOf(attempt.id), attempt.browserHash)) {
    return { kind: 'wrong-browser', connector }
  }
  const { secret } = attempt
  // A state can only come back from a consent screen that was opened, so a pending attempt is none of its callbacks.
  if (attempt.status !== 'OPENED' || !secret) return { kind: 'handled', attempt, connector }

  const refusal = await refusalOf(deps, connector, parameters)
  if (!refusal && attempt.binding === 'CONFIRM') {
    return awaitConfirmation(deps, attempt, secret.sealed, parameters, connector)
  }
  const consumed = await changeAttempt(deps, attempt, async (tx, current, now) => {
    if (current.status !== 'OPENED') return false
    if (current.expiresAt <= now)
      await endAttempt(tx, current, now, { status: 'EXPIRED', failureCode: 'DEADLINE_PASSED' })
    else if (refusal) await endAttempt(tx, current, now, endingOf(refusal))
    else
      await tx.authorization.update({
        where: { id: current.id },
        data: { status: 'EXCHANGING', exchangeStartedAt: now },
      })
    return true
  })
  let present = await reload(deps, attempt)
  if (!consumed) return { kind: 'handled', attempt: present, connector }
  if (present.status === 'EXCHANGING') {
    await completeAuthorization(deps, attempt, connector, parameters)
    present = await reload(deps, attempt)
  }
  return { kind: 'ended', attempt: present, connector }
}

/** What the callback itself says against going on: a foreign `iss`, or the error that the app answered with. */
async function refusalOf(deps: Deps, connector: Connector, parameters: URLSearchParams): Promise<OAuthError | null> {
  const target = await oauthTarget(deps, connector)
  if (!target) return null
  try {
    deps.oauth.checkCallback(target, parameters)
    return null
  } catch (error) {
    if (error instanceof OAuthError) return error
    throw error
  }
}

/** Keeps the provider's code sealed until the signed-in user of the app brings the one-time code. */
async function awaitConfirmation(
  deps: Deps,
  attempt: Attempt,
  sealed: Uint8Array,
  parameters: URLSearchParams,
  connector: Connector,
): Promise<CallbackOutcome> {
  const code = newSecret()
  const secret = await openSecret(deps.vault, attempt, sealed)
  const resealed = await sealSecret(deps.vault, attempt, { ...secret, callback: parameters.toString() })
  const kept = await changeAttempt(deps, attempt, async (tx, current, now) => {
    if (current.status !== 'OPENED') return false
    if (current.expiresAt <= now) {
      await endAttempt(tx, current, now, { status: 'EXPIRED', failureCode: 'DEADLINE_PASSED' })
      return true
    }
    await tx.authorization.update({ where: { id: current.id }, data: { status: 'AWAITING_CONFIRMATION' } })
    await tx.authorizationSecret.update({
      where: { authorizationId: current.id },
      data: { sealed: resealed, confirmationCodeHash: hashSecret(code) },
    })
    return true
  })
  const present = await reload(deps, attempt)
  if (kept && present.status === 'AWAITING_CONFIRMATION')
    return { kind: 'awaiting-confirmation', attempt: present, connector, code }
  return { kind: kept ? 'ended' : 'handled', attempt: present, connector }
}

async function reload(deps: Deps, attempt: Attempt): Promise<Attempt> {
  return (await findAttempt(deps.db, attempt.id)) ?? attempt
}

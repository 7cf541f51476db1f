import type { Connector } from '../catalogue/catalogue.js'
import { type AuthorizationSecret, openSecret, sealSecret } from '../credential/authorization-secret.js'
import { openTarget, targetWith } from '../credential/client-credentials.js'
import type { Deps } from '../deps.js'
import { hashSecret, newSecret } from '../hashed-secret.js'
import { type OAuthClient, OAuthError, type OAuthTarget } from '../ports/oauth-client.js'
import {
  type AuthorizationRecord,
  CONNECTOR_UNAVAILABLE,
  DEADLINE_PASSED,
  type Ending,
  endAuthorization,
  endingOf,
  findAuthorization,
  findAuthorizationByState,
  INTERRUPTED,
} from './authorization-record.js'
import { type BrowserChannel, isStartedIn } from './browser-binding.js'
import { changeAuthorization } from './change-authorization.js'
import { type CompleteAuthorizationDeps, completeAuthorization } from './complete-authorization.js'
import { consumeState } from './consume-state.js'
import { holdNotification } from './held-notification.js'

export type CallbackOutcome =
  /** No authorization of this connector has this state. */
  | { kind: 'unknown' }
  /** Another browser started the authorization, so nothing was changed. */
  | { kind: 'wrong-browser'; connector: Connector }
  /** The state was used before, or the authorization has ended, so nothing was changed. */
  | { kind: 'handled'; authorization: AuthorizationRecord; connector: Connector }
  /** This callback ended the authorization, successfully or not. */
  | { kind: 'ended'; authorization: AuthorizationRecord; connector: Connector }
  /** The person has to choose one of several accounts, on the next page. */
  | { kind: 'awaiting-choice'; authorization: AuthorizationRecord; connector: Connector }
  /** The user has to confirm in the host's application, with this one-time code (binding CONFIRM). */
  | { kind: 'awaiting-confirmation'; authorization: AuthorizationRecord; connector: Connector; code: string }

/**
 * Handles the response of a consent screen: consumes the state once, exchanges the code outside any transaction and
 * commits the result. First checks the state, the connector and the browser, so that a stranger's request can't use
 * anything up.
 */
export async function receiveCallback(
  deps: CompleteAuthorizationDeps,
  connectorSlug: string,
  parameters: URLSearchParams,
  browser: BrowserChannel,
): Promise<CallbackOutcome> {
  const authorization = await findAuthorizationByState(deps.sql, hashSecret(parameters.get('state') ?? ''))
  if (authorization?.connectorSlug !== connectorSlug) return { kind: 'unknown' }
  deps.telemetry.authorizationConcerned(authorization.id)
  const catalogue = await deps.catalogue.at(authorization.catalogueRevision)
  const connector = catalogue.connectors.get(connectorSlug)
  if (!connector) return { kind: 'unknown' }
  if (!isStartedIn(browser, deps.settings.publicUrl, authorization)) return { kind: 'wrong-browser', connector }
  // A state only comes back from a consent screen that was opened, so this can't be a callback of a pending
  // authorization.
  if (authorization.status !== 'OPENED' || !authorization.secret) return { kind: 'handled', authorization, connector }

  // Before the state is consumed. If the vault can't open the secrets now, the same callback may come again.
  const client = await openTarget(deps, connector, authorization.sealedCredentials)
  const secret = await openSecret(deps.vault, authorization, authorization.secret.sealed)
  const target = client && secret ? targetWith(client, secret.variables) : client
  const refusal = !target
    ? CONNECTOR_UNAVAILABLE
    : (refusalOf(deps.oauth, target, parameters) ?? (secret ? null : INTERRUPTED))
  if (!target || !secret || refusal) {
    return endOpened(deps, authorization, connector, refusal ?? INTERRUPTED)
  }
  if (authorization.binding === 'CONFIRM') {
    const confirmation = await prepareConfirmation(deps, authorization, secret, parameters)
    return awaitConfirmation(deps, authorization, connector, confirmation)
  }
  const grant = { callback: parameters, codeVerifier: secret.codeVerifier, variables: secret.variables }
  const started = holdNotification(deps.notifier)
  const consumed = await consumeState(deps.sql, authorization)
  if (!consumed) return endOpened(deps, authorization, connector, DEADLINE_PASSED)
  started.notify(consumed.change)
  const completed = await completeAuthorization(deps, authorization, connector, target, grant, consumed.reading)
  started.drop()
  if (!completed) return presentOutcome(deps, authorization, connector, 'ended')
  const { status, failureCode = null } = completed
  const present = { ...authorization, status, failureCode }
  return { kind: status === 'AWAITING_CHOICE' ? 'awaiting-choice' : 'ended', authorization: present, connector }
}

/** Ends an authorization that is still open, because its callback can't continue or came after its deadline. */
async function endOpened(
  deps: CompleteAuthorizationDeps,
  authorization: AuthorizationRecord,
  connector: Connector,
  refusal: Ending,
): Promise<CallbackOutcome> {
  const ended = await changeAuthorization(deps, authorization, async (tx, current, { now }) => {
    if (current.status !== 'OPENED') return false
    const isPast = current.expiresAt <= now
    if (!isPast && refusal === DEADLINE_PASSED) return false
    return endAuthorization(tx, current, now, isPast ? DEADLINE_PASSED : refusal)
  })
  return presentOutcome(deps, authorization, connector, ended ? 'ended' : 'handled')
}

/** Reads an authorization that something else may have changed. Tokens of a user who was deleted were revoked. */
async function presentOutcome(
  { sql }: Pick<Deps, 'sql'>,
  { id }: AuthorizationRecord,
  connector: Connector,
  kind: 'ended' | 'handled',
): Promise<CallbackOutcome> {
  const present = await findAuthorization(sql, id)
  return present ? { kind, authorization: present, connector } : { kind: 'unknown' }
}

/** Returns why the callback itself can't continue: an `iss` of another issuer, or the error that the app returned. */
function refusalOf(oauth: OAuthClient, target: OAuthTarget, parameters: URLSearchParams): Ending | null {
  try {
    oauth.checkCallback(target, parameters)
    return null
  } catch (error) {
    if (error instanceof OAuthError) return endingOf(error, 'CALLBACK')
    throw error
  }
}

interface Confirmation {
  /** For the browser, once. */
  code: string
  /** The authorization's secret, including the callback's parameters. */
  sealed: Uint8Array<ArrayBuffer>
}

/** Seals the provider's code until the signed-in user of the host's application brings the one-time code. */
async function prepareConfirmation(
  { vault }: Pick<Deps, 'vault'>,
  authorization: AuthorizationRecord,
  secret: AuthorizationSecret,
  parameters: URLSearchParams,
): Promise<Confirmation> {
  return {
    code: newSecret(),
    sealed: await sealSecret(vault, authorization, { ...secret, callback: parameters.toString() }),
  }
}

/** Keeps the provider's code, sealed, until the user confirms. */
async function awaitConfirmation(
  deps: CompleteAuthorizationDeps,
  authorization: AuthorizationRecord,
  connector: Connector,
  { code, sealed }: Confirmation,
): Promise<CallbackOutcome> {
  const { id } = authorization
  let isPast = false
  const changed = await changeAuthorization(deps, authorization, async (tx, current, { now }) => {
    if (current.status !== 'OPENED') return false
    isPast = current.expiresAt <= now
    if (isPast) return endAuthorization(tx, current, now, DEADLINE_PASSED)
    await tx.authorization.update({ where: { id }, data: { status: 'AWAITING_CONFIRMATION' } })
    await tx.authorizationSecret.update({
      where: { authorizationId: id },
      data: { sealed, confirmationCodeHash: hashSecret(code) },
    })
    return true
  })
  if (!changed || isPast) return presentOutcome(deps, authorization, connector, changed ? 'ended' : 'handled')
  const awaiting = { ...authorization, status: 'AWAITING_CONFIRMATION' as const }
  return { kind: 'awaiting-confirmation', authorization: awaiting, connector, code }
}

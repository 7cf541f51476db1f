import type { Connector } from '../catalogue/catalogue.js'
import { type AuthorizationSecret, openSecret, sealSecret } from '../credential/authorization-secret.js'
import { oauthTarget } from '../credential/client-credentials.js'
import type { Tx } from '../db.js'
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
  startExchange,
} from './authorization-record.js'
import { type BrowserChannel, isStartedIn } from './browser-binding.js'
import { changeAuthorization } from './change-authorization.js'
import { type CompleteAuthorizationDeps, completeAuthorization } from './complete-authorization.js'
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
  const authorization = await findAuthorizationByState(deps.db, hashSecret(parameters.get('state') ?? ''))
  if (authorization?.connectorSlug !== connectorSlug) return { kind: 'unknown' }
  const catalogue = await deps.catalogue.current()
  const connector = catalogue.connectors.get(connectorSlug)
  if (!connector) return { kind: 'unknown' }
  if (!isStartedIn(browser, deps.settings.publicUrl, authorization)) return { kind: 'wrong-browser', connector }
  // A state only comes back from a consent screen that was opened, so this can't be a callback of a pending
  // authorization.
  if (authorization.status !== 'OPENED' || !authorization.secret) return { kind: 'handled', authorization, connector }

  // Before the state is consumed. If the vault can't open the secrets now, the same callback may come again.
  const target = await oauthTarget(deps, connector)
  const secret = await openSecret(deps.vault, authorization, authorization.secret.sealed)
  const refusal = !target
    ? CONNECTOR_UNAVAILABLE
    : (refusalOf(deps.oauth, target, parameters) ?? (secret ? null : INTERRUPTED))
  const confirmation =
    secret && !refusal && authorization.binding === 'CONFIRM'
      ? await prepareConfirmation(deps, authorization, secret, parameters)
      : null
  let next: 'exchange' | 'confirm' | 'end' | undefined
  const started = holdNotification(deps.notifier)
  const consumed = await changeAuthorization(
    { ...deps, notifier: started },
    authorization,
    async (tx, current, { now }) => {
      if (current.status !== 'OPENED') return false
      const ending = current.expiresAt <= now ? DEADLINE_PASSED : refusal
      next = ending ? 'end' : confirmation ? 'confirm' : 'exchange'
      if (ending) return endAuthorization(tx, current, now, ending)
      if (confirmation) await awaitConfirmation(tx, current.id, confirmation)
      else await startExchange(tx, current.id, now)
      return true
    },
  )
  if (consumed && target && secret && next === 'exchange') {
    const grant = { callback: parameters, codeVerifier: secret.codeVerifier }
    await completeAuthorization(deps, authorization, connector, target, grant)
    started.drop()
  } else started.release()
  const present = await findAuthorization(deps.db, authorization.id)
  // The user was deleted in the meantime, along with the authorization. Tokens that arrived were revoked.
  if (!present) return { kind: 'unknown' }
  if (!consumed) return { kind: 'handled', authorization: present, connector }
  if (confirmation && next === 'confirm') {
    return { kind: 'awaiting-confirmation', authorization: present, connector, code: confirmation.code }
  }
  return { kind: 'ended', authorization: present, connector }
}

/** Returns why the callback itself can't continue: an `iss` of another issuer, or the error that the app returned. */
function refusalOf(oauth: OAuthClient, target: OAuthTarget, parameters: URLSearchParams): Ending | null {
  try {
    oauth.checkCallback(target, parameters)
    return null
  } catch (error) {
    if (error instanceof OAuthError) return endingOf(error)
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

async function awaitConfirmation(tx: Tx, id: string, { code, sealed }: Confirmation): Promise<void> {
  await tx.authorization.update({ where: { id }, data: { status: 'AWAITING_CONFIRMATION' } })
  await tx.authorizationSecret.update({
    where: { authorizationId: id },
    data: { sealed, confirmationCodeHash: hashSecret(code) },
  })
}

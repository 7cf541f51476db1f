import { openSecret } from '../credential/authorization-secret.js'
import { openTarget, targetWith } from '../credential/client-credentials.js'
import type { Deps } from '../deps.js'
import { AuthorizationEndedError, ConfirmationRefusedError, NotFoundError } from '../errors.js'
import { matchesHash } from '../hashed-secret.js'
import type { Viewer } from '../identity/viewer.js'
import type { AuthorizationRow } from '../view/user-state.js'
import { foundIn, type Snapshot } from '../view/user-view.js'
import {
  CONNECTOR_UNAVAILABLE,
  DEADLINE_PASSED,
  endAuthorization,
  findAuthorization,
  INTERRUPTED,
} from './authorization-record.js'
import { changeAuthorization } from './change-authorization.js'
import { type CompleteAuthorizationDeps, completeAuthorization } from './complete-authorization.js'
import { holdNotification } from './held-notification.js'

/**
 * Continues an authorization with the binding CONFIRM. The browser that consented is signed in as the user who started
 * it, so the provider's code is exchanged now. If another user brings the code, the authorization ends without an
 * exchange.
 */
export async function confirmAuthorization(
  deps: CompleteAuthorizationDeps & Pick<Deps, 'readView'>,
  viewer: Viewer,
  { id, code }: { id: string; code: string },
): Promise<Snapshot<AuthorizationRow>> {
  const before = await deps.readView(viewer, id)
  const authorization = await findAuthorization(deps.sql, id)
  if (!authorization) throw new NotFoundError('authorization')
  const knowsCode = matchesHash(code, authorization.secret?.confirmationCodeHash ?? null)
  if (authorization.userId !== viewer.userId) {
    if (knowsCode) {
      await changeAuthorization(deps, authorization, async (tx, current, { now }) => {
        if (current.status !== 'AWAITING_CONFIRMATION') return false
        return endAuthorization(tx, current, now, { status: 'FAILED', failureCode: 'CONFIRMED_BY_ANOTHER_USER' })
      })
    }
    throw new NotFoundError('authorization')
  }
  // Look only at what the viewer sees, because a setup session sees the authorizations of one setup.
  if (!before.authorization(id)) throw new NotFoundError('authorization')
  // The page that confirmed was loaded again, and the user still has to choose an account.
  if (authorization.status === 'AWAITING_CHOICE' && knowsCode)
    return foundIn(before, before.authorization(id), 'authorization')
  if (authorization.status !== 'AWAITING_CONFIRMATION' || !authorization.secret)
    throw new AuthorizationEndedError(authorization.status)
  if (!knowsCode) throw new ConfirmationRefusedError()

  const secret = await openSecret(deps.vault, authorization, authorization.secret.sealed)
  if (secret && secret.callback === undefined)
    throw new Error('an authorization awaits confirmation without the callback it received')
  const catalogue = await deps.catalogue.at(authorization.catalogueRevision)
  const connector = catalogue.connectors.get(authorization.connectorSlug)
  if (!connector) throw new NotFoundError('connector')
  const client = await openTarget(deps, connector, authorization.sealedCredentials)
  const target = client && secret ? targetWith(client, secret.variables) : client
  let exchanging = false
  const started = holdNotification(deps.notifier)
  await changeAuthorization(
    { ...deps, notifier: started },
    { ...authorization, viewer },
    async (tx, current, { now }) => {
      if (current.status !== 'AWAITING_CONFIRMATION') return false
      if (current.expiresAt <= now) {
        return endAuthorization(tx, current, now, DEADLINE_PASSED)
      }
      if (!target) {
        return endAuthorization(tx, current, now, CONNECTOR_UNAVAILABLE)
      }
      if (!secret) {
        return endAuthorization(tx, current, now, INTERRUPTED)
      }
      await tx.authorization.update({ where: { id }, data: { status: 'EXCHANGING', exchangeStartedAt: now } })
      exchanging = true
      return true
    },
  )
  if (exchanging && target && secret) {
    const { codeVerifier, variables } = secret
    const grant = { callback: new URLSearchParams(secret.callback), codeVerifier, variables }
    await completeAuthorization(deps, authorization, connector, target, grant)
    started.drop()
  } else started.release()
  const view = await deps.readView(viewer, id)
  const confirmed = foundIn(view, view.authorization(id), 'authorization')
  if (!exchanging) throw new AuthorizationEndedError(confirmed.item.status)
  return confirmed
}

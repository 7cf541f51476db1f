import { openSecret } from '../credential/authorization-secret.js'
import { oauthTarget } from '../credential/client-credentials.js'
import type { Deps } from '../deps.js'
import { AuthorizationEndedError, ConfirmationRefusedError, NotFoundError } from '../errors.js'
import { matchesHash } from '../hashed-secret.js'
import type { Viewer } from '../identity/viewer.js'
import type { AuthorizationRow } from '../view/user-state.js'
import type { Seen } from '../view/user-view.js'
import {
  CONNECTOR_UNAVAILABLE,
  DEADLINE_PASSED,
  endAttempt,
  findAttempt,
  INTERRUPTED,
  startExchange,
} from './attempt.js'
import { changeAttempt } from './change-attempt.js'
import { completeAuthorization } from './complete-authorization.js'

/**
 * Carries on an attempt with the binding CONFIRM: the browser that consented is signed in as the user who started it,
 * so the provider's code is exchanged now. Brought by anybody else, the code ends the attempt unexchanged.
 */
export async function confirmAuthorization(
  deps: Deps,
  viewer: Viewer,
  { id, code }: { id: string; code: string },
): Promise<Seen<AuthorizationRow>> {
  const before = await deps.readView(viewer, id)
  const attempt = await findAttempt(deps.db, id)
  if (!attempt) throw new NotFoundError('authorization')
  const knowsCode = matchesHash(code, attempt.secret?.confirmationCodeHash ?? null)
  if (attempt.userId !== viewer.userId) {
    if (knowsCode) {
      await changeAttempt(deps, attempt, async (tx, current, { now }) => {
        if (current.status !== 'AWAITING_CONFIRMATION') return false
        return endAttempt(tx, current, now, { status: 'FAILED', failureCode: 'CONFIRMED_BY_ANOTHER_USER' })
      })
    }
    throw new NotFoundError('authorization')
  }
  // By what the viewer sees, which for a setup session is one setup's attempts.
  if (!before.authorization(id)) throw new NotFoundError('authorization')
  if (attempt.status !== 'AWAITING_CONFIRMATION' || !attempt.secret) throw new AuthorizationEndedError(attempt.status)
  if (!knowsCode) throw new ConfirmationRefusedError()

  const secret = await openSecret(deps.vault, attempt, attempt.secret.sealed)
  if (secret && secret.callback === undefined)
    throw new Error('an attempt awaits confirmation without the callback it received')
  const catalogue = await deps.readCatalogue()
  const connector = catalogue.connectors.get(attempt.connectorSlug)
  if (!connector) throw new NotFoundError('connector')
  const target = await oauthTarget(deps, connector)
  let exchanging = false
  await changeAttempt(deps, { ...attempt, viewer }, async (tx, current, { now }) => {
    if (current.status !== 'AWAITING_CONFIRMATION') return false
    if (current.expiresAt <= now) {
      return endAttempt(tx, current, now, DEADLINE_PASSED)
    }
    if (!target) {
      return endAttempt(tx, current, now, CONNECTOR_UNAVAILABLE)
    }
    if (!secret) {
      return endAttempt(tx, current, now, INTERRUPTED)
    }
    await startExchange(tx, id, now)
    exchanging = true
    return true
  })
  if (exchanging && target && secret) {
    const grant = { callback: new URLSearchParams(secret.callback), codeVerifier: secret.codeVerifier }
    await completeAuthorization(deps, attempt, connector, target, grant)
  }
  const view = await deps.readView(viewer, id)
  const row = view.authorization(id)
  if (!row) throw new NotFoundError('authorization')
  if (!exchanging) throw new AuthorizationEndedError(row.status)
  return { item: row, view }
}

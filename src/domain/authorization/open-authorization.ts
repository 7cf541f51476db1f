import type { Connector } from '../catalogue/catalogue.js'
import { openSecret } from '../credential/authorization-secret.js'
import { openTarget, targetWith } from '../credential/client-credentials.js'
import type { AccountChoice } from '../ports/oauth-client.js'
import { isOpen } from '../view/authorization-status.js'
import {
  type AuthorizationRecord,
  CONNECTOR_UNAVAILABLE,
  endAuthorization,
  findAuthorization,
  INTERRUPTED,
  pastDeadline,
} from './authorization-record.js'
import type { BrowserChannel } from './browser-binding.js'
import { changeAuthorization } from './change-authorization.js'
import type { CompleteAuthorizationDeps } from './complete-authorization.js'
import { choicesFor } from './read-choices.js'
import { readResult } from './read-result.js'

export type Opening =
  | { kind: 'unknown' }
  | { kind: 'wrong-browser'; connector: Connector }
  /** The browser may go to the app's consent screen. */
  | { kind: 'consent'; url: URL }
  /** The person was at the consent screen, and has to choose one of these accounts. */
  | { kind: 'choice'; authorization: AuthorizationRecord; connector: Connector; choices: readonly AccountChoice[] }
  /** There is nothing to open, or not right now. The page says why. */
  | { kind: 'status'; authorization: AuthorizationRecord; connector: Connector }

/**
 * Opens an authorization in a browser and returns the address of its consent screen. Opening it again returns the same
 * address, and later the choices, if the person has to choose.
 */
export async function openAuthorization(
  deps: CompleteAuthorizationDeps,
  id: string,
  browser: BrowserChannel,
): Promise<Opening> {
  const found = await readResult(deps, id, browser)
  if (found.kind !== 'status') return found
  const { authorization, connector } = found

  // Before anything is written. If the vault can't open the secrets now, the authorization doesn't change and can be
  // opened later.
  const client = await openTarget(deps, connector, authorization.sealedCredentials)
  const secret = authorization.secret && (await openSecret(deps.vault, authorization, authorization.secret.sealed))
  const target = client && targetWith(client, secret?.variables)
  await changeAuthorization(deps, authorization, async (tx, current, { now }) => {
    if (!isOpen(current.status)) return false
    if (current.expiresAt <= now) {
      return endAuthorization(tx, current, now, pastDeadline(current))
    }
    if (authorization.secret && !secret) {
      return endAuthorization(tx, current, now, INTERRUPTED)
    }
    if (current.status !== 'PENDING') return false
    if (!target) {
      return endAuthorization(tx, current, now, CONNECTOR_UNAVAILABLE)
    }
    await tx.authorization.update({ where: { id }, data: { status: 'OPENED' } })
    return true
  })

  const opened = await findAuthorization(deps.sql, id)
  if (!opened) return { kind: 'unknown' }
  const choices = await choicesFor(deps, opened)
  if (choices) return { kind: 'choice', authorization: opened, connector, choices }
  if (opened.status !== 'OPENED' || !secret || !target) return { kind: 'status', authorization: opened, connector }
  const { state, codeVerifier } = secret
  return { kind: 'consent', url: deps.oauth.authorizationUrl(target, { state, codeVerifier, scopes: opened.scopes }) }
}

import type { Connector } from '../catalogue/catalogue.js'
import { openSecret } from '../credential/authorization-secret.js'
import { oauthTarget } from '../credential/client-credentials.js'
import type { Deps } from '../deps.js'
import { matchesHash } from '../hashed-secret.js'
import { isOpen } from '../view/authorization-status.js'
import {
  type Attempt,
  CONNECTOR_UNAVAILABLE,
  DEADLINE_PASSED,
  endAttempt,
  findAttempt,
  INTERRUPTED,
} from './attempt.js'
import { changeAttempt } from './change-attempt.js'

export type Opening =
  | { kind: 'unknown' }
  | { kind: 'wrong-browser'; connector: Connector }
  /** The browser may go to the app's consent screen. */
  | { kind: 'consent'; url: URL }
  /** There is nothing to open any more, or not now: the page says why. */
  | { kind: 'status'; attempt: Attempt; connector: Connector }

/**
 * Opens an attempt in a browser: says where its consent screen is. Opening twice leads to the same place.
 * @param cookieOf the value of the cookie with this name, if the browser sent one
 */
export async function openAuthorization(
  deps: Deps,
  id: string,
  cookieOf: (authorizationId: string) => string | undefined,
): Promise<Opening> {
  const attempt = await findAttempt(deps.db, id)
  if (!attempt) return { kind: 'unknown' }
  const catalogue = await deps.readCatalogue()
  const connector = catalogue.connectors.get(attempt.connectorSlug)
  if (!connector) return { kind: 'unknown' }
  if (attempt.binding === 'BROWSER' && !matchesHash(cookieOf(id), attempt.browserHash))
    return { kind: 'wrong-browser', connector }

  // Before anything is written: a vault that cannot open them now leaves the attempt as it is, to be opened again.
  const target = await oauthTarget(deps, connector)
  const secret = attempt.secret && (await openSecret(deps.vault, attempt, attempt.secret.sealed))
  await changeAttempt(deps, attempt, async (tx, current, { now }) => {
    if (!isOpen(current.status)) return false
    if (current.expiresAt <= now) {
      return endAttempt(tx, current, now, DEADLINE_PASSED)
    }
    if (attempt.secret && !secret) {
      return endAttempt(tx, current, now, INTERRUPTED)
    }
    if (current.status !== 'PENDING') return false
    if (!target) {
      return endAttempt(tx, current, now, CONNECTOR_UNAVAILABLE)
    }
    await tx.authorization.update({ where: { id }, data: { status: 'OPENED' } })
    return true
  })

  const opened = await findAttempt(deps.db, id)
  if (!opened) return { kind: 'unknown' }
  if (opened.status !== 'OPENED' || !secret || !target) return { kind: 'status', attempt: opened, connector }
  const { state, codeVerifier } = secret
  return { kind: 'consent', url: deps.oauth.authorizationUrl(target, { state, codeVerifier, scopes: opened.scopes }) }
}

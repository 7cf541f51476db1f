import type { Authorization } from '../../generated/prisma/client.js'
import { changeKnownUser } from '../change/change-user.js'
import type { Change } from '../change/revision.js'
import type { Tx } from '../db.js'
import type { Deps } from '../deps.js'
import type { Viewer } from '../identity/viewer.js'
import type { AuthorizationEnd } from '../ports/telemetry.js'

export type ChangeAuthorizationDeps = Pick<Deps, 'db' | 'notifier' | 'telemetry'>

/**
 * Changes an authorization in one transaction, if it is still in the state that the change needs. The transaction locks
 * the user's row first, so what it reads later can't change before the commit.
 * @param viewer who changes it. Omitted for the server's own changes, and for browsers regardless of who is signed in
 * there
 * @param work returns false to change nothing. Otherwise returns true, or the authorizations that it ended
 * @returns whether something changed
 * @throws NotAdmittedError if the viewer's token is no longer accepted
 */
export async function changeAuthorization(
  deps: ChangeAuthorizationDeps,
  { id, userId, viewer }: { id: string; userId: string; viewer?: Viewer },
  work: (tx: Tx, authorization: Authorization, change: Change) => Promise<boolean | AuthorizationEnd[]>,
): Promise<boolean> {
  const { telemetry } = deps
  telemetry.authorizationConcerned(id)
  const ended = await changeKnownUser(deps, viewer ?? userId, async (tx, change) => {
    const authorization = await tx.authorization.findUnique({ where: { id, userId } })
    const changed = authorization && (await work(tx, authorization, change))
    if (!changed) return null
    return changed === true ? [] : changed
  })
  for (const end of ended ?? []) {
    telemetry.authorizationEnded(end)
    // What a callback says came through the browser, so it must not alarm operators.
    const { connectorSlug, cause } = end
    if (cause?.stage === 'EXCHANGE' && cause.reason === 'CLIENT_REFUSED') {
      telemetry.clientRefused(connectorSlug, cause.providerCode, cause)
    }
  }
  return ended !== null
}

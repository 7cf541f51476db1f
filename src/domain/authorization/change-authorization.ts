import type { Authorization } from '../../generated/prisma/client.js'
import { changeKnownUser } from '../change/change-user.js'
import type { Change } from '../change/revision.js'
import type { Tx } from '../db.js'
import type { Deps } from '../deps.js'
import type { Viewer } from '../identity/viewer.js'
import type { AuthorizationEnd } from '../ports/telemetry.js'

export type ChangeAuthorizationDeps = Pick<Deps, 'db' | 'notifier' | 'telemetry'>

/**
 * Changes an authorization in one transaction, if it is still as the change needs it. The user's row lock comes first, so what
 * is read afterwards cannot change before the commit.
 * @param viewer whose doing it is; left out for what the server does, or a browser whoever is signed in there
 * @param work returns false to leave everything as it was, else true or the authorizations that it ended
 * @returns whether the change was made
 * @throws NotAdmittedError of the viewer
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
  for (const end of ended ?? []) telemetry.authorizationEnded(end)
  return ended !== null
}

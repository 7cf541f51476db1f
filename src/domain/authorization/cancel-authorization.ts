import type { Deps } from '../deps.js'
import { AuthorizationEndedError, NotFoundError } from '../errors.js'
import type { Viewer } from '../identity/viewer.js'
import { isOpen } from '../view/authorization-status.js'
import type { AuthorizationRow } from '../view/user-state.js'
import { foundIn, type Snapshot } from '../view/user-view.js'
import { endAuthorization } from './authorization-record.js'
import { type ChangeAuthorizationDeps, changeAuthorization } from './change-authorization.js'

/**
 * Cancels an open authorization of the viewer. Canceling it again changes nothing. One that ended differently can't be
 * canceled.
 */
export async function cancelAuthorization(
  deps: ChangeAuthorizationDeps & Pick<Deps, 'readView'>,
  viewer: Viewer,
  id: string,
): Promise<Snapshot<AuthorizationRow>> {
  // Look only at what the viewer sees, because a setup session sees the authorizations of one setup.
  if (!(await deps.readView(viewer, id)).authorization(id)) throw new NotFoundError('authorization')
  await changeAuthorization(deps, { id, userId: viewer.userId, viewer }, async (tx, current, { now }) => {
    if (!isOpen(current.status)) return false
    return endAuthorization(tx, current, now, { status: 'CANCELED' })
  })
  const view = await deps.readView(viewer, id)
  const canceled = foundIn(view, view.authorization(id), 'authorization')
  if (canceled.item.status !== 'CANCELED') throw new AuthorizationEndedError(canceled.item.status)
  return canceled
}

import type { Deps } from '../deps.js'
import { AuthorizationEndedError, NotFoundError } from '../errors.js'
import type { Viewer } from '../identity/viewer.js'
import { isOpen } from '../view/authorization-status.js'
import type { AuthorizationRow } from '../view/user-state.js'
import type { Seen } from '../view/user-view.js'
import { endAttempt } from './attempt.js'
import { changeAttempt } from './change-attempt.js'

/** Ends an open attempt of the viewer's. Canceling twice is the same as once; what has ended otherwise cannot be canceled. */
export async function cancelAuthorization(deps: Deps, viewer: Viewer, id: string): Promise<Seen<AuthorizationRow>> {
  // By what the viewer sees, which for a setup session is one setup's attempts.
  if (!(await deps.readView(viewer, id)).authorization(id)) throw new NotFoundError('authorization')
  await changeAttempt(deps, { id, userId: viewer.userId, viewer }, async (tx, current, { now }) => {
    if (!isOpen(current.status)) return false
    return endAttempt(tx, current, now, { status: 'CANCELED' })
  })
  const view = await deps.readView(viewer, id)
  const row = view.authorization(id)
  if (!row) throw new NotFoundError('authorization')
  if (row.status !== 'CANCELED') throw new AuthorizationEndedError(row.status)
  return { item: row, view }
}

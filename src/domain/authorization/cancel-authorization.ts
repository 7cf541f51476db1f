import type { Deps } from '../deps.js'
import { AuthorizationEndedError, NotFoundError } from '../errors.js'
import type { AuthorizationRow } from '../user/user-state.js'
import type { Seen } from '../user/user-view.js'
import type { Viewer } from '../user/viewer.js'
import { endAttempt, findAttempt } from './attempt.js'
import { changeAttempt } from './change-attempt.js'
import { isOpen } from './status.js'

/** Ends an open attempt of the viewer's. Canceling twice is the same as once; what has ended otherwise cannot be canceled. */
export async function cancelAuthorization(deps: Deps, viewer: Viewer, id: string): Promise<Seen<AuthorizationRow>> {
  const attempt = await findAttempt(deps.db, id)
  if (attempt?.userId !== viewer.userId) throw new NotFoundError('authorization')
  await changeAttempt(deps, attempt, async (tx, current, { now }) => {
    if (!isOpen(current.status)) return false
    return endAttempt(tx, current, now, { status: 'CANCELED' })
  })
  const view = await deps.readView(viewer, id)
  const row = view.authorization(id)
  if (!row) throw new NotFoundError('authorization')
  if (row.status !== 'CANCELED') throw new AuthorizationEndedError(row.status)
  return { item: row, view }
}

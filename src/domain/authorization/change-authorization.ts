import type { Authorization } from '../../generated/prisma/client.js'
import { changeKnownUser } from '../change/change-user.js'
import type { Change, Tx } from '../change/revision.js'
import type { Deps } from '../deps.js'
import type { Viewer } from '../identity/viewer.js'
import type { AuthorizationEnd, Notice } from '../ports/telemetry.js'

export type AttemptDeps = Pick<Deps, 'db' | 'doorbell'> & { notice: Notice }

/**
 * Changes an attempt in one transaction, if it is still as the change needs it. The user's row lock comes first, so what
 * is read afterwards cannot change before the commit.
 * @param viewer whose doing it is; left out for what the server does, or a browser whoever is signed in there
 * @param work returns false to leave everything as it was, else true or the attempts that it ended
 * @returns whether the change was made
 * @throws NotAdmittedError of the viewer
 */
export async function changeAttempt(
  deps: AttemptDeps,
  { id, userId, viewer }: { id: string; userId: string; viewer?: Viewer },
  work: (tx: Tx, attempt: Authorization, change: Change) => Promise<boolean | AuthorizationEnd[]>,
): Promise<boolean> {
  const { notice } = deps
  notice.authorizationConcerned(id)
  const ended = await changeKnownUser(deps, viewer ?? userId, async (tx, change) => {
    const attempt = await tx.authorization.findUnique({ where: { id, userId } })
    const changed = attempt && (await work(tx, attempt, change))
    if (!changed) return null
    return changed === true ? [] : changed
  })
  for (const end of ended ?? []) notice.authorizationEnded(end)
  return ended !== null
}

import type { Authorization } from '../../generated/prisma/client.js'
import type { Deps } from '../deps.js'
import { changeKnownUser } from '../user/change-user.js'
import type { Change, Tx } from '../user/revision.js'
import type { AuthorizationEnd, Notice } from './notice.js'

export type AttemptDeps = Pick<Deps, 'db' | 'doorbell'> & { notice: Notice }

/**
 * Changes an attempt in one transaction, if it is still as the change needs it. The user's row lock comes first, so what
 * is read afterwards cannot change before the commit.
 * @param work returns false to leave everything as it was, else true or the attempts that it ended
 * @returns whether the change was made
 */
export async function changeAttempt(
  deps: AttemptDeps,
  { id, userId }: { id: string; userId: string },
  work: (tx: Tx, attempt: Authorization, change: Change) => Promise<boolean | AuthorizationEnd[]>,
): Promise<boolean> {
  const { notice } = deps
  notice.authorizationConcerned(id)
  const ended = await changeKnownUser(deps, userId, async (tx, change) => {
    const attempt = await tx.authorization.findUnique({ where: { id } })
    const changed = attempt && (await work(tx, attempt, change))
    if (!changed) return null
    return changed === true ? [] : changed
  })
  for (const end of ended ?? []) notice.authorizationEnded(end)
  return ended !== null
}

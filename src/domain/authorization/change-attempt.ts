import type { Authorization } from '../../generated/prisma/client.js'
import type { Deps } from '../deps.js'
import { type Change, raiseRevisionOf, type Tx } from '../user/revision.js'
import type { AuthorizationEnd } from './notice.js'

/** Says that an attempt is no longer in the state that a change needs; the transaction leaves nothing behind. */
class OvertakenError extends Error {}

/**
 * Changes an attempt in one transaction, if it is still as the change needs it. The user's row lock comes first, so what
 * is read afterwards cannot change before the commit.
 * @param change returns false to leave everything as it was, else true or the attempts that it ended
 * @returns whether the change was made
 */
export async function changeAttempt(
  { db, doorbell, notice }: Pick<Deps, 'db' | 'doorbell' | 'notice'>,
  { id, userId }: { id: string; userId: string },
  change: (tx: Tx, attempt: Authorization, now: Date) => Promise<boolean | AuthorizationEnd[]>,
): Promise<boolean> {
  notice.authorizationConcerned(id)
  let committed: Change & { ended: AuthorizationEnd[] }
  try {
    committed = await db.$transaction(async (tx) => {
      const raised = await raiseRevisionOf(tx, userId)
      const attempt = raised && (await tx.authorization.findUnique({ where: { id } }))
      const changed = attempt && (await change(tx, attempt, raised.now))
      if (!changed) throw new OvertakenError()
      return { ...raised, ended: changed === true ? [] : changed }
    })
  } catch (error) {
    if (error instanceof OvertakenError) return false
    throw error
  }
  doorbell.ring(committed)
  for (const end of committed.ended) notice.authorizationEnded(end)
  return true
}

import { raiseRevisionOf } from '../change/revision.js'
import type { Deps } from '../deps.js'
import { later } from '../formats.js'
import { ENDED_AUTHORIZATION_KEPT_MS } from '../view/authorization-limits.js'

const BATCH = 20

/** Deletes authorizations that ended a day ago. A view may still contain one, so its user's revision is raised. */
export async function pruneAuthorizations({ db, notifier }: Pick<Deps, 'db' | 'notifier'>): Promise<number> {
  const users = await db.$queryRaw<{ userId: string }[]>`
    SELECT DISTINCT "userId" FROM "Authorization" WHERE "endedAt" < now() - make_interval(secs => ${ENDED_AUTHORIZATION_KEPT_MS / 1000}::double precision) LIMIT ${BATCH}`
  let pruned = 0
  for (const { userId } of users) {
    const change = await db.$transaction(async (tx) => {
      const change = await raiseRevisionOf(tx, userId)
      if (!change) return null
      const endedBefore = later(change.now, -ENDED_AUTHORIZATION_KEPT_MS)
      const { count } = await tx.authorization.deleteMany({ where: { userId, endedAt: { lt: endedBefore } } })
      pruned += count
      return change
    })
    if (change) notifier.notify(change)
  }
  return pruned
}

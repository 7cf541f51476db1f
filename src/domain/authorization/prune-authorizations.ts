import { raiseRevisionOf } from '../change/revision.js'
import type { Deps } from '../deps.js'
import { later } from '../formats.js'
import { statement } from '../ports/sql.js'
import { ENDED_AUTHORIZATION_KEPT_MS } from '../view/authorization-limits.js'

const BATCH = 20

const WITH_OLD_ONES = statement<[keptSeconds: number, limit: number], { userId: string }>(
  'users-with-old-authorizations',
  `SELECT DISTINCT "userId" FROM "Authorization"
   WHERE "endedAt" < now() - make_interval(secs => $1::double precision) LIMIT $2::int`,
)

/** Deletes authorizations that ended a day ago. A view may still contain one, so its user's revision is raised. */
export async function pruneAuthorizations({
  db,
  sql,
  notifier,
}: Pick<Deps, 'db' | 'sql' | 'notifier'>): Promise<number> {
  const users = await sql.run(WITH_OLD_ONES, ENDED_AUTHORIZATION_KEPT_MS / 1000, BATCH)
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

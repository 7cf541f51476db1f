import type { Deps } from '../deps.js'
import { statement } from '../ports/sql.js'

const BATCH = 1_000

const PRUNE = statement<[days: number, limit: number], { count: number }>(
  'prune-activity',
  `WITH old AS (
     DELETE FROM "Activity" WHERE id IN (
       SELECT id FROM "Activity" WHERE at < now() - make_interval(days => $1::int)
       ORDER BY at LIMIT $2::int FOR UPDATE SKIP LOCKED
     ) RETURNING id
   ) SELECT count(*)::int AS count FROM old`,
)

/** Deletes activity that is older than this. No view contains it, so no revision is raised. */
export async function pruneActivity({ sql }: Pick<Deps, 'sql'>, days: number): Promise<number> {
  const [pruned] = await sql.run(PRUNE, days, BATCH)
  return pruned?.count ?? 0
}

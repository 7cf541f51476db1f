import type { Db } from '../db.js'

const BATCH = 1_000

/** Deletes activity that is older than this. No view contains it, so no revision is raised. */
export function pruneActivity(db: Db, days: number): Promise<number> {
  return db.$executeRaw`
    DELETE FROM "Activity" WHERE id IN (
      SELECT id FROM "Activity" WHERE at < now() - make_interval(days => ${days}::int) ORDER BY at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED
    )`
}

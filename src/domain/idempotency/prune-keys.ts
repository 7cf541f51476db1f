import type { Tx } from '../db.js'
import { type Sql, statement } from '../ports/sql.js'

const PRUNED_AT_ONCE = 5_000

const PRUNE = statement<[limit: number], { count: number }>(
  'prune-idempotency-keys',
  `WITH expired AS (
     DELETE FROM "IdempotencyRecord" WHERE id IN (
       SELECT id FROM "IdempotencyRecord" WHERE "expiresAt" <= now() ORDER BY "expiresAt" LIMIT $1::int
       FOR UPDATE SKIP LOCKED
     ) RETURNING id
   ) SELECT count(*)::int AS count FROM expired`,
)

/**
 * Deletes Idempotency-Keys that have expired.
 * @returns how many were deleted
 */
export async function pruneKeys({ sql }: { sql: Sql }): Promise<number> {
  let pruned = 0
  let expired: number
  do {
    expired = (await sql.run(PRUNE, PRUNED_AT_ONCE))[0]?.count ?? 0
    pruned += expired
  } while (expired === PRUNED_AT_ONCE)
  return pruned
}

/** Deletes the results that have a user's data. The keys still have no second effect. */
export async function forgetAnswers(tx: Tx, userId: string): Promise<void> {
  await tx.idempotencyRecord.updateMany({ where: { userId }, data: { answer: null } })
}

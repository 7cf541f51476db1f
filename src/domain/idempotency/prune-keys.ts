import type { Db, Tx } from '../db.js'

const PRUNED_AT_ONCE = 5_000

/**
 * Deletes Idempotency-Keys that have expired.
 * @returns how many were deleted
 */
export async function pruneKeys({ db }: { db: Db }): Promise<number> {
  let pruned = 0
  let expired: number
  do {
    expired = await db.$executeRaw`
      DELETE FROM "IdempotencyRecord" WHERE id IN (
        SELECT id FROM "IdempotencyRecord" WHERE "expiresAt" <= now() ORDER BY "expiresAt" LIMIT ${PRUNED_AT_ONCE}
        FOR UPDATE SKIP LOCKED
      )`
    pruned += expired
  } while (expired === PRUNED_AT_ONCE)
  return pruned
}

/** Deletes the results that have a user's data. The keys still have no second effect. */
export async function forgetAnswers(tx: Tx, userId: string): Promise<void> {
  await tx.idempotencyRecord.updateMany({ where: { userId }, data: { answer: null } })
}

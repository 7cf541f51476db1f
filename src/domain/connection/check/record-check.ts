import type { Db, Tx } from '../../db.js'
import type { FailureCause } from '../../ports/failure-cause.js'

/**
 * Stores that the app accepts a connection, and when to check it next. A failed refresh keeps its cause until one
 * succeeds.
 * @returns whether the connection is live
 */
export async function recordAccepted(db: Db | Tx, connectionId: string, nextInMs: number | null): Promise<boolean> {
  const seconds = nextInMs === null ? null : nextInMs / 1000
  const count = await db.$executeRaw`
    UPDATE "Connection" SET
      "verifyDueAt" = now() + make_interval(secs => ${seconds}::double precision),
      "lastVerifiedAt" = now(),
      "failedAt" = CASE WHEN "failureCause"->>'stage' = 'CHECK' THEN NULL ELSE "failedAt" END,
      "failureCause" = CASE WHEN "failureCause"->>'stage' = 'CHECK' THEN NULL ELSE "failureCause" END
    WHERE id = ${connectionId}::uuid AND status = 'LIVE'`
  return count > 0
}

/** Stores when to check a connection again after the app didn't say whether it accepts it, and why if that is known. */
export async function recordUnknown(
  db: Db,
  connectionId: string,
  nextInMs: number | null,
  cause: FailureCause | undefined,
): Promise<void> {
  const seconds = nextInMs === null ? null : nextInMs / 1000
  const why = cause ? JSON.stringify(cause) : null
  await db.$executeRaw`
    UPDATE "Connection" SET
      "verifyDueAt" = COALESCE(now() + make_interval(secs => ${seconds}::double precision), "verifyDueAt"),
      "failedAt" = CASE WHEN ${why}::jsonb IS NULL THEN "failedAt" ELSE now() END,
      "failureCause" = COALESCE(${why}::jsonb, "failureCause")
    WHERE id = ${connectionId}::uuid AND status = 'LIVE'`
}

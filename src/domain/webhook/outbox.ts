import type { Db } from '../db.js'
import type { Deps } from '../deps.js'
import { type Sql, statement } from '../ports/sql.js'
import type { WebhookBacklog } from '../ports/telemetry.js'
import { RETRY_WINDOW_MS, type Verdict } from './retry.js'

/** Longer than a try takes, but short enough that a delivery doesn't wait long after a crash. */
export const LEASE_MS = 30_000

/** A delivery that this instance may try until its lease ends. */
export interface TakenDelivery {
  id: string
  endpointId: string
  eventId: string
  type: string
  /** The event, with the same bytes in each try. */
  body: string
  attempts: number
  retryUntil: Date
  /** When the lease ends. Another instance may then claim the delivery, and results of this lease are discarded. */
  lease: Date
  /** When it was claimed, by the database's clock. */
  now: Date
  url: string
  sealed: Uint8Array<ArrayBuffer>
}

/**
 * Claims what is due at one endpoint: for each user, the oldest pending delivery, and nothing if that one isn't due or
 * is in progress.
 *
 * The query walks one index and looks up each row in another, whatever the planner knows about the table. As an
 * anti-join, it read all pending rows, and many times over before the first ANALYZE.
 */
export function takeDeliveries(db: Db, endpointId: string, limit: number, leaseMs: number): Promise<TakenDelivery[]> {
  return db.$queryRaw<TakenDelivery[]>`
    WITH head AS MATERIALIZED (
      SELECT id FROM "WebhookDelivery" candidate
      WHERE "endpointId" = ${endpointId}::uuid AND status = 'PENDING' AND "dueAt" <= now() AND sequence = (
        SELECT sequence FROM "WebhookDelivery" first
        WHERE first."endpointId" = candidate."endpointId" AND first."userId" = candidate."userId"
          AND first.status = 'PENDING'
        ORDER BY sequence LIMIT 1
      )
      ORDER BY "dueAt" LIMIT ${limit} FOR UPDATE SKIP LOCKED
    )
    UPDATE "WebhookDelivery" taken
    SET attempts = attempts + 1, "dueAt" = now() + make_interval(secs => ${leaseMs / 1_000}::double precision)
    FROM head, "WebhookEndpoint" endpoint
    WHERE taken.id = head.id AND endpoint.id = taken."endpointId"
    RETURNING taken.id, "endpointId", "eventId", type, payload::text AS body, attempts, "retryUntil", "dueAt" AS lease,
      now() AS now, endpoint.url, endpoint.sealed`
}

/** The largest number of a user's deliveries that wait together. If a user has more, it takes several rounds. */
const FOLLOWERS = 1_000

/** The result of a try. */
export interface Tried {
  delivery: TakenDelivery
  verdict: Verdict
}

/**
 * Stores the results of tries, unless another instance has claimed the delivery since. Finished deliveries of a user
 * who was erased in the meantime are deleted. If a delivery has to be retried, the user's later ones wait with it, so
 * that looking for due deliveries doesn't pass over them each time.
 * @returns the ids of the stored results
 */
export async function settleDeliveries(db: Db, tried: readonly Tried[]): Promise<ReadonlySet<string>> {
  const verdicts = tried.map(({ delivery: { id, lease }, verdict }) => ({ id, lease, ...verdict }))
  const settled = await db.$queryRaw<{ id: string }[]>`
    WITH verdict AS (
      SELECT delivery.id, delivery."endpointId", delivery."userId", delivery.sequence, v.status, v."dueAt", v.result,
        v.status <> 'PENDING' AND EXISTS (
          SELECT FROM "User" WHERE id = delivery."userId" AND "erasedAt" >= delivery."createdAt"
        ) AS "isErased"
      FROM jsonb_to_recordset(${JSON.stringify(verdicts)}::jsonb)
        AS v(id uuid, lease timestamptz(3), status "WebhookDeliveryStatus", "dueAt" timestamptz(3), result text)
      JOIN "WebhookDelivery" delivery ON delivery.id = v.id AND delivery."dueAt" = v.lease AND delivery.status = 'PENDING'
      FOR UPDATE OF delivery
    ), erased AS (
      DELETE FROM "WebhookDelivery" ended USING verdict WHERE ended.id = verdict.id AND "isErased"
    ), follower AS (
      UPDATE "WebhookDelivery" behind SET "dueAt" = later."dueAt"
      FROM verdict later, LATERAL (
        SELECT id FROM "WebhookDelivery" next
        WHERE next."endpointId" = later."endpointId" AND next."userId" = later."userId" AND next.status = 'PENDING'
          AND next.sequence > later.sequence AND next."dueAt" <= now()
        ORDER BY sequence LIMIT ${FOLLOWERS}
      ) due
      WHERE later.status = 'PENDING' AND behind.id = due.id
    ), written AS (
      UPDATE "WebhookDelivery" settled
      SET status = verdict.status, "dueAt" = verdict."dueAt", "lastResult" = verdict.result,
        "endedAt" = CASE verdict.status WHEN 'PENDING' THEN NULL ELSE now() END
      FROM verdict WHERE settled.id = verdict.id AND NOT "isErased"
    )
    SELECT id FROM verdict`
  return new Set(settled.map(({ id }) => id))
}

const ENDPOINTS = statement<[], { id: string; isDue: boolean }>(
  'webhook-endpoints',
  `SELECT id, EXISTS (
     SELECT FROM "WebhookDelivery" WHERE "endpointId" = endpoint.id AND status = 'PENDING' AND "dueAt" <= now()
   ) AS "isDue" FROM "WebhookEndpoint" endpoint`,
)

/** Returns for each endpoint whether something is due. */
export function readEndpoints(sql: Sql): Promise<{ id: string; isDue: boolean }[]> {
  return sql.run(ENDPOINTS)
}

const BACKLOG = statement<[windowSeconds: number], WebhookBacklog>(
  'webhook-backlog',
  `SELECT count(*)::int AS pending,
     COALESCE(extract(epoch FROM now() - (min("retryUntil") - make_interval(secs => $1::double precision))), 0)::double precision AS "oldestSeconds"
   FROM "WebhookDelivery" WHERE status = 'PENDING'`,
)

/** Returns what hasn't been delivered yet, over all endpoints. */
export async function readBacklog(sql: Sql): Promise<WebhookBacklog> {
  const [row] = await sql.run(BACKLOG, RETRY_WINDOW_MS / 1_000)
  return row ?? { pending: 0, oldestSeconds: 0 }
}

const PRUNED_AT_ONCE = 5_000

const PRUNE_OLD = statement<[limit: number], { count: number }>(
  'prune-webhook-deliveries',
  `WITH old AS (
     DELETE FROM "WebhookDelivery" WHERE id IN (
       SELECT id FROM "WebhookDelivery" WHERE status <> 'PENDING' AND "dueAt" <= now() LIMIT $1::int
     ) RETURNING id
   ) SELECT count(*)::int AS count FROM old`,
)
const PRUNE_ERASED = statement<[], { count: number }>(
  'prune-webhook-deliveries-of-erased-users',
  `WITH erased AS (
     DELETE FROM "WebhookDelivery" ended USING "User"
     WHERE "User".id = ended."userId" AND "User"."erasedAt" >= ended."createdAt" AND ended.status <> 'PENDING'
     RETURNING ended.id
   ) SELECT count(*)::int AS count FROM erased`,
)

/**
 * Deletes deliveries that finished long ago, and those that finished while their user was being erased.
 * @returns how many were deleted
 */
export async function pruneDeliveries({ sql }: Pick<Deps, 'sql'>): Promise<number> {
  let pruned = 0
  let old: number
  do {
    old = (await sql.run(PRUNE_OLD, PRUNED_AT_ONCE))[0]?.count ?? 0
    pruned += old
  } while (old === PRUNED_AT_ONCE)
  const [erased] = await sql.run(PRUNE_ERASED)
  return pruned + (erased?.count ?? 0)
}

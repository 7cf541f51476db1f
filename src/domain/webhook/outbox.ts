import type { Db } from '../db.js'
import type { Deps } from '../deps.js'
import type { WebhookBacklog } from '../ports/telemetry.js'
import { RETRY_WINDOW_MS, type Verdict } from './retry.js'

/** Longer than a try takes, and not so long that a delivery waits for it after a crash. */
export const LEASE_MS = 30_000

/** A delivery that this instance may try, until its lease ends. */
export interface TakenDelivery {
  id: string
  endpointId: string
  eventId: string
  type: string
  /** The event, byte for byte the same in each try. */
  body: string
  attempts: number
  retryUntil: Date
  /** When the lease ends. Whoever takes the delivery after that has another one, and what is settled with this is void. */
  lease: Date
  /** When it was taken, by the database's clock. */
  now: Date
  url: string
  sealed: Uint8Array<ArrayBuffer>
}

/**
 * Takes what is due at one endpoint: of each user the oldest delivery that is pending, and none while that one is not
 * due or under way somewhere.
 *
 * Written so that it goes along one index and looks into another for each row, whatever the planner knows of the table:
 * as an anti-join it read all that was pending, and before the first ANALYZE that many times over.
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

/** So many deliveries of a user wait together; a user with more of them is looked at more often. */
const FOLLOWERS = 1_000

/** The result of a try. */
export interface Tried {
  delivery: TakenDelivery
  verdict: Verdict
}

/**
 * Writes down the results of tries, except where another instance has taken the delivery since. What has ended for a user
 * who was erased meanwhile is erased too. What a user has behind a delivery that is tried again waits with it, so that
 * looking for what is due does not pass by it each time.
 * @returns the ids of those that were written down
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

/** How each endpoint stands: whether something is due there. */
export function readEndpoints(db: Db): Promise<{ id: string; isDue: boolean }[]> {
  return db.$queryRaw<{ id: string; isDue: boolean }[]>`
    SELECT id, EXISTS (
      SELECT FROM "WebhookDelivery" WHERE "endpointId" = endpoint.id AND status = 'PENDING' AND "dueAt" <= now()
    ) AS "isDue" FROM "WebhookEndpoint" endpoint`
}

/** What has not been delivered yet, at all endpoints. */
export async function readBacklog(db: Db): Promise<WebhookBacklog> {
  const [row] = await db.$queryRaw<WebhookBacklog[]>`
    SELECT count(*)::int AS pending,
      COALESCE(extract(epoch FROM now() - (min("retryUntil") - make_interval(secs => ${RETRY_WINDOW_MS / 1_000}::double precision))), 0)::double precision AS "oldestSeconds"
    FROM "WebhookDelivery" WHERE status = 'PENDING'`
  return row ?? { pending: 0, oldestSeconds: 0 }
}

const PRUNED_AT_ONCE = 5_000

/**
 * Forgets what has ended long ago, and what had ended for somebody at the very moment in which they were erased.
 * @returns how many were forgotten
 */
export async function pruneDeliveries({ db }: Pick<Deps, 'db'>): Promise<number> {
  let pruned = 0
  let old: number
  do {
    old = await db.$executeRaw`
      DELETE FROM "WebhookDelivery" WHERE id IN (
        SELECT id FROM "WebhookDelivery" WHERE status <> 'PENDING' AND "dueAt" <= now() LIMIT ${PRUNED_AT_ONCE}
      )`
    pruned += old
  } while (old === PRUNED_AT_ONCE)
  const erased = await db.$executeRaw`
    DELETE FROM "WebhookDelivery" ended USING "User"
    WHERE "User".id = ended."userId" AND "User"."erasedAt" >= ended."createdAt" AND ended.status <> 'PENDING'`
  return pruned + erased
}

import { Prisma } from '../../../generated/prisma/client.js'
import type { Db } from '../../db.js'

/** Refreshes under way at one provider, over all instances. */
export const AT_A_TIME = 10
/** Reading, ten seconds at the app, storing, and some to spare. */
const LEASE_SECONDS = 30
/** While a token lives for longer than this it is served, and a refresh that was cut off is left alone. */
export const SHORT_SECONDS = 60

/** One refresh that is ours to carry out, and what it takes. */
export interface Claim {
  id: string
  userId: string
  organization: string
  connectorSlug: string
  accountId: string | null
  accountLabel: string | null
  grantedScopes: string[]
  tokenVersion: number
  refreshAttempts: number
  sealed: Uint8Array<ArrayBuffer>
  leaseUntil: Date
  /** An earlier refresh of these tokens got no answer, so the app may have replaced them. */
  interrupted: boolean
  /** When it was taken, by the monotonic clock: milliseconds. */
  takenAtMs: number
}

/** Which refreshes are wanted. */
export type Wanted =
  | { due: true; limit: number }
  /** One connection's, if these are its tokens and the pause after a failure is over. */
  | { due: false; connectionId: string; tokenVersion: number; neededSeconds: number }

/**
 * Takes refreshes for this instance alone, as many as the provider's limit leaves. The provider's lock makes claims take
 * turns, so that instances together keep the limit. Times are those of the statement, because the transaction may have
 * begun long before its turn came, and because along an index nothing is found by a clock that goes on.
 *
 * A lease that ran out was somebody's who stopped half-way and may go on: its refresh token may be used up by then, and
 * used again it would end the grant. So it is taken over only when the access token is about to end.
 * @param provider the connectors' `providerKey`, here and below
 */
export function claimRefreshes(db: Db, provider: string, wanted: Wanted): Promise<Claim[]> {
  const which = wanted.due
    ? Prisma.sql`c."refreshDueAt" <= statement_timestamp()`
    : Prisma.sql`c.id = ${wanted.connectionId}::uuid AND c."tokenVersion" = ${wanted.tokenVersion}
        AND (c."refreshAttempts" = 0 OR c."refreshDueAt" IS NULL OR c."refreshDueAt" <= statement_timestamp())`
  const needed = wanted.due ? SHORT_SECONDS : Math.max(SHORT_SECONDS, wanted.neededSeconds)
  return db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 AS locked FROM pg_advisory_xact_lock(hashtextextended(${`refresh ${provider}`}, 0))`
    const claims = await tx.$queryRaw<Omit<Claim, 'takenAtMs'>[]>`
      WITH claimed AS (
        SELECT c.id, c."refreshStartedAt" IS NOT NULL AS interrupted
        FROM "Connection" c JOIN "Connector" k ON k.slug = c."connectorSlug"
        WHERE ${which} AND k."providerKey" = ${provider} AND c.status = 'LIVE' AND c.refreshable
          AND (
            c."refreshLeaseUntil" IS NULL
            OR c."refreshLeaseUntil" <= statement_timestamp() AND (
              c."accessTokenExpiresAt" IS NULL
              OR c."accessTokenExpiresAt" <= statement_timestamp() + make_interval(secs => ${needed}::double precision)
            )
          )
          AND NOT EXISTS (SELECT FROM "ProviderPause" WHERE provider = ${provider} AND until > statement_timestamp())
        ORDER BY c."refreshDueAt"
        LIMIT GREATEST(0, LEAST(${wanted.due ? wanted.limit : 1}::bigint, ${AT_A_TIME}::bigint - (
          SELECT count(*) FROM "Connection" c JOIN "Connector" k ON k.slug = c."connectorSlug"
          WHERE c."refreshLeaseUntil" > statement_timestamp() AND k."providerKey" = ${provider}
        )))
        FOR NO KEY UPDATE OF c SKIP LOCKED
      )
      UPDATE "Connection" c SET
        "refreshLeaseUntil" = statement_timestamp() + make_interval(secs => ${LEASE_SECONDS}::double precision),
        "refreshStartedAt" = statement_timestamp()
      FROM claimed, "User" u, "ConnectionToken" t
      WHERE c.id = claimed.id AND u.id = c."userId" AND t."connectionId" = c.id
      RETURNING c.id, c."userId", u.organization, c."connectorSlug", c."accountId", c."accountLabel", c."grantedScopes",
        c."tokenVersion", c."refreshAttempts", t.sealed, c."refreshLeaseUntil" AS "leaseUntil", claimed.interrupted`
    const takenAtMs = performance.now()
    return claims.map((claim) => ({ ...claim, takenAtMs }))
  })
}

/** Providers that have something due. */
export async function providersDue(db: Db): Promise<string[]> {
  const rows = await db.$queryRaw<{ provider: string }[]>`
    SELECT DISTINCT k."providerKey" AS provider FROM "Connection" c JOIN "Connector" k ON k.slug = c."connectorSlug"
    WHERE c."refreshDueAt" <= now() AND c.status = 'LIVE' AND c.refreshable`
  return rows.map((row) => row.provider)
}

/** Why a refresh could not be claimed, as far as it is known: milliseconds from now, negative for the past. */
export interface RefreshState {
  tokenVersion: number
  status: 'LIVE' | 'EXPIRED' | 'BROKEN'
  refreshable: boolean
  refreshAttempts: number
  dueInMs: number | null
  pausedMs: number | null
  /** How long somebody's lease lasts. */
  leaseMs: number | null
}

export async function readRefreshState(db: Db, connectionId: string, provider: string): Promise<RefreshState | null> {
  const [row] = await db.$queryRaw<RefreshState[]>`
    SELECT "tokenVersion", status, refreshable, "refreshAttempts",
      (EXTRACT(EPOCH FROM "refreshDueAt" - now()) * 1000)::double precision AS "dueInMs",
      (EXTRACT(EPOCH FROM "refreshLeaseUntil" - now()) * 1000)::double precision AS "leaseMs",
      (SELECT (EXTRACT(EPOCH FROM until - now()) * 1000)::double precision FROM "ProviderPause" WHERE provider = ${provider}) AS "pausedMs"
    FROM "Connection" WHERE id = ${connectionId}::uuid`
  return row ?? null
}

/** The provider asked to be left alone: nobody asks it for that long. */
export async function pauseProvider(db: Db, provider: string, ms: number): Promise<void> {
  await db.$executeRaw`
    INSERT INTO "ProviderPause" (provider, until) VALUES (${provider}, now() + make_interval(secs => ${ms / 1000}::double precision))
    ON CONFLICT (provider) DO UPDATE SET until = GREATEST("ProviderPause".until, excluded.until)`
}

/**
 * Gives a claim back after a refresh that failed.
 * @param certain nothing of it can have reached the app, or the app has answered
 */
export async function releaseClaim(
  db: Db,
  { id, tokenVersion, leaseUntil, interrupted }: Claim,
  pauseMs: number,
  certain: boolean,
): Promise<void> {
  await db.$executeRaw`
    UPDATE "Connection" SET
      "refreshLeaseUntil" = NULL,
      "refreshStartedAt" = CASE WHEN ${certain && !interrupted}::boolean THEN NULL ELSE "refreshStartedAt" END,
      "refreshAttempts" = "refreshAttempts" + 1,
      "refreshDueAt" = now() + make_interval(secs => ${pauseMs / 1000}::double precision)
    WHERE id = ${id}::uuid AND "tokenVersion" = ${tokenVersion} AND "refreshLeaseUntil" = ${leaseUntil}`
}

import { Prisma } from '../../../generated/prisma/client.js'
import type { Db } from '../../db.js'

/** The largest number of refreshes at one provider at the same time, over all instances. */
export const AT_A_TIME = 10
/** Enough for reading, ten seconds at the app and storing, with some to spare. */
const LEASE_SECONDS = 30
/** As long as a token has more time left than this, it is served and an interrupted refresh is left alone. */
export const SHORT_SECONDS = 60

/** One claimed refresh, and everything needed to carry it out. */
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
  /** An earlier refresh of these tokens got no response, so the app may have replaced them. */
  interrupted: boolean
  /** When it was claimed, in milliseconds by the monotonic clock. */
  takenAtMs: number
}

/** Which refreshes to claim. */
export type Wanted =
  | { due: true; limit: number }
  /** Only this connection, if these are its tokens and the pause after a failure is over. */
  | { due: false; connectionId: string; tokenVersion: number; neededSeconds: number }

/**
 * Claims refreshes for this instance alone, as many as the provider's limit allows. Claims of one provider take turns
 * through a lock, so that all instances together respect the limit. Times are those of the statement: the transaction
 * may have waited long for its turn, and an index can't be searched by a clock that moves on.
 *
 * If a lease has run out, its instance stopped midway and may still continue. The refresh token may be used up by then,
 * and using it again would end the grant. So the lease is taken over only when the access token is about to expire.
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

/** Returns the providers that have due refreshes. */
export async function providersDue(db: Db): Promise<string[]> {
  const rows = await db.$queryRaw<{ provider: string }[]>`
    SELECT DISTINCT k."providerKey" AS provider FROM "Connection" c JOIN "Connector" k ON k.slug = c."connectorSlug"
    WHERE c."refreshDueAt" <= now() AND c.status = 'LIVE' AND c.refreshable`
  return rows.map((row) => row.provider)
}

/** Why a refresh couldn't be claimed, as far as known. In milliseconds from now, negative for the past. */
export interface RefreshState {
  tokenVersion: number
  status: 'LIVE' | 'EXPIRED' | 'BROKEN'
  refreshable: boolean
  refreshAttempts: number
  dueInMs: number | null
  pausedMs: number | null
  /** How long another instance's lease lasts. */
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

/** The provider asked for a pause, so no one asks it for that long. */
export async function pauseProvider(db: Db, provider: string, ms: number): Promise<void> {
  await db.$executeRaw`
    INSERT INTO "ProviderPause" (provider, until) VALUES (${provider}, now() + make_interval(secs => ${ms / 1000}::double precision))
    ON CONFLICT (provider) DO UPDATE SET until = GREATEST("ProviderPause".until, excluded.until)`
}

/**
 * Releases a claim after a failed refresh.
 * @param certain whether nothing can have reached the app, or the app has responded
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

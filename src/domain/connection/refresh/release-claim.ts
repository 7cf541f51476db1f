import type { FailureCause } from '../../ports/failure-cause.js'
import { type Sql, statement } from '../../ports/sql.js'
import type { Claim } from './claim-refreshes.js'

const RELEASE_CLAIM = statement<
  [id: string, tokenVersion: number, leaseUntil: Date, certain: boolean, pauseSeconds: number, cause: string | null],
  never
>(
  'release-claim',
  `UPDATE "Connection" SET
    "refreshLeaseUntil" = NULL,
    "refreshStartedAt" = CASE WHEN $4::boolean THEN NULL ELSE "refreshStartedAt" END,
    "refreshAttempts" = "refreshAttempts" + 1,
    "refreshDueAt" = now() + make_interval(secs => $5::double precision),
    "failureCause" = COALESCE($6::jsonb, "failureCause"),
    "failedAt" = CASE WHEN $6::jsonb IS NULL THEN "failedAt" ELSE now() END
  WHERE id = $1::uuid AND "tokenVersion" = $2::int AND "refreshLeaseUntil" = $3::timestamptz`,
)

/**
 * Releases a claim after a failed refresh.
 * @param certain whether nothing can have reached the app, or the app has responded
 * @param cause why it failed, or null if that isn't about the app
 */
export async function releaseClaim(
  sql: Sql,
  { id, tokenVersion, leaseUntil, interrupted }: Claim,
  pauseMs: number,
  certain: boolean,
  cause: FailureCause | null,
): Promise<void> {
  const why = cause && JSON.stringify(cause)
  await sql.run(RELEASE_CLAIM, id, tokenVersion, leaseUntil, certain && !interrupted, pauseMs / 1000, why)
}

const PAUSE_PROVIDER = statement<[provider: string, seconds: number], never>(
  'pause-provider',
  `INSERT INTO "ProviderPause" (provider, until) VALUES ($1, now() + make_interval(secs => $2::double precision))
  ON CONFLICT (provider) DO UPDATE SET until = GREATEST("ProviderPause".until, excluded.until)`,
)

/** The provider asked for a pause, so no one asks it for that long. */
export async function pauseProvider(sql: Sql, provider: string, ms: number): Promise<void> {
  await sql.run(PAUSE_PROVIDER, provider, ms / 1000)
}

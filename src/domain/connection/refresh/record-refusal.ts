import type { FailureCause } from '../../ports/failure-cause.js'
import { type Sql, statement } from '../../ports/sql.js'
import type { Refusals } from '../refusal-rules.js'
import type { Claim } from './claim-refreshes.js'

const RECORD_REFUSAL = statement<
  [id: string, tokenVersion: number, leaseUntil: Date, certain: boolean, pauseSeconds: number, cause: string],
  Omit<Refusals, 'about'>
>(
  'record-refusal',
  `UPDATE "Connection" refused SET
    "refreshLeaseUntil" = NULL,
    "refreshStartedAt" = CASE WHEN $4::boolean THEN NULL ELSE "refreshStartedAt" END,
    "refreshAttempts" = "refreshAttempts" + 1,
    "refreshDueAt" = now() + make_interval(secs => $5::double precision),
    "refreshRefusals" = "refreshRefusals" + 1,
    "refreshRefusedSince" = COALESCE("refreshRefusedSince", now()),
    "failureCause" = $6::jsonb,
    "failedAt" = now()
  WHERE id = $1::uuid AND "tokenVersion" = $2::int AND "refreshLeaseUntil" = $3::timestamptz
  RETURNING "refreshRefusals" AS count,
    (EXTRACT(EPOCH FROM now() - "refreshRefusedSince") * 1000)::double precision AS "overMs",
    EXISTS (
      SELECT FROM "Connection" other
      WHERE other."connectorSlug" = refused."connectorSlug" AND other.id <> refused.id
        AND other."accessTokenIssuedAt" > refused."refreshRefusedSince"
    ) AS "othersAccepted"`,
)

/**
 * Releases a claim after the app refused the refresh without saying that the grant has ended, and counts that.
 * @param certain whether the app can't have done what it was asked
 * @returns null if the claim was lost in the meantime
 */
export async function recordRefusal(
  sql: Sql,
  { id, tokenVersion, leaseUntil, interrupted }: Claim,
  pauseMs: number,
  certain: boolean,
  cause: FailureCause,
): Promise<Omit<Refusals, 'about'> | null> {
  const why = JSON.stringify(cause)
  const rows = await sql.run(RECORD_REFUSAL, id, tokenVersion, leaseUntil, certain && !interrupted, pauseMs / 1000, why)
  return rows[0] ?? null
}

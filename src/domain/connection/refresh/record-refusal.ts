import type { FailureCause } from '../../ports/failure-cause.js'
import { type Sql, statement } from '../../ports/sql.js'
import type { Refusals } from '../refusal-rules.js'
import type { Claim } from './claim-refreshes.js'

/** Whether the app has given the same client tokens for another connection since it first refused this one. */
export const OTHERS_ACCEPTED = `EXISTS (
      SELECT FROM "Connection" other
      WHERE other."connectorSlug" = refused."connectorSlug" AND other.id <> refused.id
        AND other."accessTokenIssuedAt" > refused."refreshRefusedSince"
    )`

export interface RecordedRefusal extends Omit<Refusals, 'about'> {
  /** Whether an operator has replaced the credentials that were refused. The refusal doesn't count then. */
  outdated: boolean
}

/** Credentials that a rotation of the vault's keys has sealed again count as others, which costs one more request. */
const OUTDATED = `((SELECT sealed FROM "ConnectorCredential" WHERE "connectorSlug" = refused."connectorSlug") IS DISTINCT FROM $7::bytea)`

const RECORD_REFUSAL = statement<
  [
    id: string,
    tokenVersion: number,
    leaseUntil: Date,
    certain: boolean,
    pauseSeconds: number,
    cause: string,
    sealedCredentials: Uint8Array | null,
  ],
  RecordedRefusal
>(
  'record-refusal',
  `UPDATE "Connection" refused SET
    "refreshLeaseUntil" = NULL,
    "refreshStartedAt" = CASE WHEN $4::boolean THEN NULL ELSE "refreshStartedAt" END,
    "refreshAttempts" = "refreshAttempts" + 1,
    "refreshDueAt" = now() + make_interval(secs => CASE WHEN ${OUTDATED} THEN 0 ELSE $5::double precision END),
    "refreshRefusals" = CASE WHEN ${OUTDATED} THEN 0 ELSE "refreshRefusals" + 1 END,
    "refreshRefusedSince" = CASE WHEN ${OUTDATED} THEN NULL ELSE COALESCE("refreshRefusedSince", now()) END,
    "failureCause" = $6::jsonb,
    "failedAt" = now()
  WHERE id = $1::uuid AND "tokenVersion" = $2::int AND "refreshLeaseUntil" = $3::timestamptz
  RETURNING "refreshRefusals" AS count, ${OUTDATED} AS outdated,
    COALESCE(EXTRACT(EPOCH FROM now() - "refreshRefusedSince") * 1000, 0)::double precision AS "overMs",
    ${OTHERS_ACCEPTED} AS "othersAccepted"`,
)

/**
 * Releases a claim after the app refused the refresh without saying that the grant has ended, and counts that.
 * @param certain whether the app can't have done what it was asked
 * @returns null if the claim was lost in the meantime
 */
export async function recordRefusal(
  sql: Sql,
  { id, tokenVersion, leaseUntil, interrupted, sealedCredentials }: Claim,
  pauseMs: number,
  certain: boolean,
  cause: FailureCause,
): Promise<RecordedRefusal | null> {
  const seconds = pauseMs / 1000
  const why = JSON.stringify(cause)
  const isCertain = certain && !interrupted
  const rows = await sql.run(RECORD_REFUSAL, id, tokenVersion, leaseUntil, isCertain, seconds, why, sealedCredentials)
  return rows[0] ?? null
}

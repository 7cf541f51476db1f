import type { FailureReason } from '../../ports/failure-cause.js'
import { type Sql, statement } from '../../ports/sql.js'
import { OTHERS_ACCEPTED } from './record-refusal.js'

const PROVIDERS_DUE = statement<[], { provider: string }>(
  'providers-due',
  `SELECT DISTINCT k."providerKey" AS provider FROM "Connection" c JOIN "Connector" k ON k.slug = c."connectorSlug"
  WHERE c."refreshDueAt" <= now() AND c.status = 'LIVE' AND c.refreshable`,
)

/** Returns the providers that have due refreshes. */
export async function providersDue(sql: Sql): Promise<string[]> {
  const rows = await sql.run(PROVIDERS_DUE)
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
  /** Why the app refused the last refresh. Null if it didn't. */
  refusedFor: FailureReason | null
  /** Whether it has accepted the same client for others since. */
  othersAccepted: boolean
}

const READ_REFRESH_STATE = statement<[connectionId: string, provider: string], RefreshState>(
  'read-refresh-state',
  `SELECT "tokenVersion", status::text, refreshable, "refreshAttempts",
    (EXTRACT(EPOCH FROM "refreshDueAt" - now()) * 1000)::double precision AS "dueInMs",
    (EXTRACT(EPOCH FROM "refreshLeaseUntil" - now()) * 1000)::double precision AS "leaseMs",
    (SELECT (EXTRACT(EPOCH FROM until - now()) * 1000)::double precision FROM "ProviderPause" WHERE provider = $2)
      AS "pausedMs",
    CASE WHEN "refreshRefusals" > 0 AND "failureCause"->>'stage' = 'REFRESH' THEN "failureCause"->>'reason' END
      AS "refusedFor",
    "refreshRefusals" > 0 AND ${OTHERS_ACCEPTED} AS "othersAccepted"
  FROM "Connection" refused WHERE id = $1::uuid`,
)

export async function readRefreshState(sql: Sql, connectionId: string, provider: string): Promise<RefreshState | null> {
  const [row] = await sql.run(READ_REFRESH_STATE, connectionId, provider)
  return row ?? null
}

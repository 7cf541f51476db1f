import type { FailureCause, FailureReason, FailureStage } from '../ports/failure-cause.js'
import { type Sql, statement } from '../ports/sql.js'

/** How many different failures of a connector are shown. */
const MAX_SHOWN = 20
/** How many of the latest failures are read, of authorizations and of connections. */
const MAX_READ = 500

/** Failures of one connector with the same cause. Says nothing about whose they are. */
export interface ConnectorFailure extends FailureCause {
  connectorSlug: string
  /** How many of the latest failures have this cause, one per authorization or connection. */
  count: number
  latestAt: Date
}

type Row = Omit<ConnectorFailure, 'stage' | 'reason'> & { stage: string; reason: string }

const latestOf = (table: string, at: string) => `(
    SELECT "failureCause" AS cause, "${at}" AS at FROM "${table}" failed
    JOIN "User" u ON u.id = failed."userId"
    WHERE failed."connectorSlug" = slug AND "failureCause" IS NOT NULL AND ($2::text IS NULL OR organization = $2)
    ORDER BY "${at}" DESC LIMIT ${MAX_READ}
  )`

const READ_FAILURES = statement<[slugs: string, organization: string | null], Row>(
  'read-connector-failures',
  `SELECT slug AS "connectorSlug", failures.*
  FROM json_array_elements_text($1::json) AS slug CROSS JOIN LATERAL (
    SELECT cause->>'stage' AS stage, cause->>'reason' AS reason, cause->>'host' AS host,
      (cause->>'httpStatus')::int AS "httpStatus", cause->>'providerCode' AS "providerCode",
      (array_agg(cause->>'providerDescription' ORDER BY at DESC))[1] AS "providerDescription",
      count(*)::int AS count, max(at) AS "latestAt"
    FROM (${latestOf('Authorization', 'endedAt')} UNION ALL ${latestOf('Connection', 'failedAt')}) latest
    GROUP BY 1, 2, 3, 4, 5
    ORDER BY max(at) DESC, 1, 2
    LIMIT ${MAX_SHOWN}
  ) failures`,
)

/**
 * Reads what failed at connectors lately, for operators: authorizations that failed, and connections whose last refresh
 * or check did. The same causes are one entry.
 * @param organization only failures of its users, or null for those of all organizations
 * @returns the failures of each connector in the order of the slugs, the latest first
 */
export async function readConnectorFailures(
  { sql }: { sql: Sql },
  slugs: readonly string[],
  organization: string | null,
): Promise<ConnectorFailure[][]> {
  const rows = await sql.run(READ_FAILURES, JSON.stringify([...new Set(slugs)]), organization)
  const failures = rows.map((row) => ({
    ...row,
    stage: row.stage as FailureStage,
    reason: row.reason as FailureReason,
  }))
  return slugs.map((slug) => failures.filter(({ connectorSlug }) => connectorSlug === slug))
}

import DataLoader from 'dataloader'
import type { ConnectionProblemCode, ConnectionStatus } from '../../generated/prisma/enums.js'
import type { ConnectionToCheck } from '../connection/check/check-at-app.js'
import { type Sql, statement } from '../ports/sql.js'

/** A connection that a token could come from. */
export interface Candidate extends ConnectionToCheck {
  status: ConnectionStatus
  problemCode: ConnectionProblemCode | null
  grantedScopes: string[]
  accountLabel: string | null
  /** The lifetime of its access tokens in milliseconds, or null if the app didn't say. */
  lifetimeMs: number | null
}

export interface Candidates {
  catalogueRevision: number
  /** Whether the setup belongs to the user, or null if none was named. */
  setupFound: boolean | null
  /** The connection that the setup's step is bound to. Undefined if it isn't bound, null if that connection is gone. */
  boundTo: string | null | undefined
  /** The user's connections of the connector. The default comes first. */
  connections: Candidate[]
}

/** Whose connections to read, and the setup whose step decides, if any. */
export interface CandidatesRequest {
  userId: string
  connectorSlug: string
  setupId: string | null
}

/** Reads everything that the choice of a token depends on, and the sealed tokens. */
export type ReadCandidates = (request: CandidatesRequest) => Promise<Candidates>

type Row = {
  index: number
  catalogueRevision: number
  setupFound: boolean | null
  bound: boolean
  boundTo: string | null
} & { [K in keyof Candidate]: Candidate[K] | null }

/** One row for each connection, or a row without one. Each lookup is a subquery of its own, so that it uses an index. */
const READ_CANDIDATES = statement<[requests: string], Row>(
  'read-candidates',
  `SELECT asked.index,
    COALESCE((SELECT revision FROM "Catalogue" WHERE id = 1), 0) AS "catalogueRevision",
    CASE WHEN asked."setupId" IS NOT NULL THEN setup.id IS NOT NULL END AS "setupFound",
    binding."setupId" IS NOT NULL AS bound, binding."connectionId" AS "boundTo",
    (SELECT organization FROM "User" WHERE id = asked."userId") AS organization,
    connection.*, (SELECT sealed FROM "ConnectionToken" WHERE "connectionId" = connection.id) AS sealed
  FROM json_to_recordset($1::json) AS asked(index int, "userId" uuid, "connectorSlug" text, "setupId" uuid)
  LEFT JOIN LATERAL (
    SELECT id FROM "Setup" WHERE id = asked."setupId" AND "userId" = asked."userId" OFFSET 0
  ) setup ON true
  LEFT JOIN LATERAL (
    SELECT "setupId", "connectionId" FROM "StepBinding"
    WHERE "setupId" = setup.id AND "connectorSlug" = asked."connectorSlug" OFFSET 0
  ) binding ON true
  LEFT JOIN LATERAL (
    SELECT id, "userId", status::text, "problemCode"::text, "accountId", "accountIdFrom", "accountLabel", metadata, "grantedScopes",
      refreshable,      "tokenVersion", "connectedAt",
      (EXTRACT(EPOCH FROM "accessTokenExpiresAt" - now()) * 1000)::double precision AS "leftMs",
      (EXTRACT(EPOCH FROM "accessTokenExpiresAt" - "accessTokenIssuedAt") * 1000)::double precision AS "lifetimeMs"
    FROM "Connection" WHERE "userId" = asked."userId" AND "connectorSlug" = asked."connectorSlug" OFFSET 0
  ) connection ON true
  ORDER BY asked.index, connection."connectedAt", connection.id`,
)

/** The largest number of reads in one statement, so that it takes milliseconds at most. */
const MAX_BATCH = 100

/** Reads that are asked for in one turn of the event loop share a statement. */
export function createReadCandidates(sql: Sql): ReadCandidates {
  const loader = new DataLoader<CandidatesRequest, Candidates>((requests) => readTogether(sql, requests), {
    cache: false,
    batchScheduleFn: (read) => setImmediate(read),
    maxBatchSize: MAX_BATCH,
  })
  return (request) => loader.load(request)
}

async function readTogether(sql: Sql, requests: readonly CandidatesRequest[]): Promise<Candidates[]> {
  const asked = requests.map((request, index) => ({ index, ...request }))
  const found: Candidates[] = []
  for (const row of await sql.run(READ_CANDIDATES, JSON.stringify(asked))) {
    const { index, catalogueRevision, setupFound, bound, boundTo } = row
    found[index] ??= { catalogueRevision, setupFound, boundTo: bound ? boundTo : undefined, connections: [] }
    if (isCandidate(row)) found[index].connections.push(row)
  }
  if (found.length !== requests.length) throw new Error('reading the candidates for tokens returned too few rows')
  return found
}

function isCandidate(row: Row): row is Row & Candidate {
  return row.id !== null
}

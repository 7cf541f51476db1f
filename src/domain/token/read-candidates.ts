import type { ConnectionProblemCode, ConnectionStatus } from '../../generated/prisma/enums.js'
import type { ConnectionToCheck } from '../connection/check/check-at-app.js'
import type { Db } from '../db.js'

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

type Row = {
  catalogueRevision: number
  setupFound: boolean | null
  bound: boolean
  boundTo: string | null
} & { [K in keyof Candidate]: Candidate[K] | null }

/** Reads everything that the choice of a token depends on, and the sealed tokens, in one statement. */
export async function readCandidates(
  db: Db,
  { userId, connectorSlug, setupId }: { userId: string; connectorSlug: string; setupId: string | null },
): Promise<Candidates> {
  const rows = await db.$queryRaw<Row[]>`
    SELECT COALESCE((SELECT revision FROM "Catalogue" WHERE id = 1), 0) AS "catalogueRevision",
      CASE WHEN one.setup IS NULL THEN NULL ELSE s.id IS NOT NULL END AS "setupFound",
      b."setupId" IS NOT NULL AS bound, b."connectionId" AS "boundTo",
      c.id, c."userId", u.organization, c.status, c."problemCode", c."accountId", c."accountLabel", c."grantedScopes",
      c.refreshable, c."tokenVersion", t.sealed,
      (EXTRACT(EPOCH FROM c."accessTokenExpiresAt" - now()) * 1000)::double precision AS "leftMs",
      (EXTRACT(EPOCH FROM c."accessTokenExpiresAt" - c."accessTokenIssuedAt") * 1000)::double precision AS "lifetimeMs"
    FROM (SELECT ${userId}::uuid AS "user", ${setupId}::uuid AS setup, ${connectorSlug} AS connector) one
    LEFT JOIN "User" u ON u.id = one."user"
    LEFT JOIN "Setup" s ON s.id = one.setup AND s."userId" = one."user"
    LEFT JOIN "StepBinding" b ON b."setupId" = s.id AND b."connectorSlug" = one.connector
    LEFT JOIN "Connection" c ON c."userId" = one."user" AND c."connectorSlug" = one.connector
    LEFT JOIN "ConnectionToken" t ON t."connectionId" = c.id
    ORDER BY c."connectedAt", c.id`
  const [first] = rows
  if (!first) throw new Error('reading the candidates for a token returned no row')
  return {
    catalogueRevision: first.catalogueRevision,
    setupFound: first.setupFound,
    boundTo: first.bound ? first.boundTo : undefined,
    connections: rows.filter((row): row is Row & Candidate => row.id !== null),
  }
}

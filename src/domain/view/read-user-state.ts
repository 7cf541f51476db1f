import type { Db, Tx } from '../db.js'
import { NotAdmittedError } from '../errors.js'
import type { Viewer } from '../identity/viewer.js'
import type { AuthorizationRow, BindingRow, ConnectionRow, SetupRow, SkillCopyRow, UserState } from './user-state.js'

type Stored<T> = { [K in keyof T]: T[K] extends Date ? string : T[K] extends Date | null ? string | null : T[K] }

interface Row {
  admitted: boolean
  revision: number
  catalogueRevision: number
  setups: Stored<SetupRow>[]
  bindings: Stored<BindingRow>[]
  connections: Stored<ConnectionRow>[]
  authorizations: Stored<AuthorizationRow>[]
  skillCopies: Stored<SkillCopyRow>[]
}

/**
 * Reads everything that one user's views show in one statement, and therefore from one snapshot. Every query, every
 * mutation's result and every push is computed from it.
 *
 * `OFFSET 0` keeps the planner from turning the bindings' subquery into a join. Without statistics, it scans the
 * bindings of all users for that join.
 * @param authorizationId an authorization to include even if it is no longer of interest
 * @throws NotAdmittedError if the user was erased after the viewer's token was issued, or if the session has ended
 */
export async function readUserState(
  db: Db | Tx,
  { userId, issuedAt, session }: Pick<Viewer, 'userId' | 'issuedAt' | 'session'>,
  authorizationId: string | null = null,
): Promise<UserState> {
  const [row] = await db.$queryRaw<Row[]>`
    SELECT
      NOT EXISTS (
        SELECT FROM "User" WHERE id = ${userId}::uuid AND "erasedAt" >= COALESCE(${issuedAt}::timestamptz, "erasedAt")
      ) AND (
        ${session?.id ?? null}::uuid IS NULL
        OR EXISTS (
          SELECT FROM "SetupSession" JOIN "ApiKey" ON "ApiKey".id = "apiKeyId" AND "revokedAt" IS NULL
          WHERE "SetupSession".id = ${session?.id ?? null}::uuid AND "expiresAt" > now()
        )
      ) AS admitted,
      COALESCE((SELECT revision FROM "User" WHERE id = ${userId}::uuid), 0) AS revision,
      COALESCE((SELECT revision FROM "Catalogue" WHERE id = 1), 0) AS "catalogueRevision",
      (SELECT COALESCE(json_agg(s ORDER BY s."startedAt", s.id), '[]') FROM (
        SELECT id, "pluginSlug", "startedAt", "announcedStatus", "announcedRevision" FROM "Setup" WHERE "userId" = ${userId}::uuid
      ) s) AS setups,
      (SELECT COALESCE(json_agg(b), '[]') FROM (
        SELECT bound.* FROM "Setup" CROSS JOIN LATERAL (
          SELECT "setupId", "connectorSlug", "connectionId", "boundAt", authorized
          FROM "StepBinding" WHERE "setupId" = "Setup".id
          OFFSET 0
        ) bound WHERE "userId" = ${userId}::uuid
      ) b) AS bindings,
      (SELECT COALESCE(json_agg(c ORDER BY c."connectedAt", c.id), '[]') FROM (
        SELECT id, "connectorSlug", status, "problemCode", "problemSince", "accountId", "accountLabel", "grantedScopes",
               "connectedAt", "authorizedAt", "lastVerifiedAt", "accessTokenExpiresAt"
        FROM "Connection" WHERE "userId" = ${userId}::uuid
      ) c) AS connections,
      (SELECT COALESCE(json_agg(a ORDER BY a."createdAt" DESC, a.id), '[]') FROM (
        SELECT id, "connectorSlug", "setupId", "connectionId", status, binding, display, scopes, "createdAt", "expiresAt",
               "endedAt", "failureCode", "failureDetail"
        FROM "Authorization" WHERE "userId" = ${userId}::uuid AND (
          status IN ('PENDING', 'OPENED', 'EXCHANGING', 'AWAITING_CONFIRMATION')
          OR id = ${authorizationId}::uuid
          OR id IN (
            SELECT DISTINCT ON ("connectorSlug", "setupId") id FROM "Authorization"
            WHERE "userId" = ${userId}::uuid AND status IN ('SUCCEEDED', 'DENIED', 'FAILED', 'EXPIRED')
            ORDER BY "connectorSlug", "setupId", "createdAt" DESC, id
          )
        )
      ) a) AS authorizations,
      (SELECT COALESCE(json_agg(m), '[]') FROM (
        SELECT id, "pluginSlug", "skillSlug", name, "pluginVersion", "copiedAt" FROM "SkillCopy" WHERE "userId" = ${userId}::uuid
      ) m) AS "skillCopies"`
  if (!row) throw new Error('reading a user’s state returned no row')
  if (!row.admitted) throw new NotAdmittedError()
  return {
    revision: row.revision,
    catalogueRevision: row.catalogueRevision,
    setups: row.setups.map((setup) => ({ ...setup, startedAt: new Date(setup.startedAt) })),
    bindings: row.bindings.map((binding) => ({ ...binding, boundAt: new Date(binding.boundAt) })),
    connections: row.connections.map((connection) => ({
      ...connection,
      problemSince: dateOrNull(connection.problemSince),
      connectedAt: new Date(connection.connectedAt),
      authorizedAt: new Date(connection.authorizedAt),
      lastVerifiedAt: dateOrNull(connection.lastVerifiedAt),
      accessTokenExpiresAt: dateOrNull(connection.accessTokenExpiresAt),
    })),
    authorizations: row.authorizations.map((authorization) => ({
      ...authorization,
      createdAt: new Date(authorization.createdAt),
      expiresAt: new Date(authorization.expiresAt),
      endedAt: dateOrNull(authorization.endedAt),
    })),
    skillCopies: row.skillCopies.map((copy) => ({ ...copy, copiedAt: new Date(copy.copiedAt) })),
  }
}

function dateOrNull(text: string | null): Date | null {
  return text === null ? null : new Date(text)
}

/**
 * The parts of a user's state, as SQL expressions that return JSON arrays for `parseState`.
 * @param user the SQL expression of the user's id, here and below
 * @param more further columns
 * @param only a condition for the setups
 */
export function setupsSql(
  user: string,
  { more = '', only }: { more?: string; only?: string | undefined } = {},
): string {
  return `(SELECT COALESCE(json_agg(s ORDER BY s."startedAt", s.id), '[]') FROM (
    SELECT id, "pluginSlug", "startedAt"${more} FROM "Setup" WHERE "userId" = ${user}${only ? ` AND ${only}` : ''}
  ) s)`
}

/**
 * The bindings of these setups. `OFFSET 0` keeps the planner from turning the subquery into a join. Without statistics, it scans the bindings of all
 * users for that join.
 */
export function bindingsSql(user: string, { only }: { only?: string | undefined } = {}): string {
  return `(SELECT COALESCE(json_agg(b), '[]') FROM (
    SELECT bound.* FROM "Setup" CROSS JOIN LATERAL (
      SELECT "setupId", "connectorSlug", "connectionId", "boundAt", authorized
      FROM "StepBinding" WHERE "setupId" = "Setup".id
      OFFSET 0
    ) bound WHERE "userId" = ${user}${only ? ` AND ${only}` : ''}
  ) b)`
}

export function connectionsSql(user: string): string {
  return `(SELECT COALESCE(json_agg(c ORDER BY c."connectedAt", c.id), '[]') FROM (
    SELECT id, "connectorSlug", status, "problemCode", "problemSince", "accountId", "accountLabel", "grantedScopes",
      "connectedAt", "authorizedAt"
    FROM "Connection" WHERE "userId" = ${user}
  ) c)`
}

/** @param included the SQL expression of an authorization's id, which is included in any case */
export function authorizationsSql(user: string, included: string): string {
  return `(SELECT COALESCE(json_agg(a ORDER BY a."createdAt" DESC, a.id), '[]') FROM (
    SELECT id, "connectorSlug", "setupId", "connectionId", status, binding, display, scopes, "createdAt", "expiresAt",
      "endedAt", "failureCode", "failureDetail"
    FROM "Authorization" WHERE "userId" = ${user} AND (
      status IN ('PENDING', 'OPENED', 'EXCHANGING', 'AWAITING_CONFIRMATION')
      OR id = ${included}
      OR id IN (
        SELECT DISTINCT ON ("connectorSlug", "setupId") id FROM "Authorization"
        WHERE "userId" = ${user} AND status IN ('SUCCEEDED', 'DENIED', 'FAILED', 'EXPIRED')
        ORDER BY "connectorSlug", "setupId", "createdAt" DESC, id
      )
    )
  ) a)`
}

export function skillCopiesSql(user: string): string {
  return `(SELECT COALESCE(json_agg(m), '[]') FROM (
    SELECT id, "pluginSlug", "skillSlug", name, "pluginVersion", "copiedAt" FROM "SkillCopy" WHERE "userId" = ${user}
  ) m)`
}

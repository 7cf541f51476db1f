import { OPEN_STATUSES } from './authorization-status.js'
import type { AuthorizationRow, BindingRow, ConnectionRow, SetupRow, SkillCopyRow } from './user-state.js'

/**
 * The parts of a user's state, as SQL expressions that return JSON for `parseState`. A row is a list of its columns'
 * values, because names would take most of the memory.
 */
export const COLUMNS = {
  setups: ['id', 'pluginSlug', 'startedAt'],
  bindings: ['setupId', 'connectorSlug', 'connectionId', 'boundAt', 'authorized'],
  connections: [
    'id',
    'connectorSlug',
    'status',
    'problemCode',
    'problemSince',
    'accountId',
    'accountIdFrom',
    'accountLabel',
    'grantedScopes',
    'connectedAt',
    'authorizedAt',
  ],
  authorizations: [
    'id',
    'connectorSlug',
    'setupId',
    'targetConnectionId',
    'connectionId',
    'status',
    'binding',
    'display',
    'scopes',
    'createdAt',
    'expiresAt',
    'endedAt',
    'failureCode',
    'failureDetail',
  ],
  skillCopies: ['id', 'pluginSlug', 'skillSlug', 'name', 'pluginVersion', 'copiedAt'],
} as const satisfies {
  setups: readonly (keyof SetupRow)[]
  bindings: readonly (keyof BindingRow)[]
  connections: readonly (keyof ConnectionRow)[]
  authorizations: readonly (keyof AuthorizationRow)[]
  skillCopies: readonly (keyof SkillCopyRow)[]
}

/** Columns whose values are moments. They are sent in milliseconds since the epoch: text would take more memory and time. */
export const MOMENTS: ReadonlySet<string> = new Set([
  'startedAt',
  'boundAt',
  'problemSince',
  'connectedAt',
  'authorizedAt',
  'createdAt',
  'expiresAt',
  'endedAt',
  'copiedAt',
])

const valueSql = (name: string) => (MOMENTS.has(name) ? `(extract(epoch FROM "${name}") * 1000)::bigint` : `"${name}"`)
const valuesSql = (columns: readonly string[]) => `json_build_array(${columns.map(valueSql).join(', ')})`

/**
 * @param user the SQL expression of the user's id, here and below
 * @param more further columns
 * @param only a condition for the setups
 */
export function setupsSql(
  user: string,
  { more = [], only }: { more?: readonly string[]; only?: string | undefined } = {},
): string {
  return `(SELECT COALESCE(json_agg(${valuesSql([...COLUMNS.setups, ...more])} ORDER BY "startedAt", id), '[]')
    FROM "Setup" WHERE "userId" = ${user}${only ? ` AND ${only}` : ''})`
}

/**
 * The bindings of these setups. `OFFSET 0` keeps the planner from turning the subquery into a join. Without statistics,
 * it scans the bindings of all users for that join.
 */
export function bindingsSql(user: string, { only }: { only?: string | undefined } = {}): string {
  return `(SELECT COALESCE(json_agg(${valuesSql(COLUMNS.bindings)}), '[]') FROM (
    SELECT bound.* FROM "Setup" CROSS JOIN LATERAL (
      SELECT * FROM "StepBinding" WHERE "setupId" = "Setup".id
      OFFSET 0
    ) bound WHERE "userId" = ${user}${only ? ` AND ${only}` : ''}
  ) bindings)`
}

export function connectionsSql(user: string): string {
  return `(SELECT COALESCE(json_agg(${valuesSql(COLUMNS.connections)} ORDER BY "connectedAt", id), '[]')
    FROM "Connection" WHERE "userId" = ${user})`
}

/** @param included the SQL expression of an array of authorizations' ids, which are included in any case */
export function authorizationsSql(user: string, included: string): string {
  return `(SELECT COALESCE(json_agg(${valuesSql(COLUMNS.authorizations)} ORDER BY "createdAt" DESC, id), '[]')
    FROM "Authorization" WHERE "userId" = ${user} AND (
      status IN (${OPEN_STATUSES.map((status) => `'${status}'`).join(', ')})
      OR id = ANY(${included})
      OR id IN (
        SELECT DISTINCT ON ("connectorSlug", "setupId") id FROM "Authorization"
        WHERE "userId" = ${user} AND status IN ('SUCCEEDED', 'DENIED', 'FAILED', 'EXPIRED', 'CANCELED')
        ORDER BY "connectorSlug", "setupId", "endedAt" DESC, id
      )
    ))`
}

export function skillCopiesSql(user: string): string {
  return `(SELECT COALESCE(json_agg(${valuesSql(COLUMNS.skillCopies)}), '[]') FROM "SkillCopy" WHERE "userId" = ${user})`
}

/**
 * What both peers read, in batches: each function returns one entry per key, in the order of the keys. They use pg
 * directly, because an ORM would make them slower.
 */
import pg from 'pg'
import { settings } from '../settings.js'

export const pool = new pg.Pool({ connectionString: settings.databaseUrl, max: 10 })

export interface Plugin {
  id: number
  name: string
}

export interface Requirement {
  pluginId: number
  position: number
  connectorId: number
  scopes: string[]
}

interface Skill {
  id: number
  pluginId: number
  name: string
  description: string
}

export interface Connection {
  connectorId: number
  status: string
  grantedScopes: string[]
  version: number
}

export interface Setup {
  status: string
  version: number
  done: number
  total: number
}

type Ids = readonly number[]

async function read<Row extends pg.QueryResultRow>(name: string, text: string, ...values: unknown[]): Promise<Row[]> {
  return (await pool.query<Row>({ name, text, values })).rows
}

function listsFor<Row>(ids: Ids, rows: Row[], keyOf: (row: Row) => number): Row[][] {
  const lists = new Map<number, Row[]>(ids.map((id) => [id, []]))
  for (const row of rows) lists.get(keyOf(row))?.push(row)
  return ids.map((id) => lists.get(id) ?? [])
}

function oneFor<Row>(ids: Ids, rows: Row[], keyOf: (row: Row) => number): (Row | null)[] {
  const byKey = new Map(rows.map((row) => [keyOf(row), row]))
  return ids.map((id) => byKey.get(id) ?? null)
}

export async function pluginById(id: number): Promise<Plugin | null> {
  const [plugin] = await read<Plugin>('plugin', 'SELECT id, name FROM plugins WHERE id = $1', id)
  return plugin ?? null
}

export async function skillsOf(plugins: Ids): Promise<Skill[][]> {
  const rows = await read<Skill>(
    'skills',
    `SELECT id, plugin_id AS "pluginId", name, description FROM skills
      WHERE plugin_id = ANY($1) ORDER BY plugin_id, position`,
    plugins,
  )
  return listsFor(plugins, rows, ({ pluginId }) => pluginId)
}

export async function requirementsOf(plugins: Ids): Promise<Requirement[][]> {
  const rows = await read<Requirement>(
    'requirements',
    `SELECT plugin_id AS "pluginId", position, connector_id AS "connectorId", scopes FROM requirements
      WHERE plugin_id = ANY($1) ORDER BY plugin_id, position`,
    plugins,
  )
  return listsFor(plugins, rows, ({ pluginId }) => pluginId)
}

export async function connectorsById(ids: Ids): Promise<(Plugin | null)[]> {
  const rows = await read<Plugin>('connectors', 'SELECT id, name FROM connectors WHERE id = ANY($1)', ids)
  return oneFor(ids, rows, ({ id }) => id)
}

export async function connectionsOf(userId: number, connectors: Ids): Promise<(Connection | null)[]> {
  const rows = await read<Connection>(
    'connections',
    `SELECT connector_id AS "connectorId", status, granted_scopes AS "grantedScopes", version FROM connections
      WHERE user_id = $1 AND connector_id = ANY($2)`,
    userId,
    connectors,
  )
  return oneFor(connectors, rows, ({ connectorId }) => connectorId)
}

export async function setupsOf(userId: number, plugins: Ids): Promise<Setup[]> {
  const rows = await read<Setup & { pluginId: number }>(
    'setups',
    `SELECT q.plugin_id AS "pluginId", coalesce(min(s.status), 'NOT_STARTED') AS status,
        coalesce(min(s.version), 0) AS version, count(*)::int AS total,
        count(*) FILTER (WHERE c.status = 'LIVE')::int AS done
      FROM requirements q
      LEFT JOIN connections c ON c.user_id = $1 AND c.connector_id = q.connector_id
      LEFT JOIN setups s ON s.user_id = $1 AND s.plugin_id = q.plugin_id
      WHERE q.plugin_id = ANY($2) GROUP BY 1`,
    userId,
    plugins,
  )
  const none = { status: 'NOT_STARTED', version: 0, done: 0, total: 0 }
  return oneFor(plugins, rows, ({ pluginId }) => pluginId).map((setup) => setup ?? none)
}

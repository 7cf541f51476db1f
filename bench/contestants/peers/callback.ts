import type pg from 'pg'
import { type Change, seal, type Tokens } from '../change.js'
import { settings } from '../settings.js'
import { pool } from './reads.js'

const CONSUME = `DELETE FROM oauth_states WHERE state = $1 AND expires_at > now()
  RETURNING user_id AS "userId", plugin_id AS "pluginId", connector_id AS "connectorId", verifier`
const KEEP_CONNECTION = `INSERT INTO connections (user_id, connector_id, status, granted_scopes, token)
  VALUES ($1, $2, 'LIVE', $3, $4)
  ON CONFLICT (user_id, connector_id) DO UPDATE SET status = 'LIVE', granted_scopes = excluded.granted_scopes,
    token = excluded.token, version = connections.version + 1, updated_at = now()
  RETURNING connector_id AS "connectorId", status, granted_scopes AS "grantedScopes", version`
const COUNT = `SELECT count(*)::int AS total, count(*) FILTER (WHERE c.status = 'LIVE')::int AS done
  FROM requirements q LEFT JOIN connections c ON c.user_id = $1 AND c.connector_id = q.connector_id
  WHERE q.plugin_id = $2`
const KEEP_SETUP = `INSERT INTO setups (user_id, plugin_id, status) VALUES ($1, $2, $3)
  ON CONFLICT (user_id, plugin_id) DO UPDATE
    SET status = excluded.status, version = setups.version + 1, updated_at = now()
  RETURNING status, version`

interface Started {
  userId: number
  pluginId: number
  connectorId: number
  verifier: string
}

async function exchange(code: string, verifier: string): Promise<Tokens> {
  const body = new URLSearchParams({ grant_type: 'authorization_code', code, code_verifier: verifier })
  const response = await fetch(settings.tokenUrl, { method: 'POST', body })
  if (!response.ok) throw new Error(`the exchange failed with ${response.status}`)
  return (await response.json()) as Tokens
}

async function store(client: pg.PoolClient, started: Started, tokens: Tokens): Promise<Change> {
  const { userId, pluginId, connectorId } = started
  const sealed = seal(tokens, `${userId}:${connectorId}`)
  const kept = await client.query(KEEP_CONNECTION, [userId, connectorId, tokens.scope.split(' '), sealed])
  const { done, total } = (await client.query(COUNT, [userId, pluginId])).rows[0]
  const status = done === total ? 'READY' : 'IN_PROGRESS'
  const setup = (await client.query(KEEP_SETUP, [userId, pluginId, status])).rows[0]
  return { pluginId, connection: kept.rows[0], setup: { ...setup, done, total } }
}

/** Uses up the state, exchanges the code and commits the result in one transaction. @returns null for an unknown state */
export async function receiveCallback(query: {
  state?: unknown
  code?: unknown
}): Promise<{ userId: number; change: Change } | null> {
  const { state, code } = query
  if (typeof state !== 'string' || typeof code !== 'string') return null
  const [started] = (await pool.query<Started>(CONSUME, [state])).rows
  if (!started) return null
  const tokens = await exchange(code, started.verifier)
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    const change = await store(client, started, tokens)
    await client.query('COMMIT')
    return { userId: started.userId, change }
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  } finally {
    client.release()
  }
}

/** The floor's callback: one statement uses up the state, one commits the connection and the setup. */
import { Agent, request } from 'node:http'
import type { Pool } from 'pg'
import { type Change, seal, type Tokens } from './change.js'
import { settings } from './settings.js'

const CONSUME = {
  name: 'consume',
  text: `DELETE FROM oauth_states WHERE state = $1 AND expires_at > now()
    RETURNING user_id, plugin_id, connector_id, verifier`,
}
const COMMIT = {
  name: 'commit',
  text: `WITH connection AS (
      INSERT INTO connections (user_id, connector_id, status, granted_scopes, token) VALUES ($1, $3, 'LIVE', $4, $5)
      ON CONFLICT (user_id, connector_id) DO UPDATE SET status = 'LIVE', granted_scopes = excluded.granted_scopes,
        token = excluded.token, version = connections.version + 1, updated_at = now()
      RETURNING version),
    progress AS (
      SELECT count(*)::int AS total, count(*) FILTER (WHERE q.connector_id = $3 OR c.status = 'LIVE')::int AS done
      FROM requirements q LEFT JOIN connections c ON c.user_id = $1 AND c.connector_id = q.connector_id
      WHERE q.plugin_id = $2),
    setup AS (
      INSERT INTO setups (user_id, plugin_id, status)
      SELECT $1, $2, CASE WHEN done = total THEN 'READY' ELSE 'IN_PROGRESS' END FROM progress
      ON CONFLICT (user_id, plugin_id) DO UPDATE
        SET status = excluded.status, version = setups.version + 1, updated_at = now()
      RETURNING status, version)
    SELECT connection.version AS "connectionVersion", setup.status, setup.version, done, total
    FROM connection, setup, progress`,
}

interface State {
  user_id: number
  plugin_id: number
  connector_id: number
  verifier: string
}

const agent = new Agent({ keepAlive: true })

function exchange(code: string, verifier: string): Promise<Tokens> {
  const body = `grant_type=authorization_code&code=${encodeURIComponent(code)}&code_verifier=${encodeURIComponent(verifier)}`
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': body.length }
  return new Promise((resolve, reject) => {
    const outgoing = request(settings.tokenUrl, { agent, method: 'POST', headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => (response.statusCode === 200 ? resolve(JSON.parse(text)) : reject(new Error(text))))
    })
    outgoing.on('error', reject).end(body)
  })
}

/** @returns null if the state is unknown or used up */
export async function receiveCallback(
  pool: Pool,
  { searchParams }: URL,
): Promise<{ userId: number; change: Change } | null> {
  const [state, code] = [searchParams.get('state'), searchParams.get('code')]
  const [found] = state && code ? (await pool.query<State>({ ...CONSUME, values: [state] })).rows : []
  if (!found || !code) return null
  const { user_id: userId, plugin_id: pluginId, connector_id: connectorId } = found
  const tokens = await exchange(code, found.verifier)
  const grantedScopes = tokens.scope.split(' ')
  const values = [userId, pluginId, connectorId, grantedScopes, seal(tokens, `${userId}:${connectorId}`)]
  const { connectionVersion, ...setup } = (await pool.query({ ...COMMIT, values })).rows[0]
  const connection = { connectorId, status: 'LIVE', grantedScopes, version: connectionVersion }
  return { userId, change: { pluginId, connection, setup } }
}

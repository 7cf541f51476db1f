/**
 * The floor for tokens: what issuing and refreshing costs a handwritten server on Patchbay's own tables.
 * POST /issue?subject=… checks the key, reads and opens the token, and writes the activity. POST /refresh?prefix=…
 * refreshes the connections of all these accounts, ten at a time.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import pg from 'pg'
import { Agent, request as ask } from 'undici'
import { createEnvelopeVault } from '../../src/vault/envelope-vault.js'
import { createKeyRing } from '../../src/vault/key-ring.js'
import { settings } from './settings.js'

const pool = new pg.Pool({ connectionString: settings.databaseUrl, max: 10 })
const vault = createEnvelopeVault(createKeyRing([settings.encryptionKey.toString('base64')]))
const hash = (secret: string) => createHash('sha256').update(secret).digest()
const expected = hash(process.env.API_KEY_SECRET ?? '')
const agent = new Agent()
const credentials = `Basic ${Buffer.from('patchbay:a-client-secret').toString('base64')}`

interface Row {
  id: string
  userId: string
  organization: string
  tokenVersion: number
  accessTokenExpiresAt: Date
  sealed: Buffer
}

const bindingOf = ({ organization, userId, id }: Row) => ({
  organization,
  userId,
  recordId: id,
  field: 'connection.tokens' as const,
})
const READ = `SELECT c.id, c."userId", u.organization, c."tokenVersion", c."accessTokenExpiresAt", t.sealed
  FROM "Connection" c JOIN "User" u ON u.id = c."userId" JOIN "ConnectionToken" t ON t."connectionId" = c.id`

async function issue(subject: string): Promise<object> {
  const { rows } = await pool.query<Row>({ name: 'read', text: `${READ} WHERE u.subject = $1`, values: [subject] })
  const [row] = rows
  if (!row) return { error: 'not connected' }
  const { accessToken } = JSON.parse(await vault.open(row.sealed, bindingOf(row)))
  await pool.query({
    name: 'activity',
    text: `INSERT INTO "Activity" ("userId", at, kind) VALUES ($1, now(), 'TOKEN_ISSUED')`,
    values: [row.userId],
  })
  return { accessToken, expiresAt: row.accessTokenExpiresAt }
}

async function refresh(row: Row): Promise<void> {
  const { refreshToken } = JSON.parse(await vault.open(row.sealed, bindingOf(row)))
  const { body } = await ask(settings.tokenUrl, {
    method: 'POST',
    dispatcher: agent,
    headers: { authorization: credentials, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken }).toString(),
  })
  const answer = (await body.json()) as { access_token: string; refresh_token: string; expires_in: number }
  const tokens = JSON.stringify({ accessToken: answer.access_token, refreshToken: answer.refresh_token })
  const sealed = await vault.seal(tokens, bindingOf(row))
  await pool.query({
    name: 'store',
    text: `WITH stored AS (
        UPDATE "Connection" SET "tokenVersion" = "tokenVersion" + 1, "accessTokenExpiresAt" = now() + make_interval(secs => $2)
        WHERE id = $1 AND "tokenVersion" = $3 RETURNING id)
      UPDATE "ConnectionToken" SET sealed = $4 FROM stored WHERE "connectionId" = stored.id`,
    values: [row.id, answer.expires_in, row.tokenVersion, sealed],
  })
}

async function refreshAll(prefix: string): Promise<object> {
  const { rows } = await pool.query<Row>(`${READ} WHERE u.subject LIKE $1 || '%'`, [prefix])
  const worker = async () => {
    for (let row = rows.pop(); row; row = rows.pop()) await refresh(row)
  }
  await Promise.all(Array.from({ length: 10 }, worker))
  return {}
}

async function answer(path: string, parameters: URLSearchParams): Promise<object> {
  if (path === '/issue') return issue(parameters.get('subject') ?? '')
  return path === '/refresh' ? refreshAll(parameters.get('prefix') ?? '') : {}
}

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://floor')
  const given = request.headers.authorization?.replace(/^Bearer pbk_benchbench_/, '') ?? ''
  const allowed = pathname !== '/issue' || timingSafeEqual(hash(given), expected)
  const body = allowed ? await answer(pathname, searchParams) : {}
  response.writeHead(allowed ? 200 : 401, { 'content-type': 'application/json' }).end(JSON.stringify(body))
})
server.listen(settings.port, '127.0.0.1')

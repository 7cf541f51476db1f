/**
 * The floor: what a callback costs a handwritten server that does nothing else. Runs as a separate process and prints
 * its port. GET /callback?user=… exchanges a code, asks for the account, writes one transaction and sends a message to
 * the user's sockets: with a PGlite on disk directly, or with PostgreSQL through Redis.
 *
 *   floor.ts <app> <folder>
 *   floor.ts <app> <DATABASE_URL> <REDIS_URL>
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PGlite } from '@electric-sql/pglite'
import { Redis } from 'ioredis'
import pg from 'pg'
import { Agent, fetch } from 'undici'
import { type WebSocket, WebSocketServer } from 'ws'

const [app = '', place = '', redisUrl] = process.argv.slice(2)
const dispatcher = new Agent()
const TABLE = 'CREATE TABLE IF NOT EXISTS connection (owner text PRIMARY KEY, account text, revision int)'
const WRITE = `INSERT INTO connection VALUES ($1, $2, 1)
  ON CONFLICT (owner) DO UPDATE SET revision = connection.revision + 1 RETURNING revision`
const sockets = new Map<string, Set<WebSocket>>()

function send(user: string, revision: number): void {
  for (const socket of sockets.get(user) ?? []) socket.send(JSON.stringify({ revision }))
}

type Write = (user: string, account: string) => Promise<void>

async function onDisk(): Promise<Write> {
  const database = await PGlite.create(place)
  await database.exec(TABLE)
  return async (user, account) => {
    const { rows } = await database.transaction((tx) => tx.query<{ revision: number }>(WRITE, [user, account]))
    send(user, rows[0]?.revision ?? 0)
  }
}

async function overNetwork(redis: string): Promise<Write> {
  const pool = new pg.Pool({ connectionString: place })
  await pool.query(TABLE)
  const [publisher, subscriber] = [new Redis(redis), new Redis(redis)]
  await subscriber.subscribe('floor')
  subscriber.on('message', (_channel, message: string) => {
    const { user, revision } = JSON.parse(message) as { user: string; revision: number }
    send(user, revision)
  })
  return async (user, account) => {
    const client = await pool.connect()
    await client.query('BEGIN')
    const { rows } = await client.query<{ revision: number }>({ name: 'write', text: WRITE, values: [user, account] })
    await client.query('COMMIT')
    client.release()
    await publisher.publish('floor', JSON.stringify({ user, revision: rows[0]?.revision }))
  }
}

const write = await (redisUrl === undefined ? onDisk() : overNetwork(redisUrl))
const server = createServer(async (request, response) => {
  const user = new URL(request.url ?? '/', 'http://floor').searchParams.get('user') ?? ''
  await (await fetch(`${app}/token`, { method: 'POST', body: 'grant_type=authorization_code', dispatcher })).json()
  const account = (await (await fetch(`${app}/userinfo`, { dispatcher })).json()) as { sub: string }
  await write(user, account.sub)
  response.writeHead(303, { location: '/done' }).end()
})
new WebSocketServer({ server }).on('connection', (socket, request) => {
  const user = new URL(request.url ?? '/', 'http://floor').searchParams.get('user') ?? ''
  sockets.set(user, (sockets.get(user) ?? new Set()).add(socket))
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`port ${(server.address() as AddressInfo).port}\n`))

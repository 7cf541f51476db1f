/**
 * The floor: what a callback costs a server that is written by hand and does nothing else. Run as a process of its own;
 * prints its port. GET /callback?user=… exchanges a code, asks for the account, writes one transaction to a PGlite on disk and
 * sends the user's sockets a message.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PGlite } from '@electric-sql/pglite'
import { Agent, fetch } from 'undici'
import { type WebSocket, WebSocketServer } from 'ws'

const [app = '', folder = ''] = process.argv.slice(2)
const dispatcher = new Agent()
const database = await PGlite.create(folder)
await database.exec('CREATE TABLE connection (owner text PRIMARY KEY, account text, revision int)')
const sockets = new Map<string, Set<WebSocket>>()

const server = createServer(async (request, response) => {
  const user = new URL(request.url ?? '/', 'http://floor').searchParams.get('user') ?? ''
  await (await fetch(`${app}/token`, { method: 'POST', body: 'grant_type=authorization_code', dispatcher })).json()
  const account = (await (await fetch(`${app}/userinfo`, { dispatcher })).json()) as { sub: string }
  const { rows } = await database.transaction(async (tx) => {
    const changed = await tx.query<{ revision: number }>(
      `INSERT INTO connection VALUES ($1, $2, 1) ON CONFLICT (owner) DO UPDATE SET revision = connection.revision + 1 RETURNING revision`,
      [user, account.sub],
    )
    return changed
  })
  for (const socket of sockets.get(user) ?? []) socket.send(JSON.stringify({ revision: rows[0]?.revision }))
  response.writeHead(303, { location: '/done' }).end()
})
new WebSocketServer({ server }).on('connection', (socket, request) => {
  const user = new URL(request.url ?? '/', 'http://floor').searchParams.get('user') ?? ''
  sockets.set(user, (sockets.get(user) ?? new Set()).add(socket))
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`port ${(server.address() as AddressInfo).port}\n`))

/**
 * The floor: the same work by hand, with node:http, ws, prepared statements and ioredis. No GraphQL, and no more checks
 * than the work needs. It shows what the machine can do.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Redis } from 'ioredis'
import pg from 'pg'
import { type WebSocket, WebSocketServer } from 'ws'
import { channelOf } from './change.js'
import { receiveCallback } from './floor-callback.js'
import { PROGRESS, SCREEN } from './floor-screen.js'
import { settings } from './settings.js'

const pool = new pg.Pool({ connectionString: settings.databaseUrl, max: 10 })
const publisher = new Redis(settings.redisUrl)
const subscriber = new Redis(settings.redisUrl)
const HEADER = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url')

/** Signature, algorithm and expiry. @returns the user, or 0 for a bad token */
function verify(token: string): number {
  const [header, claims = '', signature = ''] = token.split('.')
  if (header !== HEADER) return 0
  const expected = createHmac('sha256', settings.jwtSecret).update(`${header}.${claims}`).digest()
  const given = Buffer.from(signature, 'base64url')
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 0
  const { sub, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString())
  return exp * 1_000 > Date.now() ? Number(sub) : 0
}

function bodyOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => resolve(Buffer.concat(chunks).toString()))
  })
}

function reply(response: ServerResponse, status: number, body: string): void {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  response.writeHead(status, headers).end(body)
}

async function showScreen(response: ServerResponse, userId: number, pluginId: number): Promise<void> {
  const { rows } = await pool.query<{ json: string }>({ ...SCREEN, values: [userId, pluginId] })
  if (rows[0]) reply(response, 200, `{"data":{"plugin":${rows[0].json}}}`)
  else reply(response, 404, '{}')
}

async function endConsent(response: ServerResponse, url: URL): Promise<void> {
  const received = await receiveCallback(pool, url)
  if (!received) return reply(response, 400, '{}')
  await publisher.publish(channelOf(received.userId), JSON.stringify(received.change))
  response.writeHead(302, { location: '/done', 'content-length': 0 }).end()
}

const server = createServer(async (request, response) => {
  try {
    if (request.method === 'POST' && request.url === '/screen') {
      const userId = verify(request.headers.authorization?.replace(/^Bearer /, '') ?? '')
      const { pluginId } = JSON.parse(await bodyOf(request))
      await (userId ? showScreen(response, userId, pluginId) : reply(response, 401, '{}'))
    } else if (request.url?.startsWith('/oauth/callback')) {
      await endConsent(response, new URL(request.url, 'http://floor'))
    } else reply(response, 404, '{}')
  } catch {
    reply(response, 500, '{}')
  }
})

interface Watch {
  socket: WebSocket
  id: string
}
const watches = new Map<string, Set<Watch>>()

async function watch(channel: string, added: Watch): Promise<void> {
  const others = watches.get(channel)
  if (others) {
    others.add(added)
    return
  }
  watches.set(channel, new Set([added]))
  await subscriber.subscribe(channel)
}

function leave(channel: string, left: Watch): void {
  const others = watches.get(channel)
  others?.delete(left)
  if (others?.size !== 0) return
  watches.delete(channel)
  void subscriber.unsubscribe(channel)
}

const send = ({ socket, id }: Watch, change: string) =>
  socket.send(`{"id":${id},"type":"next","payload":{"data":{"setup":${change}}}}`)

subscriber.on('message', (channel, change) => {
  for (const each of watches.get(channel) ?? []) send(each, change)
})

const sockets = new WebSocketServer({ server, path: '/ws', handleProtocols: () => 'graphql-transport-ws' })
sockets.on('connection', (socket) => {
  let userId = 0
  socket.on('message', async (data) => {
    const { type, id, payload } = JSON.parse(String(data))
    if (type === 'connection_init') {
      userId = verify(payload.token)
      if (userId) socket.send('{"type":"connection_ack"}')
      else socket.close(4403)
    } else if (type === 'subscribe' && userId) {
      const added = { socket, id: JSON.stringify(id) }
      socket.once('close', () => leave(channelOf(userId), added))
      await watch(channelOf(userId), added)
      const { rows } = await pool.query({ ...PROGRESS, values: [userId, payload.variables.pluginId] })
      send(added, `{"connection":null,"setup":${rows[0].json}}`)
    }
  })
})
server.keepAliveTimeout = 60_000
server.listen(settings.port, '127.0.0.1')

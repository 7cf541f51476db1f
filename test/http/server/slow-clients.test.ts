import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listen } from '../../../src/http/server/server.js'
import { createLogger } from '../../../src/observability/logger.js'
import { createMetrics } from '../../../src/observability/metrics.js'
import { createTelemetry } from '../../../src/observability/telemetry.js'
import { type Patchbay, startPatchbay } from '../../support/patchbay.js'
import { subscribe, TRANSPORTS } from '../../support/subscriber.js'

let patchbay: Patchbay
beforeAll(async () => {
  patchbay = await startPatchbay()
})
afterAll(() => patchbay.close())

/** A connection whose client keeps its half open, whatever the server does. */
async function halfOpen(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

async function sendUntilClosed(socket: Socket): Promise<void> {
  const sending = setInterval(() => socket.write('x'), 20)
  await new Promise((resolve) => socket.once('close', resolve))
  clearInterval(sending)
}

test.each([
  ['an address of another path', '/elsewhere', {}, 404],
  ['a page of another origin', '/graphql', { origin: 'https://evil.example' }, 403],
])(
  'G20: the refused upgrade of %s is closed although the client keeps its half open',
  async (_name, path, more, status) => {
    const socket = await halfOpen(patchbay.url)
    const headers = {
      host: new URL(patchbay.url).host,
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'sec-websocket-protocol': 'graphql-transport-ws',
      ...more,
    }
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
    socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
    const [answer] = await once(socket, 'data')
    expect(String(answer)).toContain(`HTTP/1.1 ${status} `)
    // Once the server has closed both halves, what the client still sends is reset.
    await sendUntilClosed(socket)
  },
)

test('G20: a request that arrives too slowly is refused with 408, and others are answered', async () => {
  const server = await listen(
    {
      host: '127.0.0.1',
      port: 0,
      drain: { spreadMs: 0, deadlineMs: 1_000 },
      version: '1.2.3',
      connections: { maxPerAddress: 100, trustedProxies: [] },
      slowRequests: { headersTimeout: 300, requestTimeout: 600, connectionsCheckingInterval: 50 },
    },
    createTelemetry(createLogger('silent'), createMetrics()),
  )
  const url = `http://127.0.0.1:${server.port}`
  const endings = [
    'GET /livez HTTP/1.1\r\nhost: localhost\r\n',
    'POST /livez HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\r\n',
  ].map(async (beginning) => {
    const socket = await halfOpen(url)
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.write(beginning)
    // What is sent after the answer may reset the connection, and with it an answer that wasn't read yet.
    await once(socket, 'data')
    await sendUntilClosed(socket)
    return answer
  })
  expect((await fetch(`${url}/livez`)).status).toBe(200)
  const [headers, body] = await Promise.all(endings)
  expect(headers).toContain('HTTP/1.1 408 ')
  expect(body).toMatch(/^HTTP\/1\.1 (200|408) /)
  await server.close()
})

test('G20: a subscriber whose token was accepted keeps its connection, however many others its address opens', async () => {
  await using few = await startPatchbay({ PATCHBAY_CONNECTIONS_PER_ADDRESS: '10' })
  const query = 'subscription { connectionStatus { revision } }'
  const headers = { authorization: `Bearer ${await few.tokenFor('ada')}`, accept: 'text/event-stream' }
  const stream = await fetch(`${few.url}/graphql?query=${encodeURIComponent(query)}`, { headers })
  const reader = stream.body?.getReader()
  await reader?.read()
  const ended = reader?.closed.then(
    () => 'ended',
    () => 'ended',
  )
  const screens = await Promise.all(TRANSPORTS.map((transport) => subscribe(few, 'ada', query, {}, transport)))
  for (const screen of screens) await screen.next()
  const first = await halfOpen(few.url)
  const dropped = new Promise((resolve) => {
    // Either may come, depending on what was on its way, and before the last of the others has connected.
    for (const event of ['end', 'close']) first.once(event, () => resolve('dropped'))
    first.resume()
  })
  const strangers = [first, ...(await Promise.all(Array.from({ length: 29 }, () => halfOpen(few.url))))]
  expect(await Promise.race([ended, dropped])).toBe('dropped')
  expect(few.instance.subscribers).toBe(TRANSPORTS.length + 1)
  for (const stranger of strangers) stranger.destroy()
  await Promise.all([...screens.map((screen) => screen.close()), reader?.cancel()])
})

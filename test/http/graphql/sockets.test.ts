import { createConnection } from 'node:net'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { SocketSession } from '../../../src/http/graphql/socket-session.js'
import { type Patchbay, startPatchbay } from '../../support/patchbay.js'
import { RawSocket } from '../../support/raw.js'

let patchbay: Patchbay
let authorization: string

beforeAll(async () => {
  patchbay = await startPatchbay()
  authorization = `Bearer ${await patchbay.tokenFor('ben')}`
})
afterAll(() => patchbay.close())

test('G6: an upgrade from another origin or for another Host is refused', async () => {
  await expect(RawSocket.open(patchbay, { origin: 'https://hostile.example' })).rejects.toThrow('403')
  await expect(RawSocket.open(patchbay, { origin: 'null' })).rejects.toThrow('403')
  await expect(RawSocket.open(patchbay, { host: 'rebound.example' })).rejects.toThrow('421')
  const own = await RawSocket.open(patchbay, { origin: patchbay.url })
  await own.init(authorization)
  own.terminate()
})

test('G6: clients that reset the connection of a refused upgrade do no harm', async () => {
  const { hostname, port, host } = new URL(patchbay.url)
  const faults: unknown[] = []
  const onFault = (error: unknown) => void faults.push(error)
  process.on('uncaughtException', onFault)
  for (const path of ['/graphql', '/elsewhere']) {
    for (let attempt = 0; attempt < 20; attempt++) {
      const socket = createConnection(Number(port), hostname)
      const head = [`GET ${path} HTTP/1.1`, `host: ${host}`, 'connection: upgrade', 'upgrade: websocket']
      const upgrade = `${[...head, 'origin: https://hostile.example'].join('\r\n')}\r\n\r\n`
      await new Promise<void>((resolve) => socket.write(upgrade, () => resolve()))
      socket.resetAndDestroy()
    }
  }
  expect(await patchbay.execute('ben', '{ __typename }')).toEqual({ data: { __typename: 'Query' } })
  process.off('uncaughtException', onFault)
  expect(faults).toEqual([])
})

test('G7: a socket that sends no connection_init is closed with 4408', async () => {
  const socket = await RawSocket.open(patchbay)
  expect(await socket.closed).toBe(4408)
})

test.each(['Bearer a.b.c', 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEiLCJvcmciOiJub3J0aHdpbmQifQ.', 'nonsense'])(
  'G7: the token %s closes the socket with 4403',
  async (bad) => {
    const socket = await RawSocket.open(patchbay)
    socket.send({ type: 'connection_init', payload: { authorization: bad } })
    expect(await socket.closed).toBe(4403)
    expect(socket.messages).toEqual([])
  },
)

test('G7: a second connection_init closes the socket with 4429', async () => {
  const socket = await RawSocket.open(patchbay)
  await socket.init(authorization)
  socket.send({ type: 'connection_init', payload: { authorization } })
  expect(await socket.closed).toBe(4429)
})

test('G7: an operation before connection_init closes the socket with 4401', async () => {
  const socket = await RawSocket.open(patchbay)
  socket.send({ id: '1', type: 'subscribe', payload: { query: '{ viewer { id } }' } })
  expect(await socket.closed).toBe(4401)
})

test.each([
  ['short', '1'],
  ['too long for a reason', 'é'.repeat(100)],
])('G7: an id that is in use closes the socket with 4409, if it is %s', async (_length, id) => {
  const socket = await RawSocket.open(patchbay)
  await socket.init(authorization)
  const subscribe = { id, type: 'subscribe', payload: { query: 'subscription { connectionStatus { revision } }' } }
  socket.send(subscribe)
  await socket.message(({ type }) => type === 'next')
  socket.send(subscribe)
  expect(await socket.closed).toBe(4409)
})

test('an id can be used again as soon as the client has completed its operation', async () => {
  const socket = await RawSocket.open(patchbay)
  await socket.init(authorization)
  for (const query of ['subscription { connectionStatus { revision } }', '{ viewer { revision } }']) {
    socket.send({ id: '1', type: 'subscribe', payload: { query } })
    socket.send({ id: '1', type: 'complete' })
  }
  socket.send({ id: '1', type: 'subscribe', payload: { query: '{ __typename }' } })
  await socket.message(({ type }) => type === 'complete')
  const { id, payload } = await socket.message(({ type }) => type === 'next')
  expect({ id, payload }).toEqual({ id: '1', payload: { data: { __typename: 'Query' } } })
  expect(socket.messages.map(({ type }) => type)).toEqual(['connection_ack', 'next', 'complete'])
  socket.terminate()
})

test('a ping is answered with a pong and its payload, also before connection_init', async () => {
  const socket = await RawSocket.open(patchbay)
  socket.send({ type: 'ping', payload: { at: 1 } })
  expect(await socket.message(({ type }) => type === 'pong')).toEqual({ type: 'pong', payload: { at: 1 } })
  socket.send({ type: 'ping' })
  socket.send({ type: 'pong' })
  await socket.init(authorization)
  expect(socket.messages.slice(1)).toEqual([{ type: 'pong' }, { type: 'connection_ack' }])
  socket.terminate()
})

test('an operation that the document doesn’t have is refused', async () => {
  const socket = await RawSocket.open(patchbay)
  await socket.init(authorization)
  socket.send({ id: '1', type: 'subscribe', payload: { query: 'query A { __typename }', operationName: 'B' } })
  const { payload } = await socket.message(({ type }) => type === 'error')
  expect(payload).toMatchObject([
    {
      message: 'The document has no operation of the name in operationName. It has: A.',
      extensions: { code: 'OPERATION_RESOLUTION_FAILURE' },
    },
  ])
  socket.terminate()
})

test('G7: a socket without a token, as GraphiQL opens it, refuses operations that carry none', async () => {
  const socket = await RawSocket.open(patchbay)
  socket.send({ type: 'connection_init' })
  await socket.message(({ type }) => type === 'connection_ack')
  expect(await socket.execute('{ viewer { id } }')).toMatchObject({
    type: 'error',
    payload: [{ extensions: { code: 'UNAUTHENTICATED' } }],
  })
  socket.terminate()
})

test.each([65_537, 60_000_000])('G8: a frame of %i bytes closes the socket with 1009', async (bytes) => {
  const socket = await RawSocket.open(patchbay)
  await socket.init(authorization)
  socket.send('x'.repeat(bytes))
  expect(await socket.closed).toBe(1009)
})

test.each([
  ['that is cut off', '{"type":"subscribe"'],
  ['of an unknown type', '{"type":"unknown"}'],
  ['without its id', '{"type":"complete"}'],
  ['that only servers send', '{"id":"1","type":"next","payload":{}}'],
  ['that is a list', '[{"type":"ping"}]'],
  ['that is null', 'null'],
  ['within a JSON string', JSON.stringify('{"type":"ping"}')],
])('G8: a message %s closes the socket with 4400 and leaves other sockets open', async (_which, message) => {
  const other = await RawSocket.open(patchbay)
  await other.init(authorization)
  const socket = await RawSocket.open(patchbay)
  await socket.init(authorization)
  socket.send(message)
  expect(await socket.closed).toBe(4400)
  expect(await other.execute('{ __typename }')).toMatchObject({ payload: { data: { __typename: 'Query' } } })
  other.terminate()
})

test('G22: others are answered between two messages of a client', async () => {
  const socket = await RawSocket.open(patchbay)
  await socket.init(authorization)
  const order: string[] = []
  const receive = vi.spyOn(SocketSession.prototype, 'receive').mockImplementation(() => {
    order.push('message')
    setImmediate(() => order.push('others'))
  })
  for (let index = 0; index < 3; index++) socket.send({ type: 'ping' })
  await expect.poll(() => order).toHaveLength(6)
  receive.mockRestore()
  socket.terminate()
  expect(order).toEqual(['message', 'others', 'message', 'others', 'message', 'others'])
})

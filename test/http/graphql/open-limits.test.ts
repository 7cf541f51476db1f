import { createClient } from 'graphql-ws'
import { afterAll, beforeAll, expect, test } from 'vitest'
import WebSocket from 'ws'
import { readConfig } from '../../../src/config/environment.js'
import { COUNTED, count } from '../../support/counts.js'
import { FEW_SCREENS, type Patchbay, startPatchbay } from '../../support/patchbay.js'
import { RawSocket, send } from '../../support/raw.js'
import { scrape } from '../../support/scrape.js'

const STATUS = 'subscription { connectionStatus { revision } }'
const TRY_AGAIN_LATER = 1013

/** How long it takes, in milliseconds. Whatever is refused as too much takes half a second. */
async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

let patchbay: Patchbay

beforeAll(async () => {
  patchbay = await startPatchbay(FEW_SCREENS)
})
afterAll(() => patchbay.close())

const bearer = async (person: 'ada' | 'ben' | 'cleo') => `Bearer ${await patchbay.tokenFor(person)}`

/** Opens a socket, and returns it or the code it was closed with. */
async function tryToOpen(authorization: string): Promise<RawSocket | number> {
  const socket = await RawSocket.open(patchbay)
  return Promise.race([socket.init(authorization).then(() => socket), socket.closed])
}

async function openSocket(authorization: string): Promise<RawSocket> {
  const socket = await tryToOpen(authorization)
  if (typeof socket === 'number') throw new Error(`closed with ${socket}`)
  return socket
}

const openSockets = (authorization: string, many: number) =>
  Promise.all(Array.from({ length: many }, () => openSocket(authorization)))

const closeAll = (sockets: RawSocket[]) =>
  Promise.all(sockets.map((socket) => Promise.all([socket.terminate(), socket.closed])))

test('G9: these limits are the defaults', () => {
  expect(readConfig({}).connections).toEqual(readConfig(FEW_SCREENS).connections)
})

const MANY = count(10_000, 1_000)

test(
  'G9: of thousands of subscriptions on one socket, 20 are opened, and another one takes the place of one that ended',
  COUNTED,
  async () => {
    const socket = await openSocket(await bearer('ada'))
    await socket.execute(STATUS)
    for (let index = 1; index < MANY; index++) {
      socket.send({ id: `s${index}`, type: 'subscribe', payload: { query: STATUS } })
    }
    const refused = () => socket.messages.filter(({ type }) => type === 'error')
    await expect.poll(() => refused().length).toBe(MANY - 20)
    expect(refused()[0]?.payload).toEqual([
      {
        message: 'This WebSocket already has 20 subscriptions. Complete one of them first.',
        extensions: { code: 'TOO_MANY_REQUESTS', limit: 'subscriptions', retryAfterSeconds: 5 },
      },
    ])
    await expect.poll(() => patchbay.instance.subscribers).toBe(20)
    const opened = socket.messages.find(({ type, id }) => type === 'next' && id?.startsWith('s'))
    socket.send({ id: String(opened?.id), type: 'complete' })
    expect(await socket.execute('{ __typename }')).toMatchObject({ type: 'next' })
    expect(await socket.execute(STATUS)).toMatchObject({ type: 'next' })
    expect(
      await timeOf(async () => expect(await socket.execute(STATUS)).toMatchObject({ type: 'error' })),
    ).toBeGreaterThan(450)
    await closeAll([socket])
    await expect.poll(() => patchbay.instance.subscribers).toBe(0)
  },
)

test('G9: a user has 10 sockets, and one more is closed with a code after which clients retry', async () => {
  const ben = await bearer('ben')
  const sockets = await openSockets(ben, 10)
  expect(await timeOf(async () => expect(await tryToOpen(ben)).toBe(TRY_AGAIN_LATER))).toBeGreaterThan(450)
  sockets.push(await openSocket(await bearer('ada')))
  const { value } = await scrape(patchbay)
  expect(value('patchbay_graphql_limits_exceeded_total', { limit: 'sockets' })).toBe(1)
  await closeAll(sockets.splice(0, 1))
  await expect.poll(async () => sockets.push(await openSocket(ben))).toBe(11)
  await closeAll(sockets)
})

test('G9: a client that was refused a socket gets one when another of its user’s is closed', async () => {
  const sockets = await openSockets(await bearer('ben'), 10)
  const codes: number[] = []
  const client = createClient({
    url: `${patchbay.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: async () => ({ authorization: await bearer('ben') }),
    retryAttempts: 1_000,
    retryWait: () => closeAll(sockets.splice(0, 1)).then(() => {}),
    on: { closed: (event) => void codes.push((event as { code: number }).code) },
  })
  const states = client.iterate({ query: STATUS })
  expect(await states.next()).toMatchObject({ value: { data: { connectionStatus: { revision: expect.any(Number) } } } })
  expect(codes[0]).toBe(TRY_AGAIN_LATER)
  await Promise.all([states.return?.(), closeAll(sockets)])
})

test('G9: a user has 20 event streams, and one more is refused with 429 and Retry-After', async () => {
  const headers = { authorization: await bearer('cleo'), accept: 'text/event-stream' }
  const path = `/graphql?query=${encodeURIComponent(STATUS)}`
  const open = async () => {
    const left = new AbortController()
    const { body } = await fetch(`${patchbay.url}${path}`, { headers, signal: left.signal })
    await body?.getReader().read()
    return left
  }
  const streams = await Promise.all(Array.from({ length: 20 }, open))
  let refused: Awaited<ReturnType<typeof send>> | undefined
  expect(
    await timeOf(async () => {
      refused = await send(patchbay, path, { headers })
    }),
  ).toBeGreaterThan(450)
  expect(refused).toMatchObject({ status: 429, headers: { 'retry-after': '5' } })
  expect(refused?.text).toContain('You already have 20 event streams. Close one of them first.')
  streams[0]?.abort()
  await expect.poll(() => patchbay.instance.subscribers).toBe(19)
  streams.push(await open())
  for (const stream of streams) stream.abort()
})

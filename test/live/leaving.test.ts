import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import {
  CONNECTORS,
  type ConnectorsScreen,
  change,
  HOST,
  hostToken,
  newUser,
  SETUP,
  type SetupScreen,
  startSetup,
  watching,
} from '../support/host-user.js'
import { type Patchbay, pluginId, startPatchbay } from '../support/patchbay.js'
import { PATIENT } from '../support/patience.js'
import { TRANSPORTS, type TransportName } from '../support/subscriber.js'

const VISITS = 200

/** Enough for a busy machine to open twenty subscriptions. */
const LIFETIME_SECONDS = 6

let patchbay: Patchbay

beforeAll(async () => {
  patchbay = await startPatchbay(HOST)
})
afterAll(() => patchbay.close())

/** Subscribes, gets the first message, and disappears without closing. */
async function visit(transport: TransportName, token: string): Promise<void> {
  const authorization = `Bearer ${token}`
  if (transport === 'SSE') {
    const gone = new AbortController()
    const response = await fetch(`${patchbay.url}/graphql`, {
      method: 'POST',
      headers: { authorization, accept: 'text/event-stream', 'content-type': 'application/json' },
      body: JSON.stringify({ query: CONNECTORS }),
      signal: gone.signal,
    })
    await response.body?.getReader().read()
    return gone.abort()
  }
  const socket = new WebSocket(`${patchbay.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
  const send = (message: object) => socket.send(JSON.stringify(message))
  socket.on('open', () => send({ type: 'connection_init', payload: { authorization } }))
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject)
    socket.on('message', (data) => {
      const { type } = JSON.parse(String(data))
      if (type === 'connection_ack') send({ id: '1', type: 'subscribe', payload: { query: CONNECTORS } })
      if (type === 'next') resolve()
    })
  })
  socket.terminate()
}

describe.each(TRANSPORTS)('over %s', (transport) => {
  test('a subscriber that unsubscribes is forgotten, and the others continue', async () => {
    const user = await newUser(patchbay)
    await using stays = await watching<ConnectorsScreen>(user, CONNECTORS, {}, transport)
    await stays.next()
    const goes = await watching<ConnectorsScreen>(user, CONNECTORS, {}, transport)
    await goes.next()
    expect(patchbay.instance.subscribers).toBe(2)
    await goes.close()
    await expect.poll(() => patchbay.instance.subscribers).toBe(1)
    await change(user)
    await stays.next()
  })

  test(`G16: after ${VISITS} subscribers have come and gone, no listener is left`, PATIENT, async () => {
    await expect.poll(() => patchbay.instance.subscribers).toBe(0)
    const token = await hostToken()
    for (let visits = 0; visits < VISITS; visits += 20) {
      await Promise.all(Array.from({ length: 20 }, () => visit(transport, token)))
    }
    await expect.poll(() => patchbay.instance.subscribers).toBe(0)
  })

  test('G10: a subscription ends with its token, as its transport prescribes', async () => {
    const user = await newUser(patchbay, await hostToken({ lifetimeSeconds: LIFETIME_SECONDS }))
    const { id } = await startSetup(user)
    await using screen = await watching<SetupScreen>(user, SETUP, { id }, transport)
    expect((await screen.next()).errors).toBeUndefined()
    if (transport === 'WebSocket') {
      await expect(screen.ended).rejects.toMatchObject({ code: 4403 })
    } else {
      await screen.ended
      expect(await screen.next()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] })
    }
    expect(screen.waiting()).toEqual([])
    await expect.poll(() => patchbay.instance.subscribers).toBe(0)
  })
})

describe('a socket whose token expires', () => {
  async function openSocket(token: string) {
    const socket = new WebSocket(`${patchbay.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
    const messages: { type: string; id?: string }[] = []
    const send = (message: object) => socket.send(JSON.stringify(message))
    const subscribe = (id: string, query: string, variables = {}) =>
      send({ id, type: 'subscribe', payload: { query, variables } })
    const acknowledged = new Promise<void>((resolve) => {
      socket.on('message', (data) => {
        messages.push(JSON.parse(String(data)))
        resolve()
      })
    })
    await new Promise((resolve) => socket.once('open', resolve))
    send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } })
    await acknowledged
    return { socket, messages, subscribe }
  }

  test('G10: is closed with 4403, and no subscription on it sends anything else first', async () => {
    const { socket, messages, subscribe } = await openSocket(await hostToken({ lifetimeSeconds: LIFETIME_SECONDS }))
    const closed = new Promise((resolve) => socket.once('close', resolve))
    for (let id = 0; id < 20; id++) subscribe(String(id), CONNECTORS)
    expect(await closed).toBe(4403)
    expect(messages.filter(({ type }) => type === 'next')).toHaveLength(20)
    expect(messages.filter(({ type }) => type === 'error' || type === 'complete')).toEqual([])
  })

  test('G10: can no longer do anything, and is cut off if it does not close', async () => {
    const subject = randomUUID()
    const end = Date.now() + LIFETIME_SECONDS * 1_000
    const token = await hostToken({ subject, lifetimeSeconds: LIFETIME_SECONDS })
    const { socket, messages, subscribe } = await openSocket(token)
    subscribe('1', CONNECTORS)
    await expect.poll(() => messages.at(-1)?.type).toBe('next')
    socket.pause() // the close frame is never read, so never answered
    await expect.poll(() => Date.now(), { timeout: 45_000 }).toBeGreaterThan(end)
    subscribe('2', 'mutation ($id: ID!) { startSetup(input: { pluginId: $id }) { __typename } }', {
      id: pluginId('plain-writer'),
    })
    await newUser(patchbay).then(startSetup) // the server has read what the socket sent by now
    expect(await patchbay.database.db.user.count({ where: { subject } })).toBe(0)
    await expect.poll(() => patchbay.instance.subscribers, { timeout: 45_000 }).toBe(0)
  })
})

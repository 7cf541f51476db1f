import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, type ExpectStatic, test } from 'vitest'
import { WebSocket } from 'ws'
import {
  CONNECTORS,
  HOST,
  hostToken,
  newUser,
  SETUP,
  type SetupScreen,
  startSetup,
  watching,
} from '../support/host-user.js'
import { type Patchbay, pluginId, startPatchbay } from '../support/patchbay.js'
import { TRANSPORTS } from '../support/subscriber.js'

/** Enough for a busy machine to open twenty subscriptions. */
const LIFETIME_SECONDS = 6

let patchbay: Patchbay

beforeAll(async () => {
  patchbay = await startPatchbay(HOST)
})
afterAll(() => patchbay.close())

/** Until every test's subscriptions have ended. */
const untilNoneIsLeft = (expect: ExpectStatic) => expect.poll(() => patchbay.instance.subscribers).toBe(0)

// Their tokens expire together.
describe.concurrent.each(TRANSPORTS)('over %s', (transport) => {
  test('G10: a subscription ends with its token, as its transport prescribes', async ({ expect }) => {
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
    await untilNoneIsLeft(expect)
  })
})

describe.concurrent('a socket whose token expires', () => {
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

  test('G10: is closed with 4403, and no subscription on it sends anything else first', async ({ expect }) => {
    const { socket, messages, subscribe } = await openSocket(await hostToken({ lifetimeSeconds: LIFETIME_SECONDS }))
    const closed = new Promise((resolve) => socket.once('close', resolve))
    for (let id = 0; id < 20; id++) subscribe(String(id), CONNECTORS)
    expect(await closed).toBe(4403)
    expect(messages.filter(({ type }) => type === 'next')).toHaveLength(20)
    expect(messages.filter(({ type }) => type === 'error' || type === 'complete')).toEqual([])
  })

  test('G10: can no longer do anything, and is cut off if it does not close', async ({ expect }) => {
    const subject = randomUUID()
    const end = Date.now() + LIFETIME_SECONDS * 1_000
    const token = await hostToken({ subject, lifetimeSeconds: LIFETIME_SECONDS })
    const { socket, messages, subscribe } = await openSocket(token)
    subscribe('1', CONNECTORS)
    await expect.poll(() => messages.at(-1)?.type).toBe('next')
    socket.pause() // the close frame is never read, so never answered
    await expect.poll(() => Date.now()).toBeGreaterThan(end)
    subscribe('2', 'mutation ($id: ID!) { startSetup(input: { pluginId: $id }) { __typename } }', {
      id: pluginId('plain-writer'),
    })
    await newUser(patchbay).then(startSetup) // the server has read what the socket sent by now
    expect(await patchbay.database.db.user.count({ where: { subject } })).toBe(0)
    await untilNoneIsLeft(expect)
  })
})

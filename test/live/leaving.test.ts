import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { CONNECTORS, type ConnectorsScreen, change, HOST, hostToken, newUser, watching } from '../support/host-user.js'
import { type Patchbay, startPatchbay } from '../support/patchbay.js'
import { PATIENT } from '../support/patience.js'
import { TRANSPORTS, type TransportName } from '../support/subscriber.js'

const VISITS = 200

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
})

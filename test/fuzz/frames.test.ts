import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Patchbay, startPatchbay } from '../support/patchbay.js'
import { RawSocket } from '../support/raw.js'
import { FUZZING, fuzz } from './fuzz.js'
import { json, text } from './values.js'

const INTERNAL_SERVER_ERROR = 4500

let patchbay: Patchbay
beforeAll(async () => {
  patchbay = await startPatchbay()
})
afterAll(() => patchbay.close())

const type = fc.oneof(
  fc.constantFrom('connection_init', 'subscribe', 'complete', 'ping', 'pong', 'next', 'error', 'connection_ack'),
  text,
)
const query = fc.constantFrom('{ viewer { revision } }', 'subscription { connectionStatus { revision } }', '{ unknown')
const payload = fc.oneof(
  json,
  fc.record(
    { query: fc.oneof(query, json), variables: json, operationName: json, extensions: json },
    { requiredKeys: [] },
  ),
)
const frame = fc.oneof(
  fc
    .record({ type, id: fc.oneof(fc.constantFrom('1', '2'), json), payload }, { requiredKeys: ['type'] })
    .map((message) => JSON.stringify(message)),
  json.map((value) => JSON.stringify(value)),
  text,
)

test('G23: no WebSocket message causes an internal error', FUZZING, async () => {
  const authorization = `Bearer ${await patchbay.tokenFor('cleo')}`
  const frames = fc.tuple(fc.boolean(), fc.array(frame, { minLength: 1, maxLength: 5 }))
  await fuzz('WebSocket messages', frames, async ([isAuthenticated, messages]) => {
    const socket = await RawSocket.open(patchbay)
    if (isAuthenticated) await socket.init(authorization)
    for (const message of messages) socket.send(message)
    // The last message of all closes the socket, whatever became of the others.
    socket.send('over')
    expect(await socket.closed).not.toBe(INTERNAL_SERVER_ERROR)
    expect(JSON.stringify(socket.messages)).not.toContain('INTERNAL_SERVER_ERROR')
  })
  await expect.poll(() => patchbay.instance.subscribers).toBe(0)
})

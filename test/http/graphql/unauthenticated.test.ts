import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { COUNTED, count, record } from '../../support/counts.js'
import { heldBytes } from '../../support/heap.js'
import { type Patchbay, startPatchbay } from '../../support/patchbay.js'
import { RawSocket, send } from '../../support/raw.js'

const MEGABYTE = 1_000_000
const MAX_HELD_MB = 20
/** Anything that reads it finds it wrong. */
const BROKEN = '{ viewer { id '

let patchbay: Patchbay
beforeAll(async () => {
  patchbay = await startPatchbay()
})
afterAll(() => patchbay.close())

const json = { 'content-type': 'application/json' }

describe('G18: without a token', () => {
  test.each([
    ['a POST', '/graphql', { headers: json, body: JSON.stringify({ query: BROKEN }) }],
    ['a POST that is no JSON', '/graphql', { headers: json, body: '{' }],
    ['a POST of 2 MB', '/graphql', { headers: json, body: JSON.stringify({ query: ' '.repeat(2 * MEGABYTE) }) }],
    ['a GET', `/graphql?query=${encodeURIComponent(BROKEN)}`, { headers: { accept: 'application/json' } }],
    ['a POST for events', '/graphql', { headers: { ...json, accept: 'text/event-stream' }, body: `{"query":"{"}` }],
    ['a GET for events', '/graphql?query={', { headers: { accept: 'text/event-stream' } }],
  ])('%s is refused before its text is read', async (_name, path, init) => {
    const { status, text } = await send(patchbay, path, init)
    expect(status).toBe(401)
    expect(text).toContain('UNAUTHENTICATED')
    expect(text).not.toMatch(/syntax|expected/i)
  })

  test('an operation over WebSocket is refused before its text is read', async () => {
    const socket = await RawSocket.open(patchbay)
    socket.send({ type: 'connection_init' }) // in development, each operation may bring its own token
    await socket.message(({ type }) => type === 'connection_ack')
    expect(await socket.execute(BROKEN)).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    })
    socket.terminate()
  })

  test('texts take no memory', { ...COUNTED, timeout: 600_000 }, async () => {
    const texts = count(2_000, 60)
    const sendText = (index: number) =>
      send(patchbay, '/graphql', {
        headers: json,
        body: JSON.stringify({ query: `{ a${index} #`.padEnd(MEGABYTE - 50) }),
      })
    for (let index = 0; index < 5; index++) await sendText(index)
    const before = await heldBytes()
    for (let index = 0; index < texts; index++) expect((await sendText(index)).status).toBe(401)
    const held = ((await heldBytes()) - before) / MEGABYTE
    record('G18', 'texts of 1 MB without a token', { texts, 'MB held': held.toFixed(1) })
    expect(held).toBeLessThan(MAX_HELD_MB)
  })
})

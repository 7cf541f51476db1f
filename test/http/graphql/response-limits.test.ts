import { afterAll, beforeAll, expect, test } from 'vitest'
import { addConnections, addSetups } from '../../support/crowded-user.js'
import { type Patchbay, startPatchbay } from '../../support/patchbay.js'
import { RawSocket } from '../../support/raw.js'
import { scrape } from '../../support/scrape.js'
import { type Screen, subscribe, TRANSPORTS } from '../../support/subscriber.js'

/** Ben has so many that lists of lists of them exceed the limit on values. */
const MANY = 40
const NAMES = Array.from({ length: 25 }, (_, index) => `a${index}: status`).join(' ')

const QUERY = `{ viewer { connections { connector { connections { id ${NAMES} } } } } }`
const SUBSCRIPTION = `subscription { connectionStatus { connectors { connection { setups {
  steps { connector { connections { id ${NAMES} } } } } } } } }`
const LONG_NAMES = Array.from({ length: 5 }, (_, index) => `${'x'.repeat(1_900)}${index}: id`).join(' ')
const TEXTS = `{ viewer { connections { connector { connections { ${LONG_NAMES} } } } } }`
const CYCLE = '{viewer{setups{steps{connection{setups{steps{connection{setups{steps{connection{setups{id}}}}}}}}}}}}'

const tooLarge = (limit: string) => [
  {
    message: expect.stringMatching(/^The response would have more than [\d,]+ (values|characters)\. Select fewer/),
    extensions: { code: 'LIMIT_EXCEEDED', limit },
  },
]

let patchbay: Patchbay
beforeAll(async () => {
  patchbay = await startPatchbay()
  await addConnections(patchbay, MANY)
})
afterAll(() => patchbay.close())

test('G17: a push that would be too large ends the subscription with an error, over WebSocket and SSE', async () => {
  const screens: Screen<unknown>[] = []
  for (const transport of TRANSPORTS) {
    const screen = await subscribe(patchbay, 'ben', SUBSCRIPTION, {}, transport)
    screens.push(screen)
    expect(await screen.next()).not.toHaveProperty('errors')
  }
  await addSetups(patchbay, MANY)
  for (const screen of screens) {
    expect(await screen.next()).toEqual({ data: null, errors: tooLarge('values') })
    await screen.ended
    await screen.close()
  }
})

test('G17: a response that would be too large is one error, over HTTP and WebSocket', async () => {
  const socket = await RawSocket.open(patchbay)
  await socket.init(`Bearer ${await patchbay.tokenFor('ben')}`)
  for (const [query, limit] of [
    [QUERY, 'values'],
    [TEXTS, 'characters'],
  ] as const) {
    // The second time, the document is remembered.
    for (let time = 0; time < 2; time++) {
      expect(await patchbay.execute('ben', query)).toEqual({ data: null, errors: tooLarge(limit) })
      const { type, payload } = await socket.execute(query)
      expect({ type, payload }).toEqual({ type: 'next', payload: { data: null, errors: tooLarge(limit) } })
    }
  }
  socket.terminate()
})

test('G17: a list may not contain itself, over HTTP, WebSocket and SSE', async () => {
  const reason = expect.objectContaining({
    message: expect.stringMatching(/^PluginSetup\.steps may not be selected within itself/),
    extensions: { code: 'GRAPHQL_VALIDATION_FAILED', limit: 'repeated-lists' },
  })
  expect((await patchbay.execute('ben', CYCLE)).errors).toContainEqual(reason)
  const socket = await RawSocket.open(patchbay)
  await socket.init(`Bearer ${await patchbay.tokenFor('ben')}`)
  const { type, payload } = await socket.execute(CYCLE)
  expect(type).toBe('error')
  expect(payload).toContainEqual(reason)
  socket.terminate()
  const pushed =
    'subscription($id:ID!){setupProgress(setupId:$id){...s steps{connection{setups{...s}}}}}fragment s on PluginSetup{steps{id}}'
  const response = await patchbay.request('ben', pushed, { id: 'x' }, { accept: 'text/event-stream' })
  expect(await response.text()).toContain('PluginSetup.steps may not be selected within itself')
})

test('exceeded limits are counted by their names', async () => {
  const { value } = await scrape(patchbay)
  for (const limit of ['values', 'characters', 'repeated-lists']) {
    expect(value('patchbay_graphql_limits_exceeded_total', { limit })).toBeGreaterThan(0)
  }
})

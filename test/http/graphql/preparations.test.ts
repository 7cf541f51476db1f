import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Caller } from '../../../src/domain/identity/caller.js'
import { FAIR_USE, tooMany } from '../../../src/http/graphql/fair-use.js'
import { Preparations } from '../../../src/http/graphql/preparations.js'
import { type Patchbay, startPatchbay } from '../../support/patchbay.js'
import { RawSocket } from '../../support/raw.js'

const user = (userId: string) => ({ kind: 'user', viewer: { userId } }) as Caller
const turn = () => new Promise((resolve) => setImmediate(resolve))

let patchbay: Patchbay
beforeAll(async () => {
  patchbay = await startPatchbay()
})
afterAll(() => patchbay.close())

test('G22: one new document of a caller is parsed in each turn of the event loop, and callers take turns', async () => {
  const documents = new Preparations()
  const parsed: string[] = []
  for (const name of ['a1', 'a2', 'a3', 'b1']) void documents.turnOf(user(name[0] ?? '')).then(() => parsed.push(name))
  expect(parsed).toEqual([])
  for (const expected of [['a1'], ['a1', 'b1'], ['a1', 'b1', 'a2'], ['a1', 'b1', 'a2', 'a3']]) {
    await turn()
    await Promise.resolve()
    expect(parsed).toEqual(expected)
  }
})

test('G22: a caller with too many new documents is told so half a second later', async () => {
  vi.useFakeTimers()
  const documents = new Preparations()
  const accepted = vi.fn()
  for (let index = 0; index < FAIR_USE.user.waiting; index++) void documents.turnOf(user('ada')).then(accepted)
  const refused = vi.fn()
  documents.turnOf(user('ada')).catch(refused)
  await vi.advanceTimersByTimeAsync(499)
  expect(accepted).toHaveBeenCalledTimes(FAIR_USE.user.waiting)
  expect(refused).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  expect(refused).toHaveBeenCalledWith(
    expect.objectContaining({ extensions: expect.objectContaining({ limit: 'waiting-operations' }) }),
  )
  vi.useRealTimers()
})

// Over HTTP, a request waits before it is read too.
test.each([
  ['HTTP', 2],
  ['WebSocket', 1],
])('G22: over %s, unknown documents wait for their turn, and known ones don’t', async (transport, turns) => {
  const known = '{ viewer { revision } }'
  await patchbay.execute('ben', known)
  const documents = Array.from({ length: 40 }, (_, index) => `{ ${transport}${index} }`)
  const answered: string[] = []
  const socket = await RawSocket.open(patchbay)
  await socket.init(`Bearer ${await patchbay.tokenFor('ada')}`)
  const turnOf = vi.spyOn(Preparations.prototype, 'turnOf')
  const send = async (query: string) => {
    if (transport === 'HTTP') await patchbay.execute('ada', query)
    else await socket.execute(query)
    answered.push(query)
  }
  await Promise.all([...documents.map(send), patchbay.execute('ben', known)])
  expect(turnOf).toHaveBeenCalledTimes(turns * documents.length)
  expect(answered).toHaveLength(documents.length)
  turnOf.mockRestore()
  socket.terminate()
})

test('G22: over HTTP, a caller with too many requests to prepare gets 429', async () => {
  const turnOf = vi.spyOn(Preparations.prototype, 'turnOf').mockRejectedValueOnce(tooMany(500))
  const response = await patchbay.request('ada', '{ unknown }')
  expect(turnOf).toHaveBeenCalledTimes(1)
  turnOf.mockRestore()
  expect(response.status).toBe(429)
  expect(await response.json()).toEqual({
    errors: [expect.objectContaining({ extensions: expect.objectContaining({ limit: 'waiting-operations' }) })],
  })
})

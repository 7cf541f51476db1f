import { type ExecutionResult, GraphQLError } from 'graphql'
import { expect, test, vi } from 'vitest'
import { RateLimitedError } from '../../../src/domain/rate-limit/rate-limited-error.js'
import type { Executed } from '../../../src/http/graphql/execution/executor.js'
import { FAIR_USE, fairly } from '../../../src/http/graphql/fair-use.js'
import { startPatchbay } from '../../support/patchbay.js'
import { PATIENT } from '../../support/patience.js'
import { RawSocket } from '../../support/raw.js'

const LIMITS = {
  user: { atOnce: 2, atOnceWhileLarge: 1, waiting: 2 },
  'api-key': { atOnce: 3, atOnceWhileLarge: 3, waiting: 2 },
}
const QUERY = { operation: { operation: 'query' } }
const user = (userId: string) => ({ kind: 'user', viewer: { userId } })
const TOO_MANY = {
  errors: [expect.objectContaining({ extensions: expect.objectContaining({ code: 'TOO_MANY_REQUESTS' }) })],
}

/** An executor whose operations end when they are told to. */
function held(hasLarge: (caller: string) => boolean = () => false) {
  const running: { name: string; end: (result?: ExecutionResult | Error) => void }[] = []
  const execute = fairly(
    ({ rootValue }) =>
      new Promise((resolve, reject) => {
        running.push({
          name: String(rootValue),
          end: (result = { data: { name: rootValue } }) => (result instanceof Error ? reject(result) : resolve(result)),
        })
      }),
    LIMITS,
    { hasLarge, ran: () => {} },
  )
  const send = (name: string, caller: object) =>
    execute({ ...QUERY, rootValue: name, contextValue: { caller } } as Executed)
  return { running, send, names: () => running.map(({ name }) => name) }
}

test('one caller’s operations wait for each other in their order, and nobody else waits for them', async () => {
  const { running, send, names } = held()
  const results = ['a1', 'a2', 'a3', 'a4'].map((name) => send(name, user('ada')))
  expect(names()).toEqual(['a1', 'a2'])
  const others = ['b1', 'b2'].map((name) => send(name, user('ben')))
  expect(names()).toEqual(['a1', 'a2', 'b1', 'b2'])
  running[1]?.end()
  expect(await results[1]).toEqual({ data: { name: 'a2' } })
  expect(names()).toEqual(['a1', 'a2', 'b1', 'b2', 'a3'])
  running[0]?.end(new Error('out of order'))
  await expect(results[0]).rejects.toThrow('out of order')
  expect(names().at(-1)).toBe('a4')
  for (const each of running) each.end()
  expect(await Promise.all([...results.slice(1), ...others])).toHaveLength(5)
})

test('a caller with too many waiting operations is told so, and may go on once some have ended', async () => {
  const { running, send } = held()
  const accepted = [1, 2, 3, 4].map((name) => send(`a${name}`, user('ada')))
  expect(await send('a5', user('ada'))).toEqual(TOO_MANY)
  expect(await send('a6', user('ada'))).toEqual(TOO_MANY)
  running[0]?.end()
  await accepted[0]
  const next = send('a7', user('ada'))
  expect(await send('a8', user('ada'))).toEqual(TOO_MANY)
  for (let each = 0; each < 5; each++) {
    await expect.poll(() => running.length).toBeGreaterThan(each)
    running[each]?.end()
  }
  expect(await next).toEqual({ data: { name: 'a7' } })
})

test('G22: a caller with large responses executes one operation at a time, until they are small again', async () => {
  let large = true
  const { running, send, names } = held((caller) => large && caller === 'ada')
  const results = ['a1', 'a2', 'a3'].map((name) => send(name, user('ada')))
  for (const name of ['b1', 'b2']) send(name, user('ben'))
  expect(names()).toEqual(['a1', 'b1', 'b2'])
  running[0]?.end()
  await results[0]
  expect(names()).toEqual(['a1', 'b1', 'b2', 'a2'])
  large = false
  send('a4', user('ada'))
  await expect.poll(names).toEqual(['a1', 'b1', 'b2', 'a2', 'a3'])
  running[3]?.end()
  await results[1]
  expect(names()).toEqual(['a1', 'b1', 'b2', 'a2', 'a3', 'a4'])
})

test('G22: what waits behind a slow operation starts once responses are small again, though nothing ends', async () => {
  let large = true
  const { send, names } = held(() => large)
  for (const name of ['a1', 'a2']) send(name, user('ada'))
  expect(names()).toEqual(['a1'])
  large = false
  await expect.poll(names).toEqual(['a1', 'a2'])
})

test('G22: an API key’s other operations don’t wait for its large responses', () => {
  const { send, names } = held(() => true)
  for (const name of ['k1', 'k2', 'k3']) send(name, { kind: 'api-key', key: { id: 'key' } })
  expect(names()).toEqual(['k1', 'k2', 'k3'])
})

test('G22: an operation that is refused keeps its place for half a second, so refusals cost little', async () => {
  vi.useFakeTimers()
  const executions: unknown[] = []
  const execute = fairly(({ rootValue }) => {
    executions.push(rootValue)
    const originalError = new RateLimitedError('changes', 7)
    return rootValue === 'later' ? { data: {} } : { errors: [new GraphQLError('too often', { originalError })] }
  }, LIMITS)
  const send = (rootValue: string) =>
    execute({ ...QUERY, rootValue, contextValue: { caller: user('ada') } } as Executed)
  const results = ['one', 'two', 'later', 'later'].map(send)
  const tooMany = vi.fn()
  void Promise.resolve(send('too many')).then(tooMany)
  await vi.advanceTimersByTimeAsync(499)
  expect(executions).toEqual(['one', 'two'])
  expect(tooMany).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  expect(executions).toEqual(['one', 'two', 'later', 'later'])
  expect(tooMany).toHaveBeenCalledWith(TOO_MANY)
  vi.useRealTimers()
  const refusal = { errors: [expect.objectContaining({ message: 'too often' })] }
  expect(await Promise.all(results)).toEqual([refusal, refusal, { data: {} }, { data: {} }])
})

test('an API key may do more at the same time than a user', () => {
  const { names, send } = held()
  for (const name of ['k1', 'k2', 'k3', 'k4']) send(name, { kind: 'api-key', key: { id: 'key' } })
  expect(names()).toEqual(['k1', 'k2', 'k3'])
})

test('an operation that is answered immediately, or fails immediately, leaves its place', async () => {
  let calls = 0
  const execute = fairly(() => {
    if (++calls % 2) throw new Error('out of order')
    return { data: {} }
  }, LIMITS)
  const executed = { ...QUERY, contextValue: { caller: user('ada') } } as Executed
  for (let round = 0; round < 5; round++) {
    expect(() => execute(executed)).toThrow('out of order')
    expect(execute(executed)).toEqual({ data: {} })
  }
})

test(
  'queries beyond the limit on one socket are answered with an error, and the others with their result',
  PATIENT,
  async () => {
    await using patchbay = await startPatchbay()
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const { atOnce, waiting } = FAIR_USE.user
    const [most, sent] = [atOnce + waiting, atOnce + waiting + 20]
    const socket = await RawSocket.open(patchbay)
    await socket.init(`Bearer ${await patchbay.tokenFor('ada')}`)
    await socket.execute('{ viewer { organization { name } } }') // remembered, so each of the others is one message
    patchbay.database.tap((sql) => (sql.includes('"User"') ? held : undefined))
    for (let index = 0; index < sent; index++) {
      socket.send({ id: `q${index}`, type: 'subscribe', payload: { query: '{ viewer { revision } }' } })
    }
    const answers = () => socket.messages.filter(({ id, type }) => id?.startsWith('q') && type === 'next')
    const refused = () => answers().filter(({ payload }) => JSON.stringify(payload).includes('TOO_MANY_REQUESTS'))
    await expect.poll(() => answers().length).toBe(sent - most)
    expect(refused()).toHaveLength(sent - most)
    release()
    await expect.poll(() => answers().length, { timeout: 60_000 }).toBe(sent)
    expect(refused()).toHaveLength(sent - most)
    socket.terminate()
  },
)

import { expect, test } from 'vitest'
import { ICON_LIMITS, type IconLimits, IconMemory } from '../../../src/http/icons/icon-memory.js'

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'

/** A memory with a clock that the test sets, and what it fetched. */
function remembering(limits: Partial<IconLimits> = {}) {
  let nowMs = 0
  const fetched: string[] = []
  const failures: string[] = []
  const contents = new Map<string, () => Response | Promise<Response>>()
  const memory = new IconMemory({
    async fetch(url) {
      fetched.push(url)
      return (contents.get(url) ?? (() => new Response(SVG)))()
    },
    failed: (host, reason) => failures.push(`${host}: ${reason}`),
    limits: { ...ICON_LIMITS, ...limits },
    now: () => nowMs,
  })
  return { memory, fetched, failures, contents, pass: (ms: number) => (nowMs += ms) }
}

const at = (name: string) => `https://icons.example/${name}.svg`

test('a picture is fetched once, for all who ask at the same time and later', async () => {
  const { memory, fetched, pass } = remembering()
  await Promise.all([1, 2, 3].map(() => memory.at(at('a'))))
  expect(await memory.at(at('a'))).toMatchObject({ type: 'image/svg+xml' })
  expect(fetched).toEqual([at('a')])
  pass(ICON_LIMITS.freshMs + 1)
  await memory.at(at('a'))
  expect(fetched).toHaveLength(2)
})

test.each([
  ['a status', () => new Response(SVG, { status: 404 }), 'status 404'],
  ['a page', () => new Response('<html></html>', { headers: { 'content-type': 'image/svg+xml' } }), 'not a picture'],
  ['an error', () => Promise.reject(Object.assign(new Error('x'), { reason: 'TIMED_OUT' })), 'TIMED_OUT'],
])('after %s, nothing is fetched for some minutes', async (_what, answer, reason) => {
  const { memory, fetched, failures, contents, pass } = remembering()
  contents.set(at('a'), answer)
  expect(await memory.at(at('a'))).toBeNull()
  pass(ICON_LIMITS.failedMs - 1)
  expect(await memory.at(at('a'))).toBeNull()
  expect(fetched).toHaveLength(1)
  expect(failures).toEqual([`icons.example: ${reason}`])
  pass(1)
  contents.delete(at('a'))
  expect(await memory.at(at('a'))).toMatchObject({ type: 'image/svg+xml' })
})

test('a picture that can’t be fetched again remains', async () => {
  const { memory, fetched, contents, pass } = remembering()
  await memory.at(at('a'))
  contents.set(at('a'), () => new Response(null, { status: 500 }))
  pass(ICON_LIMITS.freshMs + 1)
  for (let times = 0; times < 2; times++) expect(await memory.at(at('a'))).toMatchObject({ type: 'image/svg+xml' })
  expect(fetched).toHaveLength(2)
})

test('the pictures in memory have at most so many bytes, and the ones used last remain', async () => {
  const { memory, fetched } = remembering({ maxBytes: SVG.length * 2 })
  for (const name of ['a', 'b', 'a', 'c']) await memory.at(at(name))
  expect(fetched).toEqual(['a', 'b', 'c'].map(at))
  await memory.at(at('a'))
  expect(fetched).toHaveLength(3)
  await memory.at(at('b'))
  expect(fetched).toHaveLength(4)
})

test('failures are forgotten too if there are too many URLs', async () => {
  const { memory, fetched, contents } = remembering({ maxEntries: 2 })
  for (const name of ['a', 'b', 'c', 'a']) {
    contents.set(at(name), () => new Response(null, { status: 404 }))
    await memory.at(at(name))
  }
  expect(fetched).toHaveLength(4)
})

test('however much is asked for, only so much is fetched in a minute and at the same time', async () => {
  const { memory, fetched, pass } = remembering({ fetchesPerMinute: 3, maxFetches: 1, maxWaiting: 1 })
  const answers = await Promise.all(['a', 'b', 'c'].map((name) => memory.at(at(name))))
  expect(answers.map((answer) => answer?.type)).toEqual(['image/svg+xml', 'image/svg+xml', undefined])
  expect(await memory.at(at('c'))).toBeTruthy()
  expect(await memory.at(at('d'))).toBeUndefined()
  expect(await memory.at(at('a'))).toBeTruthy()
  expect(fetched).toHaveLength(3)
  pass(20_000)
  expect(await memory.at(at('d'))).toBeTruthy()
})

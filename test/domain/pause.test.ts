import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { jittered, pause } from '../../src/domain/pause.js'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

/** Returns whether a promise has resolved by now. */
async function isOver(promise: Promise<void>): Promise<boolean> {
  return Promise.race([promise.then(() => true), Promise.resolve().then(() => false)])
}

test('a pause lasts as long as requested', async () => {
  const over = pause(1_000)
  vi.advanceTimersByTime(999)
  expect(await isOver(over)).toBe(false)
  vi.advanceTimersByTime(1)
  await over
})

test('a pause of 0 ms or less ends immediately', async () => {
  await pause(0)
  await pause(-1)
  expect(vi.getTimerCount()).toBe(0)
})

test('a signal cuts a pause short, and leaves no timer behind', async () => {
  const stop = new AbortController()
  const over = pause(1_000, { signal: stop.signal })
  expect(await isOver(over)).toBe(false)
  stop.abort()
  await over
  await pause(1_000, { signal: stop.signal })
  expect(vi.getTimerCount()).toBe(0)
})

test.each([
  [undefined, true],
  [{ ref: true }, true],
  [{ ref: false }, false],
])('a pause with %o keeps the process alive: %o', async (options, alive) => {
  vi.useRealTimers()
  const timers = vi.spyOn(globalThis, 'setTimeout')
  const over = pause(1, options)
  expect(timers.mock.results.map(({ value }) => value.hasRef())).toEqual([alive])
  timers.mockRestore()
  await over
})

test('jitter shortens a pause by at most half', () => {
  const random = vi.spyOn(Math, 'random').mockReturnValueOnce(0).mockReturnValueOnce(0.5)
  expect([jittered(100), jittered(100)]).toEqual([50, 75])
  random.mockRestore()
})

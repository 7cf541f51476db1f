import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { CallerQueue } from '../../../src/http/graphql/caller-queue.js'

const turn = () => new Promise((resolve) => setImmediate(resolve))

let nowMs = 0
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs)
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

/** Lets two of a caller's parts wait, each of which takes so long, while an operation of another one is executed. */
async function twoParts(tookMs: number, executed: string) {
  const queue = new CallerQueue()
  const continued: number[] = []
  for (const part of [1, 2]) {
    void queue.next('ada').then(() => {
      continued.push(part)
      nowMs += tookMs
    })
  }
  queue.ran(executed)
  await turn()
  await turn()
  return continued
}

test.each([
  [2, 6],
  [10, 30],
  [40, 50],
])('G22: while others are answered, the next part waits: after %i ms, for %i ms', async (tookMs, pauseMs) => {
  const continued = await twoParts(tookMs, 'ben')
  expect(continued).toEqual([1])
  vi.advanceTimersByTime(pauseMs - 1)
  await turn()
  expect(continued).toEqual([1])
  vi.advanceTimersByTime(1)
  await turn()
  expect(continued).toEqual([1, 2])
})

test.each([
  ['what one caller has waiting doesn’t wait for the caller’s other operations', 10, 'ada'],
  ['parts that take next to nothing follow each other right away', 0.3, 'ben'],
])('%s', async (_name, tookMs, executed) => {
  expect(await twoParts(tookMs, executed)).toEqual([1, 2])
})

test('a caller with nothing more waiting causes no pause', async () => {
  const queue = new CallerQueue()
  void queue.next('ada').then(() => {
    nowMs += 10
  })
  queue.ran('ben')
  await turn()
  const continued = vi.fn()
  void queue.next('eve').then(continued)
  await turn()
  expect(continued).toHaveBeenCalled()
})

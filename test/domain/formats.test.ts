import { expect, test } from 'vitest'
import { DAY_MS, HOUR_MS, inWords, MINUTE_MS } from '../../src/domain/formats.js'

test.each([
  [10 * MINUTE_MS, 'ten minutes'],
  [90 * MINUTE_MS, '90 minutes'],
  [HOUR_MS, 'one hour'],
  [36 * HOUR_MS, '36 hours'],
  [DAY_MS, 'one day'],
  [7 * DAY_MS, 'seven days'],
  [30_000, '30 seconds'],
  [1_000, 'one second'],
])('%i ms are “%s”', (ms, words) => {
  expect(inWords(ms)).toBe(words)
})

test('the word for 1 can be chosen, and is used for nothing else', () => {
  expect(inWords(DAY_MS, 'a')).toBe('a day')
  expect(inWords(2 * DAY_MS, 'a')).toBe('two days')
})

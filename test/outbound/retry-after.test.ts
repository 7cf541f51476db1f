import fc from 'fast-check'
import { expect, test } from 'vitest'
import { retryAfterMs } from '../../src/outbound/retry-after.js'

const DAY_MS = 24 * 3_600_000
const NOW_MS = Date.parse('2026-05-01T12:00:00Z')
const inMs = (ms: number) => new Date(NOW_MS + ms)

test.each([
  ['120', 120_000],
  [' 120 ', 120_000],
  ['0', 0],
  ['86400', DAY_MS],
  ['86401', DAY_MS],
  ['9'.repeat(400), DAY_MS],
  [inMs(90_000).toUTCString(), 90_000],
  ['Fri May  1 12:01:30 2026 GMT', 90_000],
  [inMs(90_000).toISOString(), 90_000],
  [inMs(-90_000).toUTCString(), 0],
  [inMs(2 * DAY_MS).toUTCString(), DAY_MS],
  ['-5', null],
  ['+5', null],
  ['1.5', null],
  ['1e9', null],
  ['0x10', null],
  ['soon', null],
  ['', null],
  [' ', null],
  [null, null],
  [undefined, null],
])('“Retry-After: %s” is read as %o ms', (value, ms) => {
  expect(retryAfterMs(value, NOW_MS)).toBe(ms)
})

test('Retry-After is read as a day at most, whatever the server sends', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.integer().map(String), fc.date().map(String)), (value) => {
      const ms = retryAfterMs(value, NOW_MS)
      expect(ms === null || (ms >= 0 && ms <= DAY_MS)).toBe(true)
    }),
  )
})

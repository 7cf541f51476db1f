import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkInMs, pauseAfterFailureMs, refreshInMs } from '../../../src/domain/connection/refresh-rules.js'
import { lifeOf } from '../../../src/domain/token/issue-access-token.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const random = fc.double({ min: 0, max: 1, noNaN: true })

test.each([
  ['an hour', HOUR, 48 * MINUTE],
  ['ten minutes: the margin of five', 10 * MINUTE, 5 * MINUTE],
  ['a day: a fifth', 24 * HOUR, 24 * HOUR * 0.8],
  ['two minutes, less than the margin: half', 2 * MINUTE, MINUTE],
  ['ten seconds: no more often than this', 10_000, 30_000],
])('a token that lives for %s is due without jitter when it should be', (_what, lifetime, due) => {
  expect(refreshInMs(lifetime, 0.5)).toBe(due)
})

test('a token of unknown life never comes due', () => {
  expect(refreshInMs(null, 0.5)).toBeNull()
})

test('the jitter is a fifth of the margin, both ways, and never goes beyond the end of a token', () => {
  fc.assert(
    fc.property(fc.integer({ min: MINUTE, max: 60 * 24 * HOUR }), random, (lifetime, random) => {
      const due = refreshInMs(lifetime, random)
      const margin = lifetime - (refreshInMs(lifetime, 0.5) ?? 0)
      expect(due).not.toBeNull()
      expect(Math.abs((due ?? 0) - (lifetime - margin))).toBeLessThanOrEqual(margin * 0.2 + 1e-6)
      expect(due).toBeLessThan(lifetime)
    }),
  )
})

test('pauses grow from five seconds to fifteen minutes, are spread, and never shorter than asked for', () => {
  expect(pauseAfterFailureMs(0, null, 1)).toBe(5_000)
  expect(pauseAfterFailureMs(3, null, 1)).toBe(40_000)
  expect(pauseAfterFailureMs(50, null, 1)).toBe(15 * MINUTE)
  fc.assert(
    fc.property(fc.nat(1_000), fc.option(fc.nat(24 * HOUR)), random, (failures, retryAfter, random) => {
      const pause = pauseAfterFailureMs(failures, retryAfter, random)
      expect(pause).toBeGreaterThanOrEqual((retryAfter ?? 0) + 1_000)
      expect(pause).toBeLessThanOrEqual((retryAfter ?? 0) + 15 * MINUTE)
    }),
  )
})

test('a check is never later than the interval', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1_000, max: 24 * HOUR }), random, (interval, random) => {
      // A tenth is left for looking and asking: within the interval it is known.
      expect(checkInMs(interval, random)).toBeLessThanOrEqual(interval * 0.9)
      expect(checkInMs(interval, random)).toBeGreaterThanOrEqual(interval * 0.69)
    }),
  )
})

test.each([
  ['lives for ever as far as known', { leftMs: null, lifetimeMs: null, refreshable: false }, 'long-enough'],
  ['has exactly as long', { leftMs: 60_000, lifetimeMs: HOUR, refreshable: true }, 'long-enough'],
  ['has less, and can be renewed', { leftMs: 59_999, lifetimeMs: HOUR, refreshable: true }, 'to-be-refreshed'],
  ['has ended, and can be renewed', { leftMs: -1, lifetimeMs: HOUR, refreshable: true }, 'to-be-refreshed'],
  ['has ended, its life unknown', { leftMs: -1, lifetimeMs: null, refreshable: true }, 'to-be-refreshed'],
  ['never lives that long', { leftMs: 20_000, lifetimeMs: 30_000, refreshable: true }, 'too-short'],
  ['has less, and cannot be renewed', { leftMs: 59_999, lifetimeMs: HOUR, refreshable: false }, 'too-short'],
  ['has ended, and cannot be renewed', { leftMs: 0, lifetimeMs: HOUR, refreshable: false }, 'ended'],
] as const)('of a minute needed: a token that %s', (_what, token, life) => {
  expect(lifeOf(token, 60_000)).toBe(life)
})

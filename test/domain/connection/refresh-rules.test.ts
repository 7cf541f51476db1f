import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkInMs, pauseAfterFailureMs, refreshInMs } from '../../../src/domain/connection/refresh-rules.js'
import { lifeOf } from '../../../src/domain/token/issue-access-token.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const random = fc.double({ min: 0, max: 1, noNaN: true })

test.each([
  ['an hour is due after 48 minutes', HOUR, 48 * MINUTE],
  ['ten minutes is due five minutes before its end', 10 * MINUTE, 5 * MINUTE],
  ['a day is due after four fifths of it', 24 * HOUR, 24 * HOUR * 0.8],
  ['two minutes is due after half of it', 2 * MINUTE, MINUTE],
  ['ten seconds is not due for 30 seconds', 10_000, 30_000],
])('without jitter, a token that lives %s', (_what, lifetime, due) => {
  expect(refreshInMs(lifetime, 0.5)).toBe(due)
})

test('a token with an unknown lifetime never comes due', () => {
  expect(refreshInMs(null, 0.5)).toBeNull()
})

test('jitter shifts a refresh by at most a fifth of the margin, and never past the end of the token', () => {
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

test('pauses after failures grow from 5 seconds to 15 minutes, are spread, and honor Retry-After', () => {
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

test('a check is never due later than the interval', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1_000, max: 24 * HOUR }), random, (interval, random) => {
      // A tenth is left for finding and asking, so that the result is known within the interval.
      expect(checkInMs(interval, random)).toBeLessThanOrEqual(interval * 0.9)
      expect(checkInMs(interval, random)).toBeGreaterThanOrEqual(interval * 0.69)
    }),
  )
})

test.each([
  ['has no known expiry is good enough', { leftMs: null, lifetimeMs: null, refreshable: false }, 'long-enough'],
  ['has exactly a minute left is good enough', { leftMs: 60_000, lifetimeMs: HOUR, refreshable: true }, 'long-enough'],
  [
    'has less left and is refreshable needs a refresh',
    { leftMs: 59_999, lifetimeMs: HOUR, refreshable: true },
    'to-be-refreshed',
  ],
  [
    'has expired and is refreshable needs a refresh',
    { leftMs: -1, lifetimeMs: HOUR, refreshable: true },
    'to-be-refreshed',
  ],
  [
    'has expired with an unknown lifetime needs a refresh',
    { leftMs: -1, lifetimeMs: null, refreshable: true },
    'to-be-refreshed',
  ],
  ['never lives that long is too short', { leftMs: 20_000, lifetimeMs: 30_000, refreshable: true }, 'too-short'],
  [
    'has less left and is not refreshable is too short',
    { leftMs: 59_999, lifetimeMs: HOUR, refreshable: false },
    'too-short',
  ],
  ['has expired and is not refreshable is unusable', { leftMs: 0, lifetimeMs: HOUR, refreshable: false }, 'ended'],
] as const)('if a minute is needed, a token that %s', (_what, token, life) => {
  expect(lifeOf(token, 60_000)).toBe(life)
})

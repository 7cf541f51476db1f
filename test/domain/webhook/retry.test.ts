import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pauseMs, verdictOf } from '../../../src/domain/webhook/retry.js'

const now = new Date('2026-05-01T12:00:00Z')
const inMs = (ms: number) => new Date(now.getTime() + ms)
const HOUR_MS = 3_600_000
const attempt = (changes: object = {}) => ({ attempts: 1, now, retryUntil: inMs(24 * HOUR_MS), ...changes })
const status = (status: number, retryAfterMs: number | null = null) => ({ status, retryAfterMs })

describe('the verdict on a try', () => {
  test('is DELIVERED for a 2xx and for nothing else', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), fc.double({ min: 0, max: 1, noNaN: true }), (code, random) => {
        const delivered = verdictOf(status(code), attempt(), random).status === 'DELIVERED'
        expect(delivered).toBe(code >= 200 && code < 300)
      }),
    )
  })

  test('sets random pauses that grow from 5 seconds to an hour and are never under a second', () => {
    const limits = Array.from({ length: 60 }, (_, index) => pauseMs(index + 1, 1))
    expect(limits.slice(0, 4)).toEqual([5_000, 10_000, 20_000, 40_000])
    expect(limits.at(-1)).toBe(HOUR_MS)
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (attempts, random) => {
          const pause = pauseMs(attempts, random)
          expect(pause).toBeGreaterThanOrEqual(1_000)
          expect(pause).toBeLessThanOrEqual(Math.min(HOUR_MS, pauseMs(attempts, 1)))
        },
      ),
    )
    expect(pauseMs(10, 0.5)).toBe(pauseMs(10, 1) / 2)
  })

  test('waits for Retry-After if it is longer than the pause, and never shortens the pause for it', () => {
    expect(verdictOf(status(503, 2 * HOUR_MS), attempt(), 0).dueAt).toEqual(inMs(2 * HOUR_MS))
    expect(verdictOf(status(429, 1_000), attempt({ attempts: 20 }), 1).dueAt).toEqual(inMs(HOUR_MS))
  })

  test('puts the last try at the end of the retry period, and is DEAD if that fails', () => {
    const soon = attempt({ retryUntil: inMs(60_000), attempts: 20 })
    expect(verdictOf(status(500), soon, 1)).toMatchObject({ status: 'PENDING', dueAt: inMs(60_000) })
    expect(verdictOf(status(503, 24 * HOUR_MS), soon, 1)).toMatchObject({ status: 'PENDING', dueAt: inMs(60_000) })
    const late = attempt({ retryUntil: now })
    expect(verdictOf({ fault: 'TIMED_OUT' }, late, 1)).toMatchObject({ status: 'DEAD', result: 'TIMED_OUT' })
    expect(verdictOf(status(200), late, 1).status).toBe('DELIVERED')
  })

  test('is DEAD for 410 Gone', () => {
    expect(verdictOf(status(410), attempt(), 1)).toMatchObject({ status: 'DEAD', result: '410' })
  })

  test('always ends the delivery or schedules the next try within the retry period', () => {
    const answer = fc.oneof(
      fc.record({ status: fc.integer({ min: 100, max: 599 }), retryAfterMs: fc.option(fc.nat(24 * HOUR_MS)) }),
      fc.constant({ fault: 'UNREACHABLE' }),
    )
    fc.assert(
      fc.property(
        answer,
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 1, max: 90_000 }),
        (given, attempts, left) => {
          const retryUntil = inMs(left * 1_000)
          const verdict = verdictOf(given, { attempts, now, retryUntil }, 0.7)
          if (verdict.status === 'PENDING') expect(verdict.dueAt.getTime()).toBeLessThanOrEqual(retryUntil.getTime())
          expect(verdict.dueAt.getTime()).toBeGreaterThan(now.getTime())
        },
      ),
    )
  })
})

import { afterEach, describe, expect, test, vi } from 'vitest'
import { readConfig } from '../../../src/config/environment.js'
import { MAX_USAGES, type Usage } from '../../../src/domain/ports/usage.js'
import { RateLimitedError } from '../../../src/domain/rate-limit/rate-limited-error.js'
import { RateLimits } from '../../../src/domain/rate-limit/rate-limits.js'

const { rates } = readConfig({})
const MINUTE_MS = 60_000

/** Limits on a clock that stands still until it is moved. */
function counting(perMinute: Partial<typeof rates>, others: RateLimits[] = []) {
  const clock = { ms: 1_000 }
  const shared: (readonly Usage[])[] = []
  const refused: string[] = []
  const limits = new RateLimits({
    perMinute: { ...rates, ...perMinute },
    share: (usages) => {
      shared.push(usages)
      for (const other of others) other.add(usages)
    },
    onRefused: (limit, caller) => refused.push(`${limit} ${caller}`),
    now: () => clock.ms,
  })
  const takes = (caller: string, count = 1) => {
    try {
      limits.take('authorizations', caller, count)
      return 'ok'
    } catch (error) {
      if (error instanceof RateLimitedError) return error.retryAfterSeconds
      throw error
    }
  }
  return { limits, clock, shared, refused, takes }
}

afterEach(() => vi.useRealTimers())

describe('a rate limit', () => {
  test('allows a minute’s worth at once, and then as many as return', () => {
    const { clock, takes, refused } = counting({ authorizations: 6 })
    for (let index = 0; index < 6; index++) expect(takes('ada')).toBe('ok')
    expect([takes('ada'), takes('ada')]).toEqual([10, 10])
    clock.ms += 4_000
    expect(takes('ada')).toBe(6)
    clock.ms += 6_000
    expect([takes('ada'), takes('ada')]).toEqual(['ok', 10])
    clock.ms += MINUTE_MS
    for (let index = 0; index < 6; index++) expect(takes('ada')).toBe('ok')
    expect(takes('ada')).toBe(10)
    expect(refused).toEqual(Array(5).fill('authorizations ada'))
  })

  test('counts each caller and each limit by itself', () => {
    const { limits, takes } = counting({ authorizations: 1, changes: 1 })
    expect([takes('ada'), takes('ben'), takes('ada')]).toEqual(['ok', 'ok', 60])
    expect(() => limits.take('changes', 'ada')).not.toThrow()
    expect(() => limits.take('changes', 'ada')).toThrow('Try again in 60 seconds.')
  })

  test('takes several together or none, and more than a minute’s worth only if nothing was taken', () => {
    const { clock, takes } = counting({ authorizations: 6 })
    expect([takes('ada', 4), takes('ada', 3), takes('ada', 2)]).toEqual(['ok', 10, 'ok'])
    expect([takes('ben', 9), takes('ben')]).toEqual(['ok', 40])
    clock.ms += MINUTE_MS
    expect(takes('ben', 7)).toBe(30)
  })

  test('of 0 refuses nothing', () => {
    const { limits, takes } = counting({ authorizations: 0 })
    for (let index = 0; index < 1_000; index++) expect(takes('ada')).toBe('ok')
    expect(limits.refuses('authorizations', 'ada')).toBe(false)
  })

  test('counts what has happened anyway, and then allows less', () => {
    const { limits, clock, takes } = counting({ authorizations: 6 })
    limits.count('authorizations', 'ada', 8)
    expect(() => limits.check('authorizations', 'ada')).toThrow('Try again in 30 seconds.')
    clock.ms += 30_000
    expect(() => limits.check('authorizations', 'ada')).not.toThrow()
    expect([takes('ada'), takes('ada')]).toEqual(['ok', 10])
  })

  test('says whether it would refuse without counting', () => {
    const { clock, limits, takes } = counting({ authorizations: 1 })
    expect(limits.refuses('authorizations', 'ada')).toBe(false)
    expect(takes('ada')).toBe('ok')
    expect(limits.refuses('authorizations', 'ada')).toBe(true)
    clock.ms += MINUTE_MS
    expect(limits.refuses('authorizations', 'ada')).toBe(false)
  })

  test('remembers a caller for as long as that makes a difference, and only so many callers', () => {
    const { clock, takes } = counting({ authorizations: 1 })
    takes('ada')
    clock.ms += MINUTE_MS - 1
    expect(takes('ada')).toBe(1)
    for (let index = 0; index < 20_000; index++) takes(`stranger ${index}`)
    expect(takes('ada')).toBe(1)
    for (let index = 0; index < 40_000; index++) takes(`another ${index}`)
    expect(takes('ada')).toBe('ok')
  })
})

describe('instances', () => {
  test('tell each other what they allowed, together and a moment later', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const other = counting({ authorizations: 3 })
    const { shared, takes, limits } = counting({ authorizations: 3 }, [other.limits])
    expect([takes('ada'), takes('ada'), takes('ben'), takes('ada'), takes('ada')]).toEqual(['ok', 'ok', 'ok', 'ok', 20])
    expect(shared).toEqual([])
    vi.advanceTimersByTime(100)
    expect(shared).toEqual([
      [
        ['authorizations', 'ada', 3],
        ['authorizations', 'ben', 1],
      ],
    ])
    expect([other.takes('ada'), other.takes('ben'), other.takes('ben'), other.takes('ben')]).toEqual([
      20,
      'ok',
      'ok',
      20,
    ])
    vi.advanceTimersByTime(1_000)
    expect(shared).toHaveLength(1)
    limits.close()
  })

  test('that allowed too much together allow less afterward', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const [one, two] = [counting({ authorizations: 6 }), counting({ authorizations: 6 })]
    for (const { takes } of [one, two]) for (let index = 0; index < 6; index++) expect(takes('ada')).toBe('ok')
    vi.advanceTimersByTime(100)
    one.limits.add(two.shared.flat())
    two.limits.add(one.shared.flat())
    expect([one.takes('ada'), two.takes('ada')]).toEqual([70, 70])
  })

  test('share long lists in parts, and ignore limits that they don’t know', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { shared, takes, limits } = counting({ authorizations: 3 })
    for (let index = 0; index < MAX_USAGES + 1; index++) takes(`user ${index}`)
    vi.advanceTimersByTime(100)
    expect(shared.map((usages) => usages.length)).toEqual([MAX_USAGES, 1])
    limits.add([
      ['of a later version', 'ada', 3],
      ['__proto__', 'ada', 3],
      ['authorizations', 'ada', 3],
    ])
    expect(takes('ada')).toBe(20)
  })

  test('that can’t reach the others keep counting for themselves', () => {
    const refused: string[] = []
    const limits = new RateLimits({ perMinute: { ...rates, changes: 1 }, onRefused: (limit) => refused.push(limit) })
    limits.take('changes', 'ada')
    expect(() => limits.take('changes', 'ada')).toThrow(RateLimitedError)
    expect(refused).toEqual(['changes'])
  })
})

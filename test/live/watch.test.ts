import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Feed, Watch } from '../../src/live/watch.js'
import { Watchers } from '../../src/live/watchers.js'

const USER = 'b7a1e0a4-0000-8000-8000-000000000001'

interface State {
  revision: number
}

/** One user's row, and subscribers that watch it. */
function world() {
  const watchers = new Watchers()
  const row = { revision: 0 }
  const faults: unknown[] = []
  const screens: Watch<string, State>[] = []
  const feed: Feed<string, State> = {
    join: (userId, watcher) => watchers.join(userId, watcher),
    leave: (userId, watcher) => watchers.leave(userId, watcher),
    read: async () => ({ ...row }),
    shownBy: () => ({ catalogueRevision: 0, parts: [] }),
    telemetry: { readFailed: (error) => void faults.push(error), pushed: () => {} },
  }
  return {
    watchers,
    row,
    faults,
    commit(ring: () => void = () => watchers.notify(USER)) {
      row.revision++
      ring()
    },
    screen({ since, ...parts }: Partial<Feed<string, State>> & { since?: number | undefined } = {}) {
      const screen = new Watch<string, State>({ ...feed, ...parts }, USER, since)
      screens.push(screen)
      return screen
    },
    /** Every subscriber leaves. */
    leave() {
      for (const screen of screens) void screen.return()
    },
  }
}

/** Lets everything run that only waits for its turn. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('commits and notifications', () => {
  /** The points at which another commit can happen, named after the step that follows. */
  const STEPS = ['listen', 'read', 'snapshot', 'answer', 'deliver', 'wait'] as const
  const commits = fc.record(Object.fromEntries(STEPS.map((step) => [step, fc.nat({ max: 2 })])))

  test('L6: a commit during subscribing is never missed and never delivered twice (1,000 seeds)', async () => {
    await fc.assert(
      fc.asyncProperty(
        commits,
        fc.option(fc.integer({ min: -1, max: 2 })),
        fc.boolean(),
        async (plan, since, looksAhead) => {
          const { watchers, row, screen, leave, commit } = world()
          const left = { ...plan }
          const at = (step: (typeof STEPS)[number]) => {
            for (; (left[step] ?? 0) > 0; left[step] = (left[step] ?? 0) - 1) commit()
          }
          const updates = screen({
            since: since ?? undefined,
            join: (userId, watcher) => {
              at('listen')
              watchers.join(userId, watcher)
            },
            // The snapshot is taken midway.
            async read() {
              at('read')
              await Promise.resolve()
              at('snapshot')
              const state = { ...row }
              at('answer')
              await Promise.resolve()
              at('deliver')
              return state
            },
            telemetry: { readFailed: () => expect.unreachable(), pushed: () => {} },
          })
          const seen: number[] = []
          if (looksAhead) await updates.first()
          const watching = (async () => {
            for await (const { revision } of updates) seen.push(revision)
          })()
          await settle()
          at('wait')
          await settle()
          leave()
          await watching
          // The subscriber has what was committed last, and got nothing twice.
          const has = seen.at(-1) ?? since
          expect(has).toBe(row.revision)
          expect([...new Set(seen)].sort((a, b) => a - b)).toEqual(seen)
          expect(watchers.size).toBe(0)
        },
      ),
      { numRuns: 1_000 },
    )
  })

  test('L7: revisions strictly increase up to the last, whatever happens to the notifications (1,000 seeds)', async () => {
    // Each commit's notification arrives a few turns later: once, twice or never. The last one's always arrives.
    const rings = fc.array(fc.array(fc.nat({ max: 8 }), { maxLength: 2 }), { minLength: 1, maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(rings, fc.nat({ max: 3 }), async (delays, readTurns) => {
        const { watchers, row, leave, screen, commit } = world()
        const turns = async (count: number) => {
          for (let turn = 0; turn < count; turn++) await Promise.resolve()
        }
        const seen: number[] = []
        const read = async () => {
          const state = { ...row }
          await turns(readTurns)
          return state
        }
        const watching = (async () => {
          for await (const { revision } of screen({ read })) seen.push(revision)
        })()
        const arrivals: Promise<void>[] = []
        for (const late of delays) {
          commit(() => arrivals.push(...late.map((delay) => turns(delay).then(() => watchers.notify(USER)))))
          await turns(2)
        }
        await Promise.all(arrivals)
        watchers.notify(USER)
        await settle()
        leave()
        await watching
        expect(seen.at(-1)).toBe(row.revision)
        expect(seen.every((revision, index) => index === 0 || revision > (seen[index - 1] ?? 0))).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('a subscriber', () => {
  test('skips intermediate states if it reads slowly, and gets the last one', async () => {
    const { row, commit, screen, leave } = world()
    const read = vi.fn(async () => ({ ...row }))
    const updates = screen({ read })
    expect((await updates.next()).value).toEqual({ revision: 0 })
    for (let change = 0; change < 10_000; change++) commit()
    expect((await updates.next()).value).toEqual({ revision: 10_000 })
    expect(read).toHaveBeenCalledTimes(2) // ten thousand notifications were one dirty bit
    const next = updates.next()
    await settle()
    expect(read).toHaveBeenCalledTimes(2)
    leave()
    expect(await next).toEqual({ value: undefined, done: true })
  })

  test('that has the current revision gets nothing until the revision differs, lower or higher', async () => {
    const { row, commit, watchers, screen, leave } = world()
    row.revision = 7
    const updates = screen({ since: 7 })
    const next = updates.next()
    watchers.notify(USER)
    await settle()
    commit()
    expect((await next).value).toEqual({ revision: 8 })
    row.revision = 3 // restored from an older backup
    watchers.notify(USER)
    expect((await updates.next()).value).toEqual({ revision: 3 })
    leave()
  })

  test('ends promptly if it leaves while waiting for a notification, and is forgotten', async () => {
    const { screen, leave, watchers } = world()
    const updates = screen()
    await updates.next()
    const next = updates.next()
    await settle()
    leave()
    expect((await next).done).toBe(true)
    expect(watchers.size).toBe(0)
  })

  test('reads nothing if it leaves before it begins', async () => {
    const { screen, leave, watchers } = world()
    const updates = screen({ read: expect.unreachable })
    leave()
    expect((await updates.next()).done).toBe(true)
    expect(watchers.size).toBe(0)
  })

  test('that looks ahead gets the same state, once, unless it has it', async () => {
    const { row, commit, screen, leave } = world()
    const read = vi.fn(async () => ({ ...row }))
    const updates = screen({ read })
    expect(await updates.first()).toEqual({ revision: 0 })
    expect((await updates.next()).value).toEqual({ revision: 0 })
    const known = screen({ read, since: 0 })
    expect(await known.first()).toEqual({ revision: 0 })
    const next = known.next()
    await settle()
    expect(read).toHaveBeenCalledTimes(2)
    commit()
    expect((await next).value).toEqual({ revision: 1 })
    leave()
  })

  test('is forgotten if it looks ahead and the state can’t be read', async () => {
    const { screen, watchers } = world()
    const updates = screen({ read: () => Promise.reject(new Error('the database is away')) })
    await expect(updates.first()).rejects.toThrow('the database is away')
    expect(watchers.size).toBe(0)
    expect((await updates.next()).done).toBe(true)
  })

  test('gets nothing when another user is notified', async () => {
    const { screen, commit, watchers, leave, row } = world()
    const read = vi.fn(async () => ({ ...row }))
    const updates = screen({ read })
    await updates.next()
    const next = updates.next()
    commit(() => watchers.notify('b7a1e0a4-0000-8000-8000-000000000002'))
    await settle()
    expect(read).toHaveBeenCalledTimes(1)
    leave()
    await next
  })
})

describe('L16: after a change of the catalogue', () => {
  const [shown, other] = [{}, {}]
  /** A subscriber that shows one part of the catalogue. Its user's revision is 5, and the catalogue's is given. */
  function subscriber(since?: number) {
    const catalogue = { revision: 10, part: shown }
    const user = { revision: 5 }
    const { screen, watchers, leave } = world()
    const read = vi.fn(async () => ({ revision: user.revision + catalogue.revision }))
    const shownBy = () => ({ catalogueRevision: catalogue.revision, parts: [catalogue.part] })
    const updates = screen({ since, read, shownBy })
    const changed = (part: object) => {
      Object.assign(catalogue, { revision: catalogue.revision + 1, part })
      const concerned = watchers.concernedBy({ revision: catalogue.revision, parts: new Set([part, other]) })
      for (const watcher of concerned) watcher.wake()
      return concerned.length
    }
    const stale = () => watchers.stale(USER, user.revision + catalogue.revision, catalogue.revision)
    return { updates, read, user, catalogue, changed, stale, watchers, leave }
  }

  test.each([
    ['with a state', undefined],
    ['that came back with the current revision', 15],
  ])('a subscriber %s goes on waiting if nothing that it shows has changed, and is not stale', async (_who, since) => {
    const { updates, read, changed, stale, user, watchers, leave } = subscriber(since)
    if (since === undefined) await updates.next()
    const next = updates.next()
    await settle()
    expect([changed(shown), changed(shown)]).toEqual([0, 0])
    expect(stale()).toBe(0)
    // A notification of something else finds nothing new either.
    watchers.notify(USER)
    await settle()
    expect(read).toHaveBeenCalledTimes(2)
    expect(stale()).toBe(0)
    user.revision++
    expect(stale()).toBe(1)
    watchers.notify(USER)
    expect((await next).value).toEqual({ revision: 18 })
    leave()
  })

  test('a subscriber gets the new state if something that it shows has changed', async () => {
    const { updates, changed, stale, leave } = subscriber()
    await updates.next()
    const next = updates.next()
    expect(changed({})).toBe(1)
    expect(stale()).toBe(1)
    expect((await next).value).toEqual({ revision: 16 })
    expect(stale()).toBe(0)
    leave()
  })

  test('a change of what it shows counts, however many others follow', async () => {
    const { updates, changed, stale, read, leave } = subscriber()
    await updates.next()
    const changes = { part: {} }
    expect([changed(changes.part), changed(changes.part)]).toEqual([1, 1])
    expect(stale()).toBe(1)
    expect((await updates.next()).value).toEqual({ revision: 17 })
    expect(read).toHaveBeenCalledTimes(2)
    leave()
  })

  test('a catalogue that no one followed leaves it stale, also one from an older backup', async () => {
    const { updates, catalogue, stale, leave } = subscriber()
    await updates.next()
    catalogue.revision++
    expect(stale()).toBe(1)
    catalogue.revision -= 2
    expect(stale()).toBe(1)
    leave()
  })

  test('one that has read nothing yet reads again', async () => {
    const { updates, changed, leave } = subscriber()
    await updates.first()
    expect(changed(shown)).toBe(1)
    leave()
  })
})

describe('a failed read', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  test('is retried with growing pauses of at most five seconds, until it works', async () => {
    const { row, faults, screen, leave } = world()
    let reads = 0
    const updates = screen({
      read: async () => {
        if (++reads <= 12) throw new Error('the database is away')
        return { ...row }
      },
    })
    const pauses: number[] = []
    const next = updates.next()
    for (let fault = 1; fault <= 12; fault++) {
      await settle()
      expect(faults).toHaveLength(fault)
      pauses.push(await passPause(() => reads > fault))
    }
    expect((await next).value).toEqual({ revision: 0 })
    expect(pauses[0]).toBeLessThanOrEqual(50)
    expect(Math.max(...pauses)).toBeLessThanOrEqual(5_000)
    expect(pauses.at(-1)).toBeGreaterThanOrEqual(2_500)
    leave()
  })

  /** Lets a pause pass, and returns how long it was in milliseconds. */
  async function passPause(isOver: () => boolean): Promise<number> {
    for (let ms = 0; ms < 60_000; ms++) {
      if (isOver()) return ms
      vi.advanceTimersByTime(1)
      await settle()
    }
    throw new Error('the pause did not end')
  }

  test('does not lose the change that it was for', async () => {
    const { row, commit, screen, faults, leave } = world()
    let broken = false
    let reads = 0
    const read = async () => {
      reads++
      if (broken) throw new Error('the database is away')
      return { ...row }
    }
    const updates = screen({ read })
    await updates.next()
    broken = true
    const next = updates.next()
    commit()
    await settle()
    expect(faults).toHaveLength(1)
    broken = false
    await passPause(() => reads > 2)
    expect((await next).value).toEqual({ revision: 1 })
    leave()
  })

  test('does not hold back a subscriber that is leaving', async () => {
    const { screen, leave, watchers } = world()
    const timers = vi.getTimerCount()
    const next = screen({ read: () => Promise.reject(new Error('the database is away')) }).next()
    await settle()
    leave()
    expect((await next).done).toBe(true)
    expect(vi.getTimerCount()).toBe(timers)
    expect(watchers.size).toBe(0)
  })
})

import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Bus, BusListener, Notification } from '../../src/live/bus.js'
import { createCatalogueWakes } from '../../src/live/catalogue-wakes.js'
import { createNotifier } from '../../src/live/notifier.js'
import { createSweep } from '../../src/live/sweep.js'
import { type Watcher, Watchers } from '../../src/live/watchers.js'
import { openTestDatabase, type TestDatabase } from '../support/database.js'

const SPREAD_MS = 2_000

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/**
 * A subscriber that was sent this revision and shows everything.
 * @param catalogue the catalogue's part of the revision
 */
function screenOf(sent: number | undefined, wake: () => void, catalogue = 0) {
  const screen = {
    sent,
    get userRevision() {
      return screen.sent === undefined ? undefined : screen.sent - catalogue
    },
    isWaiting: true,
    has: (revision: number) => revision === screen.sent,
    concernedBy: () => true,
    wake,
  }
  return screen satisfies Watcher
}

/** Subscribers of some users, and which of them were notified since the last look. */
function screens(watchers: Watchers, users: readonly string[], sent?: number, catalogue?: number) {
  const rung = new Set<string>()
  for (const userId of users)
    watchers.join(
      userId,
      screenOf(sent, () => rung.add(userId), catalogue),
    )
  return async () => {
    await new Promise((resolve) => setImmediate(resolve))
    const heard = users.filter((userId) => rung.has(userId))
    rung.clear()
    return heard
  }
}

/** A bus that keeps what was published, and delivers what others publish. */
function recordingBus(): Bus & {
  published: Notification[]
  bring(notification: Notification): void
  returnAfterLoss(): void
} {
  const published: Notification[] = []
  let listener: BusListener | undefined
  return {
    published,
    bring: (notification) => listener?.notified(notification),
    returnAfterLoss: () => listener?.resumed(),
    publish: (notification) => void published.push(notification),
    subscribe: async (given) => {
      listener = given
    },
    share: () => {},
    onShared: () => {},
    fault: null,
    close: async () => {},
  }
}

describe('the notifier', () => {
  const users = Array.from({ length: 100 }, () => randomUUID())
  const [ada = '', ben = ''] = users
  const sweep = vi.fn()
  const follow = vi.fn()
  const everything = (revision: number) => ({ revision, parts: new Set<object>() })

  test('notifies one user’s subscribers immediately, and tells other instances only the user’s id and revision', async () => {
    const watchers = new Watchers()
    const bus = recordingBus()
    const heard = screens(watchers, [ada, ben])
    const notifier = await createNotifier(watchers, bus, sweep, follow)
    notifier.notify({ userId: ada, revision: 4 })
    expect(await heard()).toEqual([ada])
    expect(bus.published).toEqual([{ userId: ada, revision: 4, committedAt: expect.any(Number) }])
  })

  test('passes on what other instances publish, without publishing it again', async () => {
    const watchers = new Watchers()
    const bus = recordingBus()
    const heard = screens(watchers, [ada, ben])
    await createNotifier(watchers, bus, sweep, follow)
    bus.bring({ userId: ben, revision: 2, committedAt: 0 })
    expect(await heard()).toEqual([ben])
    bus.bring({ catalogueRevision: 9 })
    expect(follow).toHaveBeenLastCalledWith(9)
    expect(bus.published).toEqual([])
  })

  test('sweeps when notifications arrive again after a loss', async () => {
    const bus = recordingBus()
    sweep.mockClear()
    await createNotifier(new Watchers(), bus, sweep, follow)
    expect(sweep).not.toHaveBeenCalled()
    bus.returnAfterLoss()
    expect(sweep).toHaveBeenCalledOnce()
  })

  test('says whose state has changed, here or elsewhere, before subscribers read it', async () => {
    const watchers = new Watchers()
    const order: string[] = []
    watchers.join(
      ada,
      screenOf(undefined, () => order.push('wake')),
    )
    const bus = recordingBus()
    const notifier = await createNotifier(watchers, bus, sweep, follow, (userId) => order.push(userId))
    notifier.notify({ userId: ada, revision: 4 })
    bus.bring({ userId: ada, revision: 5, committedAt: Date.now() })
    expect(order).toEqual([ada, 'wake', ada, 'wake'])
  })

  test('brings the catalogue up to date and tells other instances its revision', async () => {
    const bus = recordingBus()
    const notifier = await createNotifier(new Watchers(), bus, sweep, follow)
    notifier.notifyCatalogue(3)
    expect(follow).toHaveBeenLastCalledWith(3)
    expect(bus.published).toEqual([{ catalogueRevision: 3 }])
  })

  test('a changed catalogue wakes all whom it concerns, spread over two seconds', async () => {
    const watchers = new Watchers()
    const heard = screens(watchers, users)
    const wakes = createCatalogueWakes(watchers)
    wakes.changed(everything(3))
    for (let quarter = 0; quarter < 4; quarter++) {
      vi.advanceTimersByTime(SPREAD_MS / 4)
      expect((await heard()).length).toBeGreaterThanOrEqual(24)
    }
    expect(vi.getTimerCount()).toBe(0)
    wakes.changed(everything(4))
    wakes.close()
    expect(vi.getTimerCount()).toBe(0)
  })

  test('many changes of the catalogue in a row wake a subscriber once, with a single timer', async () => {
    const watchers = new Watchers()
    const reached = screenOf(undefined, vi.fn())
    watchers.join(randomUUID(), reached)
    screens(watchers, users)
    const wakes = createCatalogueWakes(watchers)
    for (let revision = 1; revision <= 2_000; revision++) wakes.changed(everything(revision))
    expect(vi.getTimerCount()).toBe(1)
    vi.advanceTimersByTime(SPREAD_MS + 100)
    expect(reached.wake).toHaveBeenCalledOnce()
    expect(vi.getTimerCount()).toBe(0)
    wakes.close()
  })

  test('L16: a changed catalogue does not wake those whom it does not concern', async () => {
    const watchers = new Watchers()
    const heard = screens(watchers, [ada])
    const other = { ...screenOf(undefined, vi.fn()), concernedBy: () => false }
    watchers.join(ben, other)
    watchers.join(ada, other)
    const wakes = createCatalogueWakes(watchers)
    wakes.changed(everything(3))
    vi.advanceTimersByTime(SPREAD_MS)
    expect(await heard()).toEqual([ada])
    expect(other.wake).not.toHaveBeenCalled()
    wakes.close()
  })
})

/** Unlike vi.waitFor, it doesn't advance the fake timers while it waits. */
async function eventually(check: () => void | Promise<void>): Promise<void> {
  for (const end = performance.now() + 45_000; ; ) {
    try {
      return await check()
    } catch (error) {
      if (performance.now() > end) throw error
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}

describe('the sweep', () => {
  let database: TestDatabase
  const faults: unknown[] = []
  const telemetry = { sweepCaught: vi.fn(), sweepFailed: (error: unknown) => void faults.push(error) }

  beforeAll(async () => {
    database = await openTestDatabase()
  })
  beforeEach(() => {
    telemetry.sweepCaught.mockClear()
    faults.length = 0
  })
  afterAll(() => database.close())

  async function storedUser(revision: number): Promise<string> {
    const id = randomUUID()
    const identity = { issuer: 'host', subject: id, organization: 'northwind' }
    await database.db.user.create({ data: { id, ...identity, revision, createdAt: new Date() } })
    return id
  }
  const raiseCatalogue = () =>
    database.db.$executeRaw`INSERT INTO "Catalogue" (id, revision) VALUES (1, 1)
      ON CONFLICT (id) DO UPDATE SET revision = "Catalogue".revision + 1`
  const catalogueRevision = async () => (await database.db.catalogue.findUnique({ where: { id: 1 } }))?.revision ?? 0

  test('notifies only the subscribers that were not sent the current revision', async () => {
    const watchers = new Watchers()
    const catalogue = await catalogueRevision()
    const [current, stale, ahead] = [await storedUser(5), await storedUser(5), await storedUser(5)]
    const unknown = randomUUID()
    const rightly = screens(watchers, [current], catalogue + 5, catalogue)
    const late = screens(watchers, [stale], catalogue + 4, catalogue)
    const restored = screens(watchers, [ahead], catalogue + 6, catalogue)
    const newcomer = screens(watchers, [unknown], catalogue, catalogue)
    const sweep = createSweep(database.sql, watchers, telemetry, async () => false)
    await sweep.now()
    expect(await rightly()).toEqual([])
    expect(await late()).toEqual([stale])
    expect(await restored()).toEqual([ahead])
    expect(await newcomer()).toEqual([])
    expect(telemetry.sweepCaught).not.toHaveBeenCalled()
    await sweep.now()
    expect(telemetry.sweepCaught.mock.calls).toEqual([[2]])
    await sweep.close()
  })

  test('counts neither those who are reading nor those whose notification was on its way', async () => {
    const watchers = new Watchers()
    const catalogue = await catalogueRevision()
    const [late, busy, missed] = [await storedUser(5), await storedUser(5), await storedUser(5)]
    const reading = { ...screenOf(catalogue + 4, vi.fn(), catalogue), isWaiting: false }
    watchers.join(busy, reading)
    const heard = screens(watchers, [late, missed], catalogue + 4, catalogue)
    const sweep = createSweep(database.sql, watchers, telemetry, async () => false)
    await sweep.now()
    expect(await heard()).toEqual([late, missed])
    expect(reading.wake).toHaveBeenCalledOnce()
    watchers.notify(late)
    await sweep.now()
    expect(telemetry.sweepCaught.mock.calls).toEqual([[1]])
    await sweep.close()
  })

  test('notifies the one of a user’s subscribers that is behind, whichever came first', async () => {
    const watchers = new Watchers()
    const catalogue = await catalogueRevision()
    for (const revisions of [
      [5, 4],
      [4, 5],
    ]) {
      const user = await storedUser(5)
      const subscribers = revisions.map((revision) => screenOf(catalogue + revision, vi.fn(), catalogue))
      for (const subscriber of subscribers) watchers.join(user, subscriber)
      const sweep = createSweep(database.sql, watchers, telemetry, async () => false)
      await sweep.now()
      await sweep.close()
      for (const [index, { wake }] of subscribers.entries()) {
        expect(wake).toHaveBeenCalledTimes(revisions[index] === 4 ? 1 : 0)
      }
      for (const subscriber of subscribers) subscriber.sent = catalogue + 5
    }
  })

  test('takes one query for all subscribers, and none if there are no subscribers', async () => {
    const watchers = new Watchers()
    const sweep = createSweep(database.sql, watchers, telemetry, async () => false)
    expect(await database.countStatements(() => sweep.now())).toHaveLength(0)
    screens(watchers, [await storedUser(1), await storedUser(1), randomUUID()])
    expect(await database.countStatements(() => sweep.now())).toHaveLength(1)
    await sweep.close()
  })

  test('L13: spreads a changed catalogue over two seconds, to subscribers not notified by then', async () => {
    const watchers = new Watchers()
    const before = await catalogueRevision()
    const users = Array.from({ length: 40 }, () => randomUUID())
    const heard = screens(watchers, users, before, before)
    const reached = screenOf(before, vi.fn(), before)
    watchers.join(randomUUID(), reached)
    const sweep = createSweep(database.sql, watchers, telemetry, async () => true)
    await sweep.now()
    expect(await heard()).toEqual([])
    await raiseCatalogue()
    await sweep.now()
    // In whatever order the database returns the users, its turn has not come yet.
    reached.sent = before + 1
    expect((await heard()).length).toBeLessThanOrEqual(1)
    vi.advanceTimersByTime(SPREAD_MS / 2)
    expect((await heard()).length).toBeLessThanOrEqual(21)
    vi.advanceTimersByTime(SPREAD_MS / 2)
    expect((await heard()).length).toBeGreaterThanOrEqual(19)
    expect(reached.wake).not.toHaveBeenCalled()
    expect(telemetry.sweepCaught.mock.calls).toEqual([[41]])
    await sweep.close()
  })

  test('runs every two seconds with jitter, and again after a failure', async () => {
    const watchers = new Watchers()
    const heard = screens(watchers, [await storedUser(3)], 1)
    const sweep = createSweep(database.sql, watchers, telemetry, async () => false)
    const broken = database.tap(() => {
      throw new Error('the database is away')
    })
    sweep.start()
    vi.advanceTimersByTime(2_500)
    await eventually(() => expect(faults).toHaveLength(1))
    broken[Symbol.dispose]()
    vi.advanceTimersByTime(1_000)
    expect(await heard()).toEqual([])
    // Its timers can't be counted, because a database in this process has one as well.
    await eventually(async () => {
      vi.advanceTimersByTime(100)
      expect(await heard()).toHaveLength(1)
    })
    await sweep.close()
    const begins = vi.spyOn(watchers, 'takeMissed')
    vi.advanceTimersByTime(2_500)
    expect(begins).not.toHaveBeenCalled()
  })
})

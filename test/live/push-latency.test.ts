import { expect, test } from 'vitest'
import { type BusListener, createMemoryBus } from '../../src/live/bus.js'
import { createNotifier } from '../../src/live/notifier.js'
import { Watch } from '../../src/live/watch.js'
import { Watchers } from '../../src/live/watchers.js'

const USER = 'b7a1e0a4-0000-8000-8000-000000000001'

/** Lets everything run that only waits for its turn. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

function world() {
  const watchers = new Watchers()
  const row = { revision: 0 }
  const latencies: number[] = []
  const screen = new Watch(
    {
      join: (userId, watcher) => watchers.join(userId, watcher),
      leave: (userId, watcher) => watchers.leave(userId, watcher),
      read: async () => ({ ...row }),
      shownBy: () => ({ catalogueRevision: 0, parts: [] }),
      telemetry: { readFailed: () => expect.unreachable(), pushed: (latencyMs) => void latencies.push(latencyMs) },
    },
    USER,
    undefined,
  )
  return {
    watchers,
    row,
    latencies,
    screen,
    /** A change committed this many milliseconds ago. */
    commit(agoMs: number) {
      row.revision++
      watchers.notify(USER, Date.now() - agoMs)
    },
  }
}

const about = (ms: number) => expect.toSatisfy((value: number) => value >= ms && value < ms + 1_000)

test('a push is measured once the client has taken it, from the earliest of the commits that it shows', async () => {
  const { screen, commit, latencies } = world()
  await screen.next()
  commit(5_000)
  commit(60_000)
  commit(2_000)
  await screen.next()
  expect(latencies).toEqual([])
  const later = screen.next()
  await settle()
  expect(latencies).toEqual([about(60_000)])
  commit(3_000)
  await later
  void screen.next()
  await settle()
  expect(latencies).toEqual([about(60_000), about(3_000)])
})

test('the first state, a sweep’s find and a notification without a change are not measured as pushes', async () => {
  const { screen, watchers, row, latencies } = world()
  await screen.next()
  row.revision++
  const caught = screen.next()
  await settle()
  watchers.wakeStale(USER, row.revision, 0, true)
  await caught
  const idle = screen.next()
  await settle()
  watchers.notify(USER, Date.now() - 5_000)
  await settle()
  row.revision++
  watchers.wakeStale(USER, row.revision, 0, true)
  await idle
  void screen.next()
  await settle()
  expect(latencies).toEqual([])
})

test('the last state is measured even if the client asks for nothing after it', async () => {
  const { screen, commit, latencies } = world()
  await screen.next()
  commit(4_000)
  await screen.next()
  screen.complete()
  expect(latencies).toEqual([about(4_000)])
})

test('a state is not measured if the client leaves before taking it', async () => {
  const { screen, commit, latencies } = world()
  await screen.next()
  commit(4_000)
  await screen.next()
  await screen.return()
  expect(latencies).toEqual([])
})

test('a notification from another instance is measured from the commit there', async () => {
  const { screen, watchers, row, latencies } = world()
  let bus: BusListener | undefined
  const subscribe = async (listener: BusListener) => {
    bus = listener
  }
  await createNotifier(
    watchers,
    { ...createMemoryBus(), subscribe },
    () => {},
    () => {},
  )
  await screen.next()
  row.revision++
  bus?.notified({ userId: USER, revision: row.revision, committedAt: Date.now() - 7_000 })
  await screen.next()
  void screen.next()
  await settle()
  expect(latencies).toEqual([about(7_000)])
})

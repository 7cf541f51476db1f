import { expect, test, vi } from 'vitest'
import { type Updates, updatesOf } from '../../src/domain/updates.js'
import { Watch } from '../../src/live/watch.js'
import { Watchers } from '../../src/live/watchers.js'

const USER = 'b7a1e0a4-0000-8000-8000-000000000001'

function watching({ since }: { since?: number } = {}) {
  const watchers = new Watchers()
  const row = { revision: 1 }
  const watch = new Watch<string, { revision: number }>(
    {
      join: (userId, watcher) => watchers.join(userId, watcher),
      leave: (userId, watcher) => watchers.leave(userId, watcher),
      read: async () => ({ ...row }),
      shownBy: () => ({ catalogueRevision: 0, parts: [] }),
      telemetry: { readFailed: () => expect.unreachable(), pushed: () => {} },
    },
    USER,
    since,
  )
  const commit = () => {
    row.revision++
    watchers.notify(USER)
  }
  return { watch, watchers, commit }
}

test('a consumer that waits is woken once, by the first of several changes', async () => {
  const { watch, commit } = watching()
  expect(await watch.look()).toEqual({ done: false, value: { revision: 1 } })
  expect(await watch.look()).toBeUndefined()
  const wake = vi.fn()
  expect(watch.wait({ wake })).toBe(true)
  expect(wake).not.toHaveBeenCalled()
  commit()
  commit()
  expect(wake).toHaveBeenCalledOnce()
  expect(await watch.look()).toEqual({ done: false, value: { revision: 3 } })
})

test('a consumer can’t wait while there may be something, so it misses no change', async () => {
  const { watch, commit } = watching()
  expect(watch.wait({ wake: expect.unreachable })).toBe(false)
  await watch.first()
  expect(watch.wait({ wake: expect.unreachable })).toBe(false)
  await watch.look()
  commit()
  expect(watch.wait({ wake: expect.unreachable })).toBe(false)
})

test('a consumer that has the current revision waits without having got anything', async () => {
  const { watch, watchers } = watching({ since: 1 })
  await watch.first()
  expect(await watch.look()).toBeUndefined()
  const wake = vi.fn()
  expect(watch.wait({ wake })).toBe(true)
  watchers.notify(USER)
  expect(wake).toHaveBeenCalledOnce()
  expect(await watch.look()).toBeUndefined()
})

test('a consumer that waits is woken when the watch ends, and finds the end', async () => {
  const { watch, watchers } = watching()
  await watch.look()
  const wake = vi.fn()
  watch.wait({ wake })
  await watch.return()
  expect(wake).toHaveBeenCalledOnce()
  expect(await watch.look()).toEqual({ done: true, value: undefined })
  expect(watchers.size).toBe(0)
})

test('any other iterator waits in its look, and is left by the consumer', async () => {
  const left = vi.fn()
  async function* numbers() {
    try {
      yield 1
      yield 2
    } finally {
      left()
    }
  }
  const updates: Updates<number> = updatesOf(numbers())
  expect(await updates.look()).toEqual({ done: false, value: 1 })
  expect(updates.wait({ wake: expect.unreachable })).toBe(false)
  expect(await updates.return()).toEqual({ done: true, value: undefined })
  expect(left).toHaveBeenCalledOnce()
  expect(updatesOf(updates)).toBe(updates)
})

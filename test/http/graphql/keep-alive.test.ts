import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { WebSocket } from 'ws'
import { createKeepAlive } from '../../../src/http/graphql/keep-alive.js'

const PING_EVERY_MS = 25_000

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

class FakeSocket extends EventEmitter {
  readonly OPEN = 1
  readyState = 1
  readonly terminate = vi.fn()
  readonly ping = vi.fn(() => {
    if (this.answers) this.emit('pong')
  })
  constructor(readonly answers: boolean) {
    super()
  }
}

function add(keepAlive: ReturnType<typeof createKeepAlive>, answers: boolean): FakeSocket {
  const socket = new FakeSocket(answers)
  keepAlive.add(socket as unknown as WebSocket)
  return socket
}

test('pings each socket once per interval, and cuts off those that don’t answer', () => {
  const keepAlive = createKeepAlive(PING_EVERY_MS)
  const [alive, silent] = [add(keepAlive, true), add(keepAlive, false)]
  vi.advanceTimersByTime(PING_EVERY_MS)
  expect([alive.ping, silent.ping].map((ping) => ping.mock.calls.length)).toEqual([1, 1])
  expect(silent.terminate).not.toHaveBeenCalled()
  vi.advanceTimersByTime(PING_EVERY_MS)
  expect(silent.terminate).toHaveBeenCalledOnce()
  expect(alive.terminate).not.toHaveBeenCalled()
  expect(alive.ping).toHaveBeenCalledTimes(2)
  keepAlive.stop()
})

test('pings a part of the sockets at a time, with a single timer', () => {
  const keepAlive = createKeepAlive(PING_EVERY_MS)
  const sockets = Array.from({ length: 2_500 }, () => add(keepAlive, true))
  const pinged = () => sockets.filter(({ ping }) => ping.mock.calls.length > 0).length
  expect(vi.getTimerCount()).toBe(1)
  vi.advanceTimersByTime(PING_EVERY_MS / 250)
  expect(pinged()).toBe(10)
  vi.advanceTimersByTime(PING_EVERY_MS)
  expect(pinged()).toBe(2_500)
  keepAlive.stop()
  expect(vi.getTimerCount()).toBe(0)
})

test('leaves closed sockets alone', () => {
  const keepAlive = createKeepAlive(PING_EVERY_MS)
  const [closed, closing] = [add(keepAlive, false), add(keepAlive, false)]
  closed.emit('close')
  closing.readyState = 2
  vi.advanceTimersByTime(3 * PING_EVERY_MS)
  expect(
    [closed.ping, closing.ping, closed.terminate, closing.terminate].map((call) => call.mock.calls.length),
  ).toEqual([0, 0, 0, 0])
  keepAlive.stop()
})

import type { WebSocket } from 'ws'

/**
 * How often each socket is pinged. Less than half of what proxies leave an idle connection open (60 s in nginx). With
 * thousands of sockets, pings are most of what an instance does while nothing changes.
 */
const PING_EVERY_MS = 25_000
/** So many that the sockets of one slot take a millisecond or two. */
const SLOTS = 250

/**
 * Pings sockets, and cuts off those that didn't answer the last ping. One timer serves all sockets. Each has its slot, so
 * that thousands are not pinged at the same time.
 */
export function createKeepAlive(pingEveryMs = PING_EVERY_MS) {
  const slots = Array.from({ length: SLOTS }, () => new Set<WebSocket>())
  const silent = new Set<WebSocket>()
  let added = 0
  let turn = 0
  const timer = setInterval(() => {
    for (const socket of slots[turn++ % SLOTS] ?? []) {
      if (silent.has(socket)) socket.terminate()
      else if (socket.readyState === socket.OPEN) {
        silent.add(socket)
        socket.ping()
      }
    }
  }, pingEveryMs / SLOTS).unref()

  function answered(this: WebSocket): void {
    silent.delete(this)
  }

  function forget(this: WebSocket): void {
    silent.delete(this)
    for (const slot of slots) slot.delete(this)
  }

  return {
    add(socket: WebSocket): void {
      slots[added++ % SLOTS]?.add(socket)
      // The same functions for all sockets, because each keeps its listeners for as long as it is open.
      socket.on('pong', answered)
      socket.on('close', forget)
    },
    stop: () => clearInterval(timer),
  }
}

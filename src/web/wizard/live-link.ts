import type { Sink } from 'graphql-ws'
import { openEventStreams } from './event-streams.js'
import type { Request, Way, WayOptions } from './way.js'
import { openWebSockets, webSocketsGetThrough } from './web-sockets.js'

/** While events come as streams, it is looked this often whether a WebSocket gets through now. */
const LOOK_AGAIN_MS = 60_000

interface Open {
  request: Request
  sink: Sink
  stop(): void
}

/**
 * Subscriptions over one WebSocket; where none gets through, over server-sent events. What is open moves along.
 * A browser opens six streams to a host at most, so WebSockets are gone back to as soon as they get through.
 */
export function createLiveLink(options: WayOptions): Pick<Way, 'subscribe'> {
  const open = new Set<Open>()
  let way = byWebSockets()

  function byWebSockets(): Way {
    return openWebSockets({ ...options, onBlocked: () => move(byEventStreams) })
  }

  function byEventStreams(): Way {
    const streams = openEventStreams(options)
    const timer = setInterval(async () => {
      if (await webSocketsGetThrough(options.url)) move(byWebSockets)
    }, LOOK_AGAIN_MS)
    return {
      subscribe: streams.subscribe,
      dispose() {
        clearInterval(timer)
        streams.dispose()
      },
    }
  }

  function move(openWay: () => Way): void {
    const former = way
    way = openWay()
    for (const entry of open) start(entry)
    former.dispose()
  }

  function start(entry: Open): void {
    const from = way
    const isPresent = () => from === way && open.has(entry)
    entry.stop = way.subscribe(entry.request, {
      next: (value) => isPresent() && entry.sink.next(value),
      error(error) {
        if (isPresent() && open.delete(entry)) entry.sink.error(error)
      },
      complete() {
        if (isPresent() && open.delete(entry)) entry.sink.complete()
      },
    })
  }

  return {
    subscribe(request, sink) {
      const entry: Open = { request, sink, stop: () => {} }
      open.add(entry)
      start(entry)
      return () => {
        if (open.delete(entry)) entry.stop()
      }
    },
  }
}

import type { Sink } from 'graphql-ws'
import { openEventStreams } from './event-streams.js'
import type { Request, Way, WayOptions } from './way.js'
import { openWebSockets, webSocketsGetThrough } from './web-sockets.js'

/** While subscriptions use streams, check this often whether WebSockets work again. */
const LOOK_AGAIN_MS = 60_000

interface Open {
  request: Request
  sink: Sink
  stop(): void
}

/**
 * Runs subscriptions over one WebSocket or, if WebSockets don't get through, over server-sent events. Open subscriptions move
 * along. A browser opens at most six streams per host, so subscriptions move back as soon as WebSockets work again.
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
    const previous = way
    way = openWay()
    for (const entry of open) start(entry)
    previous.dispose()
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

import { createClient, GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws'
import { retryWait } from './retry-wait.js'
import type { Way, WayOptions } from './way.js'

const PING_EVERY_MS = 10_000
/** How long to wait for the answer to a ping before giving up the connection. */
const PONG_WAIT_MS = 5_000
/** How long to wait for the API to accept a connection. */
const CONNECT_WAIT_MS = 10_000
/** If the API accepts none of this many connections in a row, WebSockets don't get through. */
const TRIES_UNTIL_BLOCKED = 3
const PROBE_WAIT_MS = 5_000
/** The API's close codes: the token expired or was rejected (along with many others), and no subscription is left. */
const TOKEN_REFUSED = [4403, 4429]
const NORMAL = 1000

/** Runs all subscriptions over one WebSocket (graphql-transport-ws), which opens with the first one. */
export function openWebSockets({ url, tokens, onReached, onBlocked }: WayOptions & { onBlocked(): void }): Way {
  let tries = 0
  let token = ''
  let silence: ReturnType<typeof setTimeout> | undefined
  const giveUpAfter = (ms: number) => {
    clearTimeout(silence)
    silence = setTimeout(() => client.terminate(), ms)
  }
  let disposed = false
  const client = createClient({
    url: webSocketUrl(url),
    connectionParams: async () => {
      token = await tokens.get()
      return { authorization: `Bearer ${token}` }
    },
    keepAlive: PING_EVERY_MS,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => !disposed,
    retryWait,
    on: {
      connecting() {
        giveUpAfter(CONNECT_WAIT_MS)
        if (tries === TRIES_UNTIL_BLOCKED && navigator.onLine) setTimeout(onBlocked)
        tries += 1
      },
      connected() {
        clearTimeout(silence)
        tries = 0
        onReached(true)
      },
      ping: (received) => received || giveUpAfter(PONG_WAIT_MS),
      pong: (received) => received && clearTimeout(silence),
      error: () => onReached(false),
      closed(event) {
        clearTimeout(silence)
        const { code } = event as CloseEvent
        if (disposed || code === NORMAL) return
        if (TOKEN_REFUSED.includes(code)) tokens.refused(token)
        onReached(false)
      },
    },
  })
  // The browser knows right away that it's offline. The connection would notice only after its next ping.
  const cut = () => client.terminate()
  window.addEventListener('offline', cut)
  return {
    subscribe: (request, sink) => client.subscribe(request, sink),
    dispose() {
      disposed = true
      window.removeEventListener('offline', cut)
      // It waits for a connection that is still opening, which may fail.
      Promise.resolve(client.dispose()).catch(() => {})
    },
  }
}

/** Returns whether this page can open a WebSocket. */
export function webSocketsGetThrough(url: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = new WebSocket(webSocketUrl(url), GRAPHQL_TRANSPORT_WS_PROTOCOL)
    const timer = setTimeout(() => socket.close(), PROBE_WAIT_MS)
    socket.onopen = () => {
      resolve(true)
      socket.close()
    }
    socket.onclose = () => {
      clearTimeout(timer)
      resolve(false)
    }
  })
}

function webSocketUrl(url: URL): string {
  return url.href.replace(/^http/, 'ws')
}

import { createClient } from 'graphql-sse'
import { retryWait } from './retry-wait.js'
import type { Way, WayOptions } from './way.js'

/** Runs each subscription as a stream of server-sent events. */
export function openEventStreams({ url, tokens, onReached }: WayOptions): Way {
  let token = ''
  const client = createClient({
    url: url.href,
    headers: async () => {
      token = await tokens.get()
      return { authorization: `Bearer ${token}` }
    },
    retryAttempts: Number.POSITIVE_INFINITY,
    retry: retryWait,
    on: {
      connecting: (again) => again && onReached(false),
      connected: () => onReached(true),
    },
  })
  return {
    subscribe: (request, sink) =>
      client.subscribe(request, {
        next: (value) => sink.next(value),
        error(error) {
          // The next try needs a new token.
          tokens.refused(token)
          sink.error(error)
        },
        complete: () => sink.complete(),
      }),
    dispose: () => client.dispose(),
  }
}

import { type Client, type CombinedError, cacheExchange, createClient, fetchExchange, subscriptionExchange } from 'urql'
import { onEnd, pipe, subscribe } from 'wonka'
import { ApiError, type Transport } from '../client/transport.js'
import type { Way } from './way.js'

/** Creates an urql client that uses this page's connections to the API. */
export function createUrqlClient(url: URL, signedFetch: typeof fetch, live: Pick<Way, 'subscribe'>): Client {
  return createClient({
    url: url.href,
    fetch: signedFetch,
    preferGetMethod: false,
    requestPolicy: 'cache-and-network',
    exchanges: [
      cacheExchange,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables = {} }) => ({
          subscribe: (observer) => ({
            unsubscribe: live.subscribe(
              { query, variables },
              {
                next: (value) => observer.next(value as Parameters<typeof observer.next>[0]),
                error(error) {
                  // If the API refuses, the error is a list of GraphQL errors. Anything else is a network error.
                  if (!Array.isArray(error))
                    return observer.error(error instanceof Error ? error : new Error('The connection was closed.'))
                  observer.next({ data: null, errors: error })
                  observer.complete()
                },
                complete: () => observer.complete(),
              },
            ),
          }),
        }),
      }),
    ],
  })
}

/** Creates a transport for patchbay/client that uses urql. */
export function createUrqlTransport(client: Client): Transport {
  return {
    async execute<Result, Variables>(operation: { toString(): string }, variables: Variables) {
      const document = operation.toString()
      const send = /^\s*mutation\b/m.test(document) ? client.mutation : client.query
      const { data, error } = await send.call(client, document, variables as object).toPromise()
      if (error) throw plainError(error)
      return data as Result
    },
    subscribe(operation, variables, observer) {
      let over = false
      const finish = (notify: () => void) => {
        if (over) return
        over = true
        notify()
      }
      const subscription = pipe(
        client.subscription(operation.toString(), variables as object),
        onEnd(() => finish(() => observer.completed())),
        subscribe(({ data, error }) => {
          if (over) return
          if (error) {
            queueMicrotask(() => subscription.unsubscribe())
            finish(() => observer.failed(plainError(error)))
          } else if (data) observer.next(data)
        }),
      )
      return () => {
        over = true
        subscription.unsubscribe()
      }
    },
  }
}

/** Returns the API's error, or the network error if the API wasn't reached. */
export function plainError(error: CombinedError): Error {
  const [first] = error.graphQLErrors
  if (!first) return error.networkError ?? error
  return new ApiError(first.message, first.extensions?.code as string | undefined)
}

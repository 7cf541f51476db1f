import { createClient as createSseClient } from 'graphql-sse'
import { createClient as createWebSocketClient } from 'graphql-ws'
import WebSocket from 'ws'
import type { GraphQLAnswer, Patchbay, PersonName } from './patchbay.js'

export type TransportName = 'WebSocket' | 'SSE'
export const TRANSPORTS: TransportName[] = ['WebSocket', 'SSE']

/** One subscription over a real socket. Its messages are in order, and each is taken once. */
export interface Screen<T> extends AsyncDisposable {
  /** Waits for the next message. Rejects if the stream ends first. */
  next(): Promise<GraphQLAnswer<T>>
  /** Takes messages until one matches, and returns it. */
  until(fits: (data: T) => boolean): Promise<T>
  /** What has arrived and was not taken yet. */
  waiting(): GraphQLAnswer<T>[]
  /** Resolves when the server has completed the subscription. Rejects if it failed. */
  ended: Promise<void>
  close(): Promise<void>
}

/**
 * Subscribes as a page does, over either transport.
 * @param retryAttempts how often a lost connection is reopened; with 0, the stream ends with it
 */
export async function subscribe<T>(
  patchbay: Pick<Patchbay, 'url' | 'tokenFor'>,
  person: PersonName,
  query: string,
  variables: Record<string, unknown> = {},
  transport: TransportName = 'WebSocket',
  retryAttempts = 0,
): Promise<Screen<T>> {
  const token = await patchbay.tokenFor(person)
  const messages: GraphQLAnswer<T>[] = []
  let wake: (() => void) | undefined
  let over: { error?: unknown } | undefined
  let finish: (error?: unknown) => void = () => {}
  const ended = new Promise<void>((resolve, reject) => {
    finish = (error) => {
      over = { error }
      wake?.()
      if (error === undefined) resolve()
      else reject(error)
    }
  })
  ended.catch(() => {})
  const sink = {
    next: (message: unknown) => {
      messages.push(message as GraphQLAnswer<T>)
      wake?.()
    },
    error: (error: unknown) => finish(error ?? new Error('the subscription failed')),
    complete: () => finish(),
  }
  const client =
    transport === 'WebSocket'
      ? createWebSocketClient({
          url: `${patchbay.url.replace('http', 'ws')}/graphql`,
          webSocketImpl: WebSocket,
          connectionParams: { authorization: `Bearer ${token}` },
          retryAttempts,
          lazy: true,
        })
      : createSseClient({
          url: `${patchbay.url}/graphql`,
          headers: { authorization: `Bearer ${token}` },
          retryAttempts,
        })
  const unsubscribe = client.subscribe({ query, variables }, sink)

  const screen: Screen<T> = {
    async next() {
      while (messages.length === 0) {
        if (over) throw over.error ?? new Error('the subscription has ended')
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      return messages.shift() as GraphQLAnswer<T>
    },
    async until(fits) {
      for (;;) {
        const { data, errors } = await screen.next()
        if (errors) throw new Error(JSON.stringify(errors))
        if (fits(data)) return data
      }
    },
    waiting: () => [...messages],
    ended,
    async close() {
      unsubscribe()
      await client.dispose()
    },
    [Symbol.asyncDispose]: () => screen.close(),
  }
  return screen
}

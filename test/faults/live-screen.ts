import { setTimeout as after } from 'node:timers/promises'
import { createClient as createSseClient } from 'graphql-sse'
import { createClient as createWebSocketClient } from 'graphql-ws'
import WebSocket from 'ws'
import { CONNECTORS, type ConnectorsScreen } from '../support/host-user.js'
import type { TransportName } from '../support/subscriber.js'
import type { HostPerson } from './installation.js'

const RETRY_MS = 100
/** Close codes that the server sent on purpose. */
export const RESTARTS = [1001, 1012]

interface Sight {
  revision: number
  /** In milliseconds, by performance.now(). */
  at: number
}

/**
 * A subscriber like an open page: it reconnects by itself to any available instance, and remembers what it has seen.
 */
export class LiveScreen implements AsyncDisposable {
  readonly seen: Sight[] = []
  readonly closeCodes: number[] = []
  /** How often it got something older than it had seen before or, on one connection, the same again. */
  backwards = 0
  #seenOnConnection = 0
  failure: unknown
  readonly #stop: () => void
  readonly #waiting = new Set<() => void>()

  /** @param where returns the URL of the instance to connect to; called for every connection */
  constructor(
    readonly person: HostPerson,
    where: () => string,
    readonly transport: TransportName,
  ) {
    const headers = { authorization: `Bearer ${person.token}` }
    const again = {
      retryAttempts: Number.POSITIVE_INFINITY,
      retryWait: () => after(RETRY_MS),
    }
    const client =
      transport === 'WebSocket'
        ? createWebSocketClient({
            ...again,
            url: () => `${where().replace('http', 'ws')}/graphql`,
            webSocketImpl: WebSocket,
            connectionParams: headers,
            shouldRetry: () => true,
            on: {
              connected: () => {
                this.#seenOnConnection = 0
              },
              closed: (event) => void this.closeCodes.push((event as { code: number }).code),
            },
          })
        : createSseClient({
            ...again,
            url: async () => {
              this.#seenOnConnection = 0
              return `${where()}/graphql`
            },
            headers,
          })
    const unsubscribe = client.subscribe<ConnectorsScreen>(
      { query: CONNECTORS },
      {
        next: ({ data, errors }) => {
          if (data) this.#see(data.connectionStatus.revision)
          else this.failure = errors
        },
        error: (error) => {
          this.failure = error
        },
        complete: () => {},
      },
    )
    this.#stop = () => {
      unsubscribe()
      client.dispose()
    }
  }

  get revision(): number {
    return this.seen.at(-1)?.revision ?? -1
  }

  /** Resolves once the subscriber has this revision or a later one. */
  async shows(revision: number): Promise<void> {
    while (this.revision < revision) await new Promise<void>((resolve) => this.#waiting.add(resolve))
  }

  /** How long after a commit the subscriber had it, in ms. Undefined if it never did. */
  delayOf({ revision, at }: Sight): number | undefined {
    const sight = this.seen.find((each) => each.revision >= revision)
    return sight && Math.max(0, sight.at - at)
  }

  #see(revision: number): void {
    if (revision < this.revision || (revision === this.revision && this.#seenOnConnection > 0)) this.backwards++
    this.#seenOnConnection++
    this.seen.push({ revision, at: performance.now() })
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }

  async [Symbol.asyncDispose]() {
    this.#stop()
  }
}

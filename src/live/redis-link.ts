import { Redis } from 'ioredis'
import { jittered, pause } from '../domain/pause.js'
import { explainFault, isPassing } from './redis-faults.js'

const CONNECT_TIMEOUT_MS = 3_000
const PING_EVERY_MS = 2_000
/** If a ping takes longer than this, the connection is dead, even if it looks open. */
const SILENT_AFTER_MS = 3_000
const FIRST_RETRY_MS = 50
const MAX_RETRY_MS = 2_000

export interface RedisLinkOptions {
  /** redis:// or rediss:// URLs. Any of them works, because each node of a Cluster receives what the others publish. */
  nodes: readonly string[]
  /** The connection's name in CLIENT LIST. */
  name: string
  /** Prepares a new connection for use. */
  prepare?: (redis: Redis) => Promise<unknown>
  onUp: () => void
  /** Called for each connection that was lost or couldn't be opened. */
  onDown: (error: Error) => void
}

type Attempted = (error?: Error) => void

/**
 * Keeps one connection to Redis. If it breaks, or no longer answers pings although it looks open, it is replaced by a
 * connection to the next node, after a growing pause. ioredis can reconnect too, but not to another node, and not if a
 * dead connection was never closed.
 */
export class RedisLink {
  /** The connection, if there is one. */
  current: Redis | undefined
  readonly #options: RedisLinkOptions
  readonly #closing = new AbortController()
  #attempt: Redis | undefined
  #running: Promise<void> | undefined
  #attempted: Attempted = () => {}

  constructor(options: RedisLinkOptions) {
    this.#options = options
  }

  /**
   * Resolves with the first connection, and keeps one open from then on.
   * @param limitMs how long to keep trying after a temporary error
   */
  start(limitMs: number): Promise<void> {
    const deadline = Date.now() + limitMs
    return new Promise((resolve, reject) => {
      this.#attempted = (error) => {
        if (!error) resolve()
        else if (!isPassing(error) || Date.now() > deadline) reject(explainFault(error, this.#options.nodes))
      }
      this.#running ??= this.#run()
    })
  }

  async close(): Promise<void> {
    this.#closing.abort()
    this.#attempt?.disconnect()
    await this.#running
  }

  async #run(): Promise<void> {
    const { nodes, onUp, onDown } = this.#options
    const { signal } = this.#closing
    let failures = 0
    for (let turn = Math.floor(Math.random() * nodes.length); !signal.aborted; turn++) {
      const connection = this.#connection(nodes[turn % nodes.length] as string)
      this.#attempt = connection.redis
      try {
        await connection.open(signal)
        this.current = connection.redis
        failures = 0
        onUp()
        this.#attempted()
        await connection.lost(signal)
      } catch (error) {
        if (!signal.aborted) {
          onDown(error as Error)
          this.#attempted(error as Error)
        }
      }
      this.current = undefined
      connection.redis.disconnect()
      const pauseMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** failures++)
      await pause(jittered(pauseMs), { signal, ref: false })
    }
  }

  #connection(url: string) {
    const redis = new Redis(url, {
      lazyConnect: true,
      connectionName: this.#options.name,
      connectTimeout: CONNECT_TIMEOUT_MS,
      enableOfflineQueue: false,
      autoResubscribe: false,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
      keepAlive: 10_000,
    })
    let fault: Error | undefined
    redis.on('error', (error: Error) => {
      fault = error
    })
    const ended = new AbortController()
    redis.once('end', () => ended.abort())
    const { prepare } = this.#options
    return {
      redis,
      /** @throws what prevented it from opening */
      async open(signal: AbortSignal): Promise<void> {
        try {
          // A connection that opens but doesn't respond doesn't count.
          await answered(redis.connect(), signal)
          if (prepare) await answered(prepare(redis), signal)
        } catch (error) {
          throw fault ?? error
        }
      },
      /** Ends with the connection. @throws why */
      async lost(signal: AbortSignal): Promise<never> {
        const over = AbortSignal.any([signal, ended.signal])
        for (;;) {
          await pause(PING_EVERY_MS, { signal: over, ref: false })
          if (over.aborted) break
          await answered(redis.ping(), over)
        }
        throw fault ?? new Error('Redis closed the connection')
      },
    }
  }
}

/** @throws if there is no response in time */
async function answered(answer: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const settled = new AbortController()
  const over = AbortSignal.any([signal, settled.signal])
  const silence = pause(SILENT_AFTER_MS, { signal: over, ref: false }).then(() => {
    if (!settled.signal.aborted) throw new Error(`ETIMEDOUT: no answer within ${SILENT_AFTER_MS} ms`)
  })
  answer.catch(() => {}) // reported by the race, or too late
  await Promise.race([answer, silence]).finally(() => settled.abort())
}

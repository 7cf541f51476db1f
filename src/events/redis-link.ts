import { Redis } from 'ioredis'
import { pause } from './pause.js'

const CONNECT_TIMEOUT_MS = 3_000
const PING_EVERY_MS = 2_000
/** An answer to a ping that takes longer than this is none: the line is dead, whatever TCP believes. */
const SILENT_AFTER_MS = 3_000
const FIRST_RETRY_MS = 50
const MAX_RETRY_MS = 2_000

export interface RedisLinkOptions {
  /** redis:// or rediss:// URLs. Any of them will do: of a Cluster, each node knows what the others publish. */
  nodes: readonly string[]
  /** What CLIENT LIST shows it as. */
  name: string
  /** Makes a new connection fit for use. */
  prepare?: (redis: Redis) => Promise<unknown>
  onUp: () => void
  /** Told once for each connection that was lost or could not be made. */
  onDown: (error: Error) => void
}

/**
 * Keeps one connection to Redis. One that breaks, or that no longer answers pings although it looks open, is replaced:
 * by one to the next node, after a growing pause. ioredis reconnects on its own too, but not to another node, and not
 * when the line is dead and nobody has closed it.
 */
export class RedisLink {
  /** The connection, while there is one. */
  current: Redis | undefined
  readonly #options: RedisLinkOptions
  readonly #closing = new AbortController()
  #attempt: Redis | undefined
  #running: Promise<void> | undefined

  constructor(options: RedisLinkOptions) {
    this.#options = options
  }

  start(): void {
    this.#running ??= this.#run()
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
        await connection.open()
        this.current = connection.redis
        failures = 0
        onUp()
        await connection.lost(signal)
      } catch (error) {
        if (!signal.aborted) onDown(error as Error)
      }
      this.current = undefined
      connection.redis.disconnect()
      await pause(Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** failures++) * (0.5 + Math.random() / 2), signal)
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
    const ended = new Promise<void>((resolve) => redis.once('end', resolve))
    const { prepare } = this.#options
    return {
      redis,
      /** @throws what kept it from being opened */
      async open(): Promise<void> {
        try {
          await redis.connect()
          await prepare?.(redis)
        } catch (error) {
          throw fault ?? error
        }
      },
      /** Ends when the connection does. @throws why */
      async lost(signal: AbortSignal): Promise<never> {
        while (redis.status === 'ready') {
          await Promise.race([ended, pause(PING_EVERY_MS, signal)])
          if (signal.aborted) break
          if (redis.status === 'ready') await answer(redis, signal)
        }
        throw fault ?? new Error('Redis closed the connection')
      },
    }
  }
}

async function answer(redis: Redis, signal: AbortSignal): Promise<void> {
  const answered = new AbortController()
  const silence = pause(SILENT_AFTER_MS, AbortSignal.any([signal, answered.signal])).then(() => {
    if (!answered.signal.aborted) throw new Error(`Redis did not answer a ping within ${SILENT_AFTER_MS} ms`)
  })
  const pong = redis.ping()
  pong.catch(() => {}) // told by the race, or too late
  await Promise.race([pong, silence]).finally(() => answered.abort())
}

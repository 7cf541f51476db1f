import { Redis, type RedisOptions } from 'ioredis'
import { pause } from '../domain/pause.js'

const CONNECT_TIMEOUT_MS = 3_000
const PING_EVERY_MS = 2_000
/** If an answer takes longer than this, the connection is dead, even if it looks open. */
const SILENT_AFTER_MS = 3_000

/** One connection to a Redis or a Sentinel. Once it's lost, it's over. */
export class RedisConnection {
  readonly redis: Redis
  #fault: Error | undefined
  readonly #ended = new AbortController()
  readonly #signal: AbortSignal

  /**
   * @param name the connection's name in CLIENT LIST
   * @param signal ends all waiting
   */
  constructor(server: string | RedisOptions, name: string, signal: AbortSignal) {
    const options: RedisOptions = {
      lazyConnect: true,
      connectionName: name,
      connectTimeout: CONNECT_TIMEOUT_MS,
      enableOfflineQueue: false,
      enableReadyCheck: false,
      autoResubscribe: false,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
      keepAlive: 10_000,
    }
    this.redis = typeof server === 'string' ? new Redis(server, options) : new Redis({ ...server, ...options })
    this.redis.on('error', (error: Error) => {
      this.#fault = error
    })
    this.redis.once('end', () => this.#ended.abort())
    this.#signal = signal
  }

  /** The host and port. */
  get address(): string {
    const { host = '', port } = this.redis.options
    return `${host.includes(':') ? `[${host}]` : host}:${port}`
  }

  /**
   * Waits for an answer, because a connection that opens but doesn't respond doesn't count.
   * @throws the connection's fault, or else the command's, or if there is no answer in time
   */
  async ask<T>(command: (redis: Redis) => Promise<T>): Promise<T> {
    try {
      return await answered(command(this.redis), this.#signal)
    } catch (error) {
      throw this.#fault ?? error
    }
  }

  /** Ends with the connection. @throws why */
  async lost(): Promise<never> {
    const over = AbortSignal.any([this.#signal, this.#ended.signal])
    for (;;) {
      await pause(PING_EVERY_MS, { signal: over, ref: false })
      if (over.aborted) break
      await answered(this.redis.ping(), over)
    }
    throw this.#fault ?? new Error('Redis closed the connection')
  }
}

/** @throws if there is no answer in time */
async function answered<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  const settled = new AbortController()
  const over = AbortSignal.any([signal, settled.signal])
  const silence = pause(SILENT_AFTER_MS, { signal: over, ref: false }).then(() => {
    throw new Error(`ETIMEDOUT: no answer within ${SILENT_AFTER_MS} ms`)
  })
  for (const late of [answer, silence]) late.catch(() => {}) // reported by the race, or too late
  return await Promise.race([answer, silence]).finally(() => settled.abort())
}

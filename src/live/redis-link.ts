import type { Redis } from 'ioredis'
import type { BusConfig } from '../config/environment.js'
import { jittered, pause } from '../domain/pause.js'
import type { BusError } from './bus.js'
import { type Open, openNode } from './open-node.js'
import { RedisConnection } from './redis-connection.js'
import { explainFault, isPassing, isRefusal, type Place } from './redis-faults.js'
import { readInfo } from './redis-roles.js'

const FIRST_RETRY_MS = 50
const MAX_RETRY_MS = 2_000
/** Any of so many may be the first to be tried. */
const MAX_SERVERS = 1_000

export interface RedisLinkOptions {
  /** Of several nodes, any one works, because each node of a Cluster receives what the others publish. */
  nodes: BusConfig['nodes']
  /** The connection's name in CLIENT LIST. */
  name: string
  /** Prepares a new connection for use. */
  prepare?: (redis: Redis) => Promise<unknown>
  onUp: () => void
  /** Called for each connection that was lost or couldn't be opened. */
  onDown: (error: BusError) => void
}

type Attempted = (error?: BusError, isFinal?: boolean) => void

/**
 * Keeps one connection to Redis. If it breaks, or no longer answers pings although it looks open, it is replaced by a
 * connection to the next node, after a growing pause. With Sentinels, each connection goes to the node that the next
 * Sentinel names as the primary. ioredis can reconnect too, but not to another node, and not if a dead connection was
 * never closed.
 */
export class RedisLink {
  /** The connection, if there is one. */
  current: Redis | undefined
  readonly #options: RedisLinkOptions
  readonly #closing = new AbortController()
  #connection: RedisConnection | undefined
  #place: Place = { what: 'Redis', watched: false }
  #running: Promise<void> | undefined
  #attempted: Attempted = () => {}

  constructor(options: RedisLinkOptions) {
    this.#options = options
  }

  /** Host and port of the server that it's connected to, or tries to connect to. */
  get address(): string {
    return this.#connection?.address ?? ''
  }

  /**
   * Resolves with the first connection, and keeps one open from then on.
   * @param limitMs how long to keep trying after a temporary error
   */
  start(limitMs: number): Promise<void> {
    const deadline = Date.now() + limitMs
    return new Promise((resolve, reject) => {
      this.#attempted = (error, isFinal) => {
        if (!error) resolve()
        else if (isFinal || Date.now() > deadline) reject(error)
      }
      this.#running ??= this.#run()
    })
  }

  /**
   * Sends a command, if there is a connection.
   * @throws BusError if it failed and will fail again
   */
  async attempt(command: (redis: Redis) => Promise<unknown>): Promise<void> {
    try {
      if (this.current) await this.#connection?.ask(command)
    } catch (error) {
      if (!isPassing(error as Error)) throw explainFault(error as Error, this.address, this.#place)
    }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    this.#connection?.redis.disconnect()
    await this.#running
  }

  async #run(): Promise<void> {
    const { nodes, onUp, onDown, prepare } = this.#options
    const { signal } = this.#closing
    let failures = 0
    for (let turn = Math.floor(Math.random() * MAX_SERVERS); !signal.aborted; turn++) {
      try {
        const connection = await openNode(nodes, turn, this.#open)
        if (prepare) await connection.ask(prepare)
        this.current = connection.redis
        failures = 0
        onUp()
        this.#attempted()
        await connection.lost()
      } catch (error) {
        if (!signal.aborted) {
          const fault = explainFault(error as Error, this.address, this.#place)
          onDown(fault)
          this.#attempted(fault, !isPassing(error as Error))
        }
      }
      this.current = undefined
      this.#connection?.redis.disconnect()
      const pauseMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** failures++)
      await pause(jittered(pauseMs), { signal, ref: false })
    }
  }

  #open: Open = async (server, place) => {
    const connection = new RedisConnection(server, this.#options.name, this.#closing.signal)
    this.#connection = connection
    this.#place = place
    await connection.ask((redis) => redis.connect())
    const info = await connection
      .ask((redis) => redis.info())
      .catch((error: Error) => {
        if (isRefusal(error)) return '' // it isn't needed
        throw error
      })
    return [connection, readInfo(info)]
  }
}

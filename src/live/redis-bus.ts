import { randomBytes } from 'node:crypto'
import * as z from 'zod'
import type { BusConfig } from '../config/environment.js'
import { pause } from '../domain/pause.js'
import { MAX_USAGES, type Usage } from '../domain/ports/usage.js'
import type { ServerTelemetry } from '../observability/telemetry.js'
import { type Bus, BusError, type BusListener, type Notification } from './bus.js'
import { RedisLink } from './redis-link.js'

/** No message is longer. Most notifications have about a hundred characters. */
const MAX_MESSAGE_LENGTH = 16_384
/** Of the name of a limit or caller. */
const MAX_NAME_LENGTH = 64
const MAX_COUNT = 1_000_000_000

/** How often to try whether messages arrive. */
const PROBE_EVERY_MS = 250

export interface RedisBusOptions extends BusConfig {
  /** How long to wait for a server that doesn't respond yet. */
  startTimeoutMs: number
}

type BusTelemetry = Pick<
  ServerTelemetry,
  'notificationSent' | 'notificationReceived' | 'notificationNotSent' | 'busMessageIgnored' | 'busReady' | 'busLost'
>

const from = z.string().max(32)
const counter = z.number().int().nonnegative()
const name = z.string().min(1).max(MAX_NAME_LENGTH)
const usage = z.tuple([name, name, z.number().int().positive().max(MAX_COUNT)])
const Message = z.union([
  z.strictObject({ userId: z.uuid(), revision: counter, committedAt: counter, from }),
  z.strictObject({ catalogueRevision: counter, from }),
  z.strictObject({ usages: z.array(usage).max(MAX_USAGES), from }),
])

/**
 * Sends notifications and usages over plain Redis pub/sub, which works across a Cluster. One connection listens, and another
 * publishes. If Redis is away, nothing is queued and nothing fails. Once it is back, the listener is notified and the
 * sweep catches up.
 */
export function createRedisBus({ nodes, channel, startTimeoutMs }: RedisBusOptions, telemetry: BusTelemetry): Bus {
  /** By this, an instance recognizes its own notifications, which its listeners have already received. */
  const self = randomBytes(9).toString('base64url')
  const ownEnding = `"from":"${self}"}`
  let listener: BusListener | undefined
  let shared: (usages: readonly Usage[]) => void = () => {}
  let fault: BusError | null = null
  const arrived = new AbortController()
  let hasBeenUp = false

  const publisher = new RedisLink({ nodes, name: 'patchbay-publisher', onUp: () => {}, onDown: () => {} })
  const subscriber = new RedisLink({
    nodes,
    name: 'patchbay-subscriber',
    prepare: (redis) => {
      redis.on('message', receive)
      return redis.subscribe(channel)
    },
    onUp() {
      fault = null
      telemetry.busReady()
      if (hasBeenUp) listener?.resumed()
      hasBeenUp = true
    },
    onDown(error) {
      if (hasBeenUp && fault === null) telemetry.busLost(error)
      fault = error
    },
  })

  function receive(_channel: string, text: string): void {
    if (text.endsWith(ownEnding)) {
      arrived.abort()
      return
    }
    const tooLarge = text.length > MAX_MESSAGE_LENGTH
    const message = Message.safeParse(tooLarge ? undefined : parsed(text))
    if (!message.success) {
      telemetry.busMessageIgnored(tooLarge ? 'too-large' : 'malformed')
      return
    }
    if ('usages' in message.data) {
      shared(message.data.usages)
      return
    }
    const { from: _, ...notification } = message.data
    telemetry.notificationReceived()
    listener?.notified(notification)
  }

  function send(message: Notification | { usages: readonly Usage[] }): Promise<unknown> {
    const text = JSON.stringify({ ...message, from: self })
    return publisher.current?.publish(channel, text) ?? Promise.reject(new BusError('no connection'))
  }

  /**
   * Sends itself a message that means nothing to other instances, until one has arrived.
   * @throws BusError if none arrives in time
   */
  async function probe(limitMs: number): Promise<void> {
    const deadline = Date.now() + limitMs
    while (!arrived.signal.aborted) {
      if (Date.now() > deadline) {
        throw new BusError(
          `REDIS_URL: what is published at ${publisher.address} doesn’t arrive at ${subscriber.address}. Check that both belong to the same Redis or Cluster.`,
        )
      }
      await publisher.attempt((redis) => redis.publish(channel, JSON.stringify({ usages: [], from: self })))
      await pause(PROBE_EVERY_MS, { signal: arrived.signal })
    }
  }

  return {
    publish(notification: Notification): void {
      send(notification).then(telemetry.notificationSent, telemetry.notificationNotSent)
    },
    share(usages): void {
      send({ usages }).catch(() => {}) // until they hear from each other again, each instance counts for itself
    },
    onShared(given): void {
      shared = given
    },
    async subscribe(given): Promise<void> {
      listener = given
      await Promise.all([subscriber.start(startTimeoutMs), publisher.start(startTimeoutMs)])
      await probe(startTimeoutMs)
    },
    get fault() {
      return fault?.message ?? null
    },
    async close() {
      await Promise.all([subscriber.close(), publisher.close()])
    },
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

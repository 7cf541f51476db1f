import { DeliveryQueue, type DeliveryQueueDeps } from './delivery-queue.js'
import { LEASE_MS, readEndpoints } from './outbox.js'

/** Changes within this time share one look for due deliveries. */
const NUDGED_TOGETHER_MS = 10

export interface Deliveries {
  /** Starts delivering what is due at every endpoint, and doesn't wait for receivers. */
  look(): Promise<void>
  /** Looks for due deliveries soon, because an event may have been written. Costs nothing if there are no endpoints. */
  nudge(): void
  /** Resolves when nothing is in progress. */
  idle(): Promise<void>
  /** Claims no more deliveries, and finishes those in progress. */
  close(): Promise<void>
}

/**
 * Delivers events from the outbox to host back ends, at least once and in order for each user. Each endpoint has its
 * own queue, so that a receiver that hangs delays no one else.
 */
export function createDeliveries(dependencies: Omit<DeliveryQueueDeps, 'leaseMs'> & { leaseMs?: number }): Deliveries {
  const deps = { leaseMs: LEASE_MS, ...dependencies }
  const queues = new Map<string, DeliveryQueue>()
  let thereAreEndpoints = false
  let nudged: NodeJS.Timeout | undefined
  let closed = false

  function queueOf(endpointId: string): DeliveryQueue {
    const queue = queues.get(endpointId) ?? new DeliveryQueue(deps, endpointId)
    queues.set(endpointId, queue)
    return queue
  }

  async function look(): Promise<void> {
    const endpoints = await readEndpoints(deps.sql)
    if (closed) return
    thereAreEndpoints = endpoints.length > 0
    for (const { id, isDue } of endpoints) if (isDue) queueOf(id).look()
    for (const [id, queue] of queues) {
      if (queue.holdsResults) queue.look()
      if (queue.isIdle && !endpoints.some((endpoint) => endpoint.id === id)) queues.delete(id)
    }
  }

  async function idle(): Promise<void> {
    await Promise.all([...queues.values()].map((queue) => queue.idle()))
  }

  return {
    look,
    nudge() {
      if (closed || !thereAreEndpoints) return
      nudged ??= setTimeout(() => {
        nudged = undefined
        look().catch(deps.telemetry.webhooksFailed)
      }, NUDGED_TOGETHER_MS).unref()
    },
    idle,
    async close() {
      closed = true
      clearTimeout(nudged)
      for (const queue of queues.values()) queue.close()
      await idle()
    },
  }
}

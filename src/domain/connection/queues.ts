import { pause } from '../pause.js'

/** How long one queue may keep the others from looking for more work. */
const LOOK_AGAIN_MS = 1_000

/** Processes queues side by side. A slow queue delays neither the others nor what becomes due there in the meantime. */
export interface Queues {
  /** Resolves when no work is in progress. Rejects with the first error. */
  workOff(): Promise<void>
  /** Starts no more work. */
  stop(): void
}

/**
 * @param due returns the names of the queues that have work
 * @param carryOut processes one of them; never runs twice at the same time for the same queue
 */
export function createQueues(due: () => Promise<string[]>, carryOut: (queue: string) => Promise<void>): Queues {
  const busy = new Map<string, Promise<void>>()
  const failures: unknown[] = []
  let stopped = false

  async function begin(queue: string): Promise<void> {
    try {
      await carryOut(queue)
    } catch (error) {
      failures.push(error)
    } finally {
      busy.delete(queue)
    }
  }

  return {
    async workOff() {
      do {
        const queues = stopped ? [] : await due()
        for (const queue of queues) if (!busy.has(queue)) busy.set(queue, begin(queue))
        await Promise.race([Promise.all(busy.values()), pause(LOOK_AGAIN_MS)])
      } while (busy.size > 0 && failures.length === 0)
      const [failure] = failures.splice(0)
      if (failure !== undefined) throw failure
    },
    stop() {
      stopped = true
    },
  }
}

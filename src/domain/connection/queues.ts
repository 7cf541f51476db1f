import { pause } from '../pause.js'

/** How long one queue may keep the others waiting to be looked at. */
const LOOK_AGAIN_MS = 1_000

/** Works off what is due, queue by queue: a slow one keeps none of the others waiting, nor what comes due there meanwhile. */
export interface Queues {
  /** Resolves when nothing is under way anymore; rejects with what failed first. */
  workOff(): Promise<void>
  /** Begins nothing more. */
  stop(): void
}

/**
 * @param due the names of the queues that have something due
 * @param carryOut what one of them has; at a time once for each
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

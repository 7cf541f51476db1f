import type { Report } from '../observability/report.js'

const INTERVAL_MS = 1_000

/** Work that time brings. Returns how much there was; 0 when nothing was due. */
export type DueWork = Record<string, () => Promise<number>>

/**
 * Looks once a second, jittered, whether anything is due. What fails is reported and tried again the next time; one kind
 * of work does not keep another waiting for the next round.
 */
export function createDueWork(work: DueWork, report: Report, intervalMs = INTERVAL_MS) {
  let timer: NodeJS.Timeout | undefined
  let closed = false
  let running: Promise<void> = Promise.resolve()

  /** One round at a time. */
  function now(): Promise<void> {
    running = running.then(run)
    return running
  }

  async function run(): Promise<void> {
    for (const [name, carryOut] of Object.entries(work)) {
      if (closed) return
      try {
        const count = await carryOut()
        if (count > 0) report.dueWorkDone(name, count)
      } catch (error) {
        report.dueWorkFailed(name, error)
      }
    }
  }

  function schedule(): void {
    if (closed) return
    timer = setTimeout(() => void now().then(schedule), intervalMs * (0.75 + Math.random() / 2))
    timer.unref()
  }

  return {
    start: schedule,
    /** Does now what is due, after the round that is under way. */
    now,
    async close() {
      closed = true
      clearTimeout(timer)
      await running
    },
  }
}

import type { ServerTelemetry } from '../observability/telemetry.js'

/** Jobs by name. Each returns how much it did, or 0 if nothing was due. */
export type Jobs = Record<string, () => Promise<number>>

/**
 * Runs jobs at a jittered interval, one after the other. If a job fails, it is reported and runs again the next time.
 * The other jobs in the list still run.
 */
export function createJobTimer(
  jobs: Jobs,
  telemetry: Pick<ServerTelemetry, 'jobDone' | 'jobFailed'>,
  intervalMs: number,
) {
  let timer: NodeJS.Timeout | undefined
  let closed = false
  let running: Promise<void> = Promise.resolve()

  /** Runs one round at a time. */
  function now(): Promise<void> {
    running = running.then(run)
    return running
  }

  async function run(): Promise<void> {
    for (const [name, job] of Object.entries(jobs)) {
      if (closed) return
      try {
        const count = await job()
        if (count > 0) telemetry.jobDone(name, count)
      } catch (error) {
        telemetry.jobFailed(name, error)
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
    /** Runs the jobs now, after the current round. */
    now,
    async close() {
      closed = true
      clearTimeout(timer)
      await running
    },
  }
}

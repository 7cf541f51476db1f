import type { ServerTelemetry } from '../observability/telemetry.js'

/** Jobs by name. Each returns how much it did; 0 when nothing was due. */
export type Jobs = Record<string, () => Promise<number>>

/**
 * Runs jobs at an interval, jittered, one after the other. A job that fails is reported and tried again the next time;
 * the others in the list still run.
 */
export function createJobTimer(
  jobs: Jobs,
  telemetry: Pick<ServerTelemetry, 'jobDone' | 'jobFailed'>,
  intervalMs: number,
) {
  let timer: NodeJS.Timeout | undefined
  let closed = false
  let running: Promise<void> = Promise.resolve()

  /** One round at a time. */
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
    /** Runs the jobs now, after the round that is under way. */
    now,
    async close() {
      closed = true
      clearTimeout(timer)
      await running
    },
  }
}

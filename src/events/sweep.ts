import type { PrismaClient } from '../generated/prisma/client.js'
import type { Watchers } from './watchers.js'

const INTERVAL_MS = 2_000

/**
 * Finds what rings have missed: every two seconds, jittered, one query compares the revisions of all watched users with
 * what their screens were last sent.
 */
export function createSweep(
  db: PrismaClient,
  watchers: Watchers,
  report: { caught(screens: number): void; failed(error: unknown): void },
  intervalMs = INTERVAL_MS,
) {
  let timer: NodeJS.Timeout | undefined
  let closed = false
  let running: Promise<void> = Promise.resolve()

  async function sweep(): Promise<void> {
    const users = watchers.users()
    if (users.length === 0) return
    const rows = await db.$queryRaw<{ id: string; revision: number }[]>`
      SELECT watched.id, COALESCE("User".revision, 0) + COALESCE((SELECT revision FROM "Catalogue" WHERE "Catalogue".id = 1), 0) AS revision
      FROM unnest(${users}::uuid[]) AS watched(id) LEFT JOIN "User" ON "User".id = watched.id`
    let caught = 0
    for (const { id, revision } of rows) caught += watchers.ringStale(id, revision)
    if (caught > 0) report.caught(caught)
  }

  function schedule(): void {
    if (closed) return
    timer = setTimeout(
      () => {
        running = sweep()
          .catch((error) => report.failed(error))
          .then(schedule)
      },
      intervalMs * (0.75 + Math.random() / 2),
    )
    timer.unref()
  }

  return {
    start: schedule,
    /** Sweeps now; for the moment the bus is back. */
    now: sweep,
    async close() {
      closed = true
      clearTimeout(timer)
      await running
    },
  }
}

import type { PrismaClient } from '../generated/prisma/client.js'
import type { ServerTelemetry } from '../observability/telemetry.js'
import { createSpread } from './spread.js'
import type { Watchers } from './watchers.js'

const INTERVAL_MS = 2_000

interface Row {
  id: string
  revision: number
  /** The catalogue's part of the revision. */
  catalogue: number
}

/**
 * Finds users whose notification was lost. Every two seconds, jittered, one query compares the revisions of all watched
 * users with what their subscribers have. If the catalogue changed, the reads of those whom that concerns are spread out.
 * @param follow resolves once this instance's catalogue has this revision, or couldn't be loaded
 */
export function createSweep(
  db: PrismaClient,
  watchers: Watchers,
  telemetry: Pick<ServerTelemetry, 'sweepCaught' | 'sweepFailed'>,
  follow: (catalogueRevision: number) => Promise<void>,
  intervalMs = INTERVAL_MS,
) {
  let timer: NodeJS.Timeout | undefined
  let closed = false
  let running: Promise<void> | undefined
  let again = false
  let lastCatalogue: number | undefined
  const spread = createSpread()

  async function sweep(): Promise<void> {
    const users = watchers.users()
    if (users.length === 0) return
    const rows = await db.$queryRaw<Row[]>`
      SELECT watched.id, COALESCE("User".revision, 0) + catalogue.revision AS revision, catalogue.revision AS catalogue
      FROM unnest(${users}::uuid[]) AS watched(id) LEFT JOIN "User" ON "User".id = watched.id,
           (SELECT COALESCE(max(revision), 0) AS revision FROM "Catalogue") AS catalogue`
    const catalogue = rows[0]?.catalogue ?? 0
    await follow(catalogue)
    const staleOf = ({ id, revision, catalogue }: Row) => watchers.stale(id, revision, catalogue)
    const stale = rows.filter((row) => staleOf(row) > 0)
    if (stale.length > 0) telemetry.sweepCaught(stale.reduce((sum, row) => sum + staleOf(row), 0))
    const notify = ({ id, revision, catalogue }: Row) => watchers.notifyStale(id, revision, catalogue)
    if (lastCatalogue !== undefined && catalogue !== lastCatalogue) spread.forEach(stale, ({ id }) => id, notify)
    else stale.forEach(notify)
    lastCatalogue = catalogue
  }

  /** One at a time. If it is called during a sweep, however often, one more sweep follows. */
  function now(): Promise<void> {
    if (running) again = true
    else {
      running = repeat()
        .catch((error) => telemetry.sweepFailed(error))
        .finally(() => {
          running = undefined
        })
    }
    return running
  }

  async function repeat(): Promise<void> {
    do {
      again = false
      await sweep()
    } while (again && !closed)
  }

  function schedule(): void {
    if (closed) return
    timer = setTimeout(() => void now().then(schedule), intervalMs * (0.75 + Math.random() / 2))
    timer.unref()
  }

  return {
    start: schedule,
    /** Sweeps now, for when the bus is back. */
    now,
    async close() {
      closed = true
      clearTimeout(timer)
      await running
      spread.close()
    },
  }
}

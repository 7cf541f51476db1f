import { type Sql, statement } from '../domain/ports/sql.js'
import type { ServerTelemetry } from '../observability/telemetry.js'
import { createSpread } from './spread.js'
import type { UserRevision, Watchers } from './watchers.js'

const INTERVAL_MS = 2_000

/** Thousands of users are compared, and hardly any of them differ, so the database does it. */
const COMPARE = statement<[ids: string, revisions: string], { catalogue: number; different: UserRevision[] }>(
  'compare-revisions',
  `SELECT catalogue.revision AS catalogue,
     COALESCE(json_agg(json_build_object('id', watched.id, 'revision', present.revision + catalogue.revision))
       FILTER (WHERE present.revision <> watched.revision), '[]') AS different
   FROM (SELECT COALESCE(max(revision), 0) AS revision FROM "Catalogue") AS catalogue,
     unnest(string_to_array($1, ',')::uuid[], string_to_array($2, ',')::int[]) AS watched(id, revision)
     LEFT JOIN "User" ON "User".id = watched.id,
     LATERAL (SELECT COALESCE("User".revision, 0) AS revision) AS present
   GROUP BY catalogue.revision`,
)

/**
 * Finds users whose notification was lost. Every two seconds, jittered, one query compares the revisions of all watched
 * users with what their subscribers have. If the catalogue changed, the reads of those whom that concerns are spread out.
 * Subscribers count as having missed a notification if none has come by the next sweep.
 * @param follow resolves once this instance's catalogue has this revision, or couldn't be loaded. Returns whether it
 * had another one
 */
export function createSweep(
  sql: Sql,
  watchers: Watchers,
  telemetry: Pick<ServerTelemetry, 'sweepCaught' | 'sweepFailed'>,
  follow: (catalogueRevision: number) => Promise<boolean>,
  intervalMs = INTERVAL_MS,
) {
  let timer: NodeJS.Timeout | undefined
  let closed = false
  let running: Promise<void> | undefined
  let again = false
  let lastCatalogue: number | undefined
  const spread = createSpread()

  async function sweep(): Promise<void> {
    const missed = watchers.takeMissed()
    if (missed > 0) telemetry.sweepCaught(missed)
    const watched = watchers.userRevisions()
    if (watched.size === 0) return
    const [row] = await sql.run(COMPARE, [...watched.keys()].join(), [...watched.values()].join())
    const { catalogue = 0, different = [] } = row ?? {}
    const wasBehind = await follow(catalogue)
    const differing = new Set(different.map(({ id }) => id))
    const staleOf = ({ id, revision }: UserRevision) => watchers.stale(id, revision, catalogue)
    const stale = [
      ...different.filter((present) => staleOf(present) > 0),
      ...watchers.behindCatalogue(catalogue, differing),
    ]
    if (wasBehind && stale.length > 0) telemetry.sweepCaught(stale.reduce((sum, present) => sum + staleOf(present), 0))
    const wake = ({ id, revision }: UserRevision) =>
      watchers.wakeStale(id, revision, catalogue, !wasBehind && differing.has(id))
    if (lastCatalogue !== undefined && catalogue !== lastCatalogue) spread.forEach(stale, ({ id }) => id, wake)
    else stale.forEach(wake)
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

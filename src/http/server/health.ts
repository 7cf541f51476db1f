/** A check that takes longer than this has failed. */
const DATABASE_LIMIT_MS = 2_000

export interface HealthChecks {
  /** Runs a query. */
  database(): Promise<void>
  /** Why notifications don't arrive, or null if they do. */
  bus(): string | null
}

/** What /readyz returns. `ready` means that this instance should get requests. */
export interface Readiness {
  ready: boolean
  status: 'starting' | 'ready' | 'degraded' | 'unavailable' | 'stopping'
  checks?: { migrations: string; database: string; bus: string }
}

/**
 * Checks whether this instance can work now. It can't without the database. It can without the bus, because the sweep
 * finds changes, and removing every instance would help no one.
 */
export function createReadiness(checks: HealthChecks): () => Promise<Readiness> {
  let running: Promise<string> | undefined
  /** Concurrent checks share one query. */
  const database = () => {
    running ??= within(DATABASE_LIMIT_MS, checks.database()).finally(() => {
      running = undefined
    })
    return running
  }
  return async () => {
    const found = { migrations: 'ok', database: await database(), bus: checks.bus() ?? 'ok' }
    const ready = found.database === 'ok'
    const status = !ready ? 'unavailable' : found.bus === 'ok' ? 'ready' : 'degraded'
    return { ready, status, checks: found }
  }
}

/** Returns 'ok' or what is wrong, without secrets. */
async function within(limitMs: number, check: Promise<void>): Promise<string> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no response within ${limitMs / 1000} s`), limitMs).unref()
  })
  const checked = check.then(
    () => 'ok',
    () => 'no response',
  )
  return Promise.race([checked, late]).finally(() => clearTimeout(timer))
}

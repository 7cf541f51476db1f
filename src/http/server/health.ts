/** An answer that takes longer than this is none. */
const DATABASE_LIMIT_MS = 2_000

export interface HealthChecks {
  /** Asks the database something. */
  database(): Promise<void>
  /** Why notifications do not arrive; null while they do. */
  bus(): string | null
}

/** What /readyz says. `ready`: give this instance requests. */
export interface Readiness {
  ready: boolean
  status: 'starting' | 'ready' | 'degraded' | 'unavailable' | 'stopping'
  checks?: { migrations: string; database: string; bus: string }
}

/**
 * Whether this instance can do its work now. Without the database it cannot. Without the bus, which it had when it
 * started, it can: subscribers learn of changes from the sweep, and taking every instance away would help nobody.
 */
export function createReadiness(checks: HealthChecks): () => Promise<Readiness> {
  let running: Promise<string> | undefined
  /** However many ask at a time, the database is asked once. */
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

/** 'ok', or what is wrong, without a secret. */
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

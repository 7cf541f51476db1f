/** A check that takes longer than this has failed. */
const LIMIT_MS = 2_000

export interface HealthChecks {
  /** Runs a query. */
  database(): Promise<void>
  /** Why notifications don't arrive, or null if they do. */
  bus(): string | null
  /** Whether the host's keys can be read. Undefined if the host publishes none. */
  canReadKeys?: (() => Promise<boolean>) | undefined
}

/** What /readyz returns. `ready` means that this instance should get requests. */
export interface Readiness {
  ready: boolean
  status: 'starting' | 'ready' | 'degraded' | 'unavailable' | 'stopping'
  checks?: { migrations: string; database: string; bus: string; keys?: string }
}

/**
 * Checks whether this instance can work now. It can't without the database. It can without the bus, because the sweep
 * finds changes, and without the host's keys, because those that it knows count for a while. Removing every instance
 * would help no one.
 */
export function createReadiness(checks: HealthChecks): () => Promise<Readiness> {
  let running: Promise<string> | undefined
  /** Concurrent checks share one query. */
  const database = () => {
    running ??= within(LIMIT_MS, checks.database()).finally(() => {
      running = undefined
    })
    return running
  }
  return async () => {
    const [found, keys] = await Promise.all([database(), keysOf(checks)])
    const ready = found === 'ok'
    const bus = checks.bus() ?? 'ok'
    const isWhole = bus === 'ok' && (keys === undefined || keys === 'ok')
    return {
      ready,
      status: !ready ? 'unavailable' : isWhole ? 'ready' : 'degraded',
      checks: { migrations: 'ok', database: found, bus, ...(keys !== undefined && { keys }) },
    }
  }
}

async function keysOf({ canReadKeys }: HealthChecks): Promise<string | undefined> {
  if (!canReadKeys) return undefined
  const read = canReadKeys().then((can) => {
    if (!can) throw new Error('the keys cannot be read')
  })
  return within(LIMIT_MS, read)
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

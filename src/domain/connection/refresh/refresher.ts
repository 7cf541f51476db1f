import pLimit, { type LimitFunction } from 'p-limit'
import type { Connector } from '../../catalogue/catalogue.js'
import { jittered, pause } from '../../pause.js'
import { createQueues } from '../queues.js'
import { AT_A_TIME, claimRefreshes } from './claim-refreshes.js'
import { type RefreshDeps, type RefreshOutcome, refreshConnection } from './refresh-connection.js'
import { providersDue, readRefreshState } from './refresh-state.js'
import { createStoreSilently } from './store-silently.js'

/** Longer than the app may take, shorter than callers wait. */
const WAIT_MS = 20_000
const POLL_MS = 50
const MAX_POLL_MS = 500
/** The pause that callers are told if no better one is known. */
const RETRY_MS = 5_000
/** New claims are made when this many of a provider's claims are left. */
const REFILL_AT = 7
const CLOSE_GRACE_MS = 5_000

/** Which tokens of which connection aren't good enough, and how long the new ones have to last. */
export interface RefreshRequest {
  connectionId: string
  tokenVersion: number
  connector: Connector
  neededMs: number
}

/** Refreshes each token once, no matter how many callers ask for it, here and at other instances. */
export interface Refresher {
  /**
   * Takes at most twenty seconds. Tokens that can't be stored are kept for as long as it takes, but callers don't wait
   * for that.
   */
  refresh(request: RefreshRequest): Promise<RefreshOutcome>
  /**
   * Refreshes what is due, as fast as the providers' limits allow. A slow provider doesn't delay the others.
   * @returns how many connections were refreshed
   */
  refreshDue(): Promise<number>
  /** Starts no more scheduled refreshes. Those that callers ask for continue. */
  stopDue(): void
  /** Finishes refreshes in progress. Gives up tokens that can't be stored after five seconds. */
  close(): Promise<void>
}

/** @param waitMs how long callers wait for a refresh */
export function createRefresher(given: Omit<RefreshDeps, 'storeSilently'>, waitMs = WAIT_MS): Refresher {
  const deps: RefreshDeps = { ...given, storeSilently: createStoreSilently(given.sql) }
  /** Refreshes in progress here, by connection and version of the tokens. */
  const underWay = new Map<string, Promise<RefreshOutcome>>()
  const limits = new Map<string, LimitFunction>()
  const due = createQueues(() => providersDue(deps.sql), refreshDueAt)
  let refreshed = 0
  const stopping = new AbortController()
  let dueStopped = false

  function refresh(request: RefreshRequest): Promise<RefreshOutcome> {
    const key = `${request.connectionId} ${request.tokenVersion}`
    let running = underWay.get(key)
    if (!running) {
      const deadline = performance.now() + waitMs
      const limit = limitOf(request.connector.providerKey)
      running = limit(() => claimAndRefresh(request, deadline)).finally(() => underWay.delete(key))
      underWay.set(key, running)
    }
    return withinWait(running)
  }

  async function withinWait(refresh: Promise<RefreshOutcome>): Promise<RefreshOutcome> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<RefreshOutcome>((resolve) => {
      timer = setTimeout(() => resolve(failed(null)), waitMs)
    })
    try {
      return await Promise.race([refresh, late])
    } finally {
      clearTimeout(timer)
    }
  }

  /** Callers that wait here for their turn don't query the database for it. */
  function limitOf(provider: string): LimitFunction {
    let limit = limits.get(provider)
    if (!limit) {
      limit = pLimit(AT_A_TIME)
      limits.set(provider, limit)
    }
    return limit
  }

  /** Claims the refresh, or waits for the instance that has claimed it. */
  async function claimAndRefresh(request: RefreshRequest, deadline: number): Promise<RefreshOutcome> {
    const { connectionId, tokenVersion, connector, neededMs } = request
    const provider = connector.providerKey
    let leased = false
    for (let pollMs = POLL_MS; performance.now() < deadline; pollMs = Math.min(pollMs * 1.5, MAX_POLL_MS)) {
      const wanted = { due: false, connectionId, tokenVersion, neededSeconds: neededMs / 1000 } as const
      const [claim] = leased ? [] : await claimRefreshes(deps.sql, provider, wanted)
      if (claim) return refreshConnection(deps, claim, stopping.signal)
      const state = await readRefreshState(deps.sql, connectionId, provider)
      if (!state || state.tokenVersion !== tokenVersion || !state.refreshable) return { kind: 'overtaken' }
      if (state.status !== 'LIVE') return { kind: 'ended' }
      if (state.refreshAttempts > 0 && (state.dueInMs ?? 0) > 0) return failed(state.dueInMs)
      if ((state.pausedMs ?? 0) > 0) return failed(state.pausedMs)
      leased = (state.leaseMs ?? 0) > 0
      await pause(jittered(pollMs))
    }
    return failed(null)
  }

  /** Refreshes what is due at one provider. @throws the first error, once nothing is in progress */
  async function refreshDueAt(provider: string): Promise<void> {
    const active = new Map<string, Promise<void>>()
    const failures: unknown[] = []
    let claiming = true
    for (;;) {
      const claims =
        claiming && !dueStopped && active.size <= REFILL_AT
          ? await claimRefreshes(deps.sql, provider, { due: true, limit: AT_A_TIME - active.size }).catch((error) => {
              failures.push(error)
              claiming = false
              return []
            })
          : []
      for (const claim of claims) {
        const key = `${claim.id} ${claim.tokenVersion}`
        const running = refreshConnection(deps, claim, stopping.signal)
        // Callers who need these tokens now wait for this refresh instead of querying the database again and again.
        underWay.set(key, running)
        const settled = running.then(
          (outcome) => {
            if (outcome.kind === 'refreshed') refreshed++
          },
          (error) => {
            failures.push(error)
          },
        )
        active.set(
          key,
          settled.finally(() => {
            active.delete(key)
            if (underWay.get(key) === running) underWay.delete(key)
          }),
        )
      }
      if (active.size === 0) break
      await Promise.race(active.values())
    }
    if (failures.length > 0) throw failures[0]
  }

  function stopDue(): void {
    dueStopped = true
    due.stop()
  }

  return {
    refresh,
    async refreshDue() {
      const before = refreshed
      await due.workOff()
      return refreshed - before
    },
    stopDue,
    async close() {
      stopDue()
      const limit = setTimeout(() => stopping.abort(), CLOSE_GRACE_MS)
      await Promise.allSettled(underWay.values())
      clearTimeout(limit)
    },
  }
}

function failed(retryInMs: number | null): RefreshOutcome {
  return { kind: 'failed', retryInMs: retryInMs ?? RETRY_MS }
}

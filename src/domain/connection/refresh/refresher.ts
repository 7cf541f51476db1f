import pLimit, { type LimitFunction } from 'p-limit'
import type { Connector } from '../../catalogue/catalogue.js'
import { jittered, pause } from '../../pause.js'
import { createQueues } from '../queues.js'
import { needsOperator } from '../refusal-rules.js'
import { AT_A_TIME, type Claim, claimRefreshes } from './claim-refreshes.js'
import { type RefreshDeps, type RefreshOutcome, refreshConnection } from './refresh-connection.js'
import { providersDue, type RefreshState, readRefreshState } from './refresh-state.js'
import { createStoreSilently } from './store-silently.js'

/** Longer than the app may take, shorter than callers wait. */
const WAIT_MS = 20_000
const POLL_MS = 50
const MAX_POLL_MS = 500
/** The pause that callers are told if no better one is known. */
const RETRY_MS = 5_000
/** New claims are made when this many requests at a provider are left. */
const REFILL_AT = 7
/** How many due refreshes of a provider may be in progress, those that are being stored included. */
const MAX_ACTIVE = 3 * AT_A_TIME
const CLOSE_GRACE_MS = 5_000

/** Which tokens of which connection aren't good enough, and how long the new ones have to last. */
export interface RefreshRequest {
  connectionId: string
  tokenVersion: number
  connector: Connector
  neededMs: number
  /** Called unless the refresh is in progress here already. What it throws prevents it. */
  beforeStart?: () => void
  /** Called if the app is asked because of this request. */
  onClaimed?: () => void
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
  /** Claims whose tokens have arrived and are being stored, by provider. The app is free for others. */
  const storing = new Map<string, Set<Claim>>()
  const due = createQueues(() => providersDue(deps.sql), refreshDueAt)
  let refreshed = 0
  const stopping = new AbortController()
  let dueStopped = false

  async function refresh(request: RefreshRequest): Promise<RefreshOutcome> {
    const key = `${request.connectionId} ${request.tokenVersion}`
    let running = underWay.get(key)
    if (!running) {
      request.beforeStart?.()
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

  function storingAt(provider: string): Set<Claim> {
    let claims = storing.get(provider)
    if (!claims) {
      claims = new Set()
      storing.set(provider, claims)
    }
    return claims
  }

  async function carryOut(provider: string, claim: Claim, answered: () => void = () => {}): Promise<RefreshOutcome> {
    const stored = storingAt(provider)
    try {
      return await refreshConnection(deps, claim, stopping.signal, () => {
        stored.add(claim)
        answered()
      })
    } finally {
      stored.delete(claim)
    }
  }

  /** Claims the refresh, or waits for the instance that has claimed it. */
  async function claimAndRefresh(request: RefreshRequest, deadline: number): Promise<RefreshOutcome> {
    const { connectionId, tokenVersion, connector, neededMs } = request
    const provider = connector.providerKey
    let leased = false
    for (let pollMs = POLL_MS; performance.now() < deadline; pollMs = Math.min(pollMs * 1.5, MAX_POLL_MS)) {
      const wanted = { due: false, connectionId, tokenVersion, neededSeconds: neededMs / 1000 } as const
      const [claim] = leased ? [] : await claimRefreshes(deps.sql, provider, storingAt(provider), wanted)
      if (claim) {
        request.onClaimed?.()
        return carryOut(provider, claim)
      }
      const state = await readRefreshState(deps.sql, connectionId, provider)
      if (!state || state.tokenVersion !== tokenVersion || !state.refreshable) return { kind: 'overtaken' }
      if (state.status !== 'LIVE') return { kind: 'ended' }
      if (state.refreshAttempts > 0 && (state.dueInMs ?? 0) > 0) return pausedBy(state)
      if ((state.pausedMs ?? 0) > 0) return failed(state.pausedMs)
      leased = (state.leaseMs ?? 0) > 0
      await pause(jittered(pollMs))
    }
    return failed(null)
  }

  /** Refreshes what is due at one provider. @throws the first error, once nothing is in progress */
  async function refreshDueAt(provider: string): Promise<void> {
    const active = new Set<Claim>()
    const atApp = new Set<Claim>()
    const failures: unknown[] = []
    let claiming = true
    let [moved, resume] = [false, () => {}]
    const left = (set: Set<Claim>, claim: Claim) => {
      if (!set.delete(claim)) return
      moved = true
      resume()
    }

    async function claimDue(): Promise<Claim[]> {
      const limit = Math.min(AT_A_TIME - atApp.size, MAX_ACTIVE - active.size)
      if (!claiming || dueStopped || atApp.size > REFILL_AT || limit <= 0) return []
      try {
        return await claimRefreshes(deps.sql, provider, storingAt(provider), { due: true, limit })
      } catch (error) {
        failures.push(error)
        claiming = false
        return []
      }
    }

    async function start(claim: Claim): Promise<void> {
      active.add(claim)
      atApp.add(claim)
      const key = `${claim.id} ${claim.tokenVersion}`
      const running = carryOut(provider, claim, () => left(atApp, claim))
      // Callers who need these tokens now wait for this refresh instead of querying the database again and again.
      underWay.set(key, running)
      try {
        if ((await running).kind === 'refreshed') refreshed++
      } catch (error) {
        failures.push(error)
      }
      if (underWay.get(key) === running) underWay.delete(key)
      left(atApp, claim)
      left(active, claim)
    }

    do {
      moved = false
      for (const claim of await claimDue()) void start(claim)
      if (active.size > 0 && !moved) await new Promise<void>((resolve) => (resume = resolve))
    } while (active.size > 0)
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

/** A connection whose last refresh failed, during the pause afterward. */
function pausedBy({ dueInMs, refusedFor, othersAccepted }: RefreshState): RefreshOutcome {
  const needed = refusedFor !== null && needsOperator(refusedFor, { othersAccepted })
  return needed ? { kind: 'client-refused', retryInMs: dueInMs ?? RETRY_MS } : failed(dueInMs)
}

function failed(retryInMs: number | null): RefreshOutcome {
  return { kind: 'failed', retryInMs: retryInMs ?? RETRY_MS }
}

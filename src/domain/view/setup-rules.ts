/**
 * The rules: what a step's status is, what the user can do about it, and when a setup is ready. They are pure functions
 * over plain data.
 */

export type StepStatus =
  | 'NOT_CONNECTED'
  | 'AUTHORIZING'
  | 'LIVE'
  | 'MISSING_SCOPES'
  | 'EXPIRED'
  | 'BROKEN'
  | 'UNAVAILABLE'
export type Remedy = 'CONNECT' | 'REAUTHORIZE' | 'GRANT_SCOPES' | 'WAIT' | 'ASK_OPERATOR'
export type SetupStatus = 'IN_PROGRESS' | 'READY' | 'NEEDS_ATTENTION'

export interface StepFacts {
  /** The connector has client credentials. */
  readonly available: boolean
  /** The connection that the step uses. */
  readonly connection: { readonly status: 'LIVE' | 'EXPIRED' | 'BROKEN' } | null
  readonly missingScopes: readonly string[]
  /** An authorization is open. */
  readonly authorizing: boolean
}

export function stepStatus(facts: StepFacts): StepStatus {
  if (!facts.available) return 'UNAVAILABLE'
  const settled = settledStatus(facts)
  // Connecting a second account in addition to a live one doesn't affect the step.
  return settled !== 'LIVE' && facts.authorizing ? 'AUTHORIZING' : settled
}

function settledStatus({ connection, missingScopes }: StepFacts): Exclude<StepStatus, 'UNAVAILABLE' | 'AUTHORIZING'> {
  if (!connection) return 'NOT_CONNECTED'
  if (connection.status !== 'LIVE') return connection.status
  return missingScopes.length > 0 ? 'MISSING_SCOPES' : 'LIVE'
}

const REMEDIES: Record<StepStatus, Remedy | null> = {
  NOT_CONNECTED: 'CONNECT',
  AUTHORIZING: 'WAIT',
  LIVE: null,
  MISSING_SCOPES: 'GRANT_SCOPES',
  EXPIRED: 'REAUTHORIZE',
  BROKEN: 'REAUTHORIZE',
  UNAVAILABLE: 'ASK_OPERATOR',
}

/** Returns what the user has to do about one step, or null if it is live with every scope it needs. */
export function remedyFor(status: StepStatus): Remedy | null {
  return REMEDIES[status]
}

/** Returns what the user has to do about a connection, regardless of the steps that use it. Null if it is live. */
export function connectionRemedy(status: 'LIVE' | 'EXPIRED' | 'BROKEN', available: boolean): Remedy | null {
  return status === 'LIVE' ? null : remedyFor(available ? status : 'UNAVAILABLE')
}

export function needsAttention(status: StepStatus): boolean {
  return status === 'EXPIRED' || status === 'BROKEN' || status === 'MISSING_SCOPES' || status === 'UNAVAILABLE'
}

export interface StepOutcome {
  readonly status: StepStatus
  readonly optional: boolean
  /** The connection that the step uses. */
  readonly connection: { readonly status: 'LIVE' | 'EXPIRED' | 'BROKEN' } | null
}

export function setupStatus(steps: readonly StepOutcome[]): SetupStatus {
  const required = steps.filter((step) => !step.optional)
  if (required.some((step) => needsAttention(step.status))) return 'NEEDS_ATTENTION'
  return required.every((step) => step.status === 'LIVE') ? 'READY' : 'IN_PROGRESS'
}

export interface StepCounts {
  required: number
  connected: number
  done: number
  needsAttention: number
  optionalDone: number
}

export function stepCounts(steps: readonly StepOutcome[]): StepCounts {
  const counts = { required: 0, connected: 0, done: 0, needsAttention: 0, optionalDone: 0 }
  for (const { status, optional, connection } of steps) {
    if (optional) {
      if (status === 'LIVE') counts.optionalDone++
      continue
    }
    counts.required++
    if (status !== 'UNAVAILABLE' && connection?.status === 'LIVE') counts.connected++
    if (status === 'LIVE') counts.done++
    if (needsAttention(status)) counts.needsAttention++
  }
  return counts
}

/**
 * Returns the step to do next, or null if all are live.
 *
 * 1. Required steps come before optional ones.
 * 2. Among them, those that the person has to repair come first, because the setup's status is about them. Next are those
 *    to connect, and last those that only an operator can make available.
 * 3. Otherwise the order is the wizard's.
 */
export function nextStep<T extends StepOutcome>(steps: readonly T[]): T | null {
  const open = steps.filter((step) => step.status !== 'LIVE')
  const [next] = open.toSorted(
    (one, other) => Number(one.optional) - Number(other.optional) || urgency(one.status) - urgency(other.status),
  )
  return next ?? null
}

function urgency(status: StepStatus): number {
  if (status === 'UNAVAILABLE') return 2
  return needsAttention(status) ? 0 : 1
}

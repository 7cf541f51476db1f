import type { ActivityKind } from '../../../generated/documents/graphql.js'

interface Dated {
  at: string
  kind: ActivityKind
  detail?: string | null
  connectorSlug?: string | null
}

/** An entry, and whether it's about repairing a connection rather than about a new one. */
export type ActivityEntry<E> = E & { isRepair: boolean }

export interface ActivityDay<E> {
  /** The local date, as `2026-11-30`. */
  date: string
  entries: ActivityEntry<E>[]
}

/** What ends an authorization that was started. */
const OUTCOMES: readonly ActivityKind[] = [
  'CONNECTED',
  'REAUTHORIZED',
  'AUTHORIZATION_DENIED',
  'AUTHORIZATION_FAILED',
  'AUTHORIZATION_EXPIRED',
  'AUTHORIZATION_CANCELED',
]

/**
 * Groups activity by local day. The start of an authorization and how it ended are one entry, that of the end: each
 * outcome takes the latest start of the same app before it, and what that was for.
 * @param entries newest first, as are the days
 */
export function activityDays<E extends Dated>(entries: readonly E[]): ActivityDay<E>[] {
  const days: ActivityDay<E>[] = []
  for (const entry of withoutStarts(entries)) {
    const date = localDate(new Date(entry.at))
    const last = days.at(-1)
    if (last?.date === date) last.entries.push(entry)
    else days.push({ date, entries: [entry] })
  }
  return days
}

function withoutStarts<E extends Dated>(entries: readonly E[]): ActivityEntry<E>[] {
  const unstarted = new Map<string, ActivityEntry<E>[]>()
  const kept: ActivityEntry<E>[] = []
  for (const entry of entries) {
    const known = { ...entry, isRepair: entry.detail === 'REPAIR' || entry.detail === 'ACCOUNT_MISMATCH' }
    const app = entry.connectorSlug ?? ''
    const outcomes = unstarted.get(app) ?? []
    unstarted.set(app, outcomes)
    if (OUTCOMES.includes(entry.kind)) outcomes.push(known)
    const outcome = entry.kind === 'AUTHORIZATION_STARTED' ? outcomes.pop() : undefined
    if (outcome) outcome.isRepair ||= known.isRepair
    else kept.push(known)
  }
  return kept
}

/** Returns the date in the local time zone. */
function localDate(moment: Date): string {
  const parts = [moment.getFullYear(), moment.getMonth() + 1, moment.getDate()]
  return parts.map((part) => String(part).padStart(2, '0')).join('-')
}

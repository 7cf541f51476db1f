import type { ActivityKind } from '../../../generated/documents/graphql.js'

interface Dated {
  at: string
  kind: ActivityKind
  connectorSlug?: string | null
}

export interface ActivityDay<E> {
  /** The local date, as `2026-11-30`. */
  date: string
  entries: E[]
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
 * outcome takes the latest start of the same app before it.
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

function withoutStarts<E extends Dated>(entries: readonly E[]): E[] {
  const outcomes = new Map<string, number>()
  return entries.filter(({ kind, connectorSlug }) => {
    const app = connectorSlug ?? ''
    const open = outcomes.get(app) ?? 0
    if (OUTCOMES.includes(kind)) outcomes.set(app, open + 1)
    if (kind !== 'AUTHORIZATION_STARTED' || open === 0) return true
    outcomes.set(app, open - 1)
    return false
  })
}

/** Returns the date in the local time zone. */
function localDate(moment: Date): string {
  const parts = [moment.getFullYear(), moment.getMonth() + 1, moment.getDate()]
  return parts.map((part) => String(part).padStart(2, '0')).join('-')
}

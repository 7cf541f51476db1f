import { DAY_MS, HOUR_MS, later } from '../formats.js'
import type { WebhookAnswer } from '../ports/webhook-sender.js'

/** How long a delivery is tried, from when it is written or replayed. */
export const RETRY_WINDOW_MS = DAY_MS
export const DELIVERED_KEPT_DAYS = 7
export const DEAD_KEPT_DAYS = 30

const MIN_PAUSE_MS = 1_000
const FIRST_PAUSE_MS = 5_000
const LONGEST_PAUSE_MS = HOUR_MS
/** The receiver wants no more deliveries (Standard Webhooks, "Operational considerations"). */
const GONE = 410

/** Why a try got no response, or why it wasn't made at all. */
export type NoAnswer = { fault: string }

export interface DeliveryTry {
  /** The number of the try, starting with 1. */
  attempts: number
  /** When it ended, by the database's clock. */
  now: Date
  retryUntil: Date
}

export interface Verdict {
  status: 'DELIVERED' | 'PENDING' | 'DEAD'
  /** When to try again. For a finished delivery, when to delete it. */
  dueAt: Date
  /** The receiver's HTTP status, or a word for why there was none. */
  result: string
}

/**
 * Returns what follows from a try. Only a 2xx is a success. The last try is made at the end of the window, even if its
 * pause should have been longer, so that nothing is given up untried.
 * @param random from 0 to 1
 */
export function verdictOf(answer: WebhookAnswer | NoAnswer, attempt: DeliveryTry, random: number): Verdict {
  const { now, retryUntil } = attempt
  const result = 'fault' in answer ? answer.fault : String(answer.status)
  if ('status' in answer && answer.status >= 200 && answer.status < 300) {
    return { status: 'DELIVERED', dueAt: later(now, DELIVERED_KEPT_DAYS * DAY_MS), result }
  }
  if (('status' in answer && answer.status === GONE) || now >= retryUntil) {
    return { status: 'DEAD', dueAt: later(now, DEAD_KEPT_DAYS * DAY_MS), result }
  }
  const asked = 'status' in answer ? (answer.retryAfterMs ?? 0) : 0
  const nextMs = now.getTime() + Math.max(asked, pauseMs(attempt.attempts, random))
  return { status: 'PENDING', dueAt: new Date(Math.min(nextMs, retryUntil.getTime())), result }
}

/** Full jitter: a random pause between one second and a limit that grows from 5 s to an hour. */
export function pauseMs(attempts: number, random: number): number {
  const limit = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempts - 1))
  return Math.max(MIN_PAUSE_MS, random * limit)
}

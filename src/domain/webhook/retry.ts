import { DAY_MS, HOUR_MS, later } from '../formats.js'
import type { WebhookAnswer } from '../ports/webhook-sender.js'

/** How long a delivery is tried, from when it is written or replayed. */
export const RETRY_WINDOW_MS = DAY_MS
export const DELIVERED_KEPT_DAYS = 7
export const DEAD_KEPT_DAYS = 30

const MIN_PAUSE_MS = 1_000
const FIRST_PAUSE_MS = 5_000
const LONGEST_PAUSE_MS = HOUR_MS
/** The receiver says that it wants no further deliveries (Standard Webhooks, "Operational considerations"). */
const GONE = 410

/** A try that failed without an answer: how, or why it was not made at all. */
export type NoAnswer = { fault: string }

export interface DeliveryTry {
  /** Which one it was: 1 for the first. */
  attempts: number
  /** When it ended, by the database's clock. */
  now: Date
  retryUntil: Date
}

export interface Verdict {
  status: 'DELIVERED' | 'PENDING' | 'DEAD'
  /** When to try again; once it has ended, when to forget it. */
  dueAt: Date
  /** The receiver's HTTP status, or a word for why there was none. */
  result: string
}

/**
 * What follows from a try. Only a 2xx is a success. The last try is made when the time is up, however long the pause
 * before it should have been, so that nothing dies untried.
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

/** Full jitter: anything between a second and a limit that grows from 5 s to an hour. */
export function pauseMs(attempts: number, random: number): number {
  const limit = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempts - 1))
  return Math.max(MIN_PAUSE_MS, random * limit)
}

import type { Provider } from '../catalogue/provider.js'

/** The rules of keeping tokens fresh: durations in milliseconds, plain data in and out. */

const MIN_MARGIN_MS = 5 * 60_000
const MARGIN_SHARE = 0.2
const JITTER_SHARE = 0.2
const CHECK_SPARE_SHARE = 0.1
/** Tokens that live for less than the margin: half their life, and not more often than this. */
const MIN_INTERVAL_MS = 30_000

const BASE_PAUSE_MS = 5_000
const MAX_PAUSE_MS = 15 * 60_000
/** Full jitter may be 0; an app that has just failed gets this long. */
const MIN_PAUSE_MS = 1_000

/**
 * How long after its issue a token is to be refreshed: five minutes or a fifth of its life before its end, whichever is
 * more, jittered by a fifth of that margin so that tokens of one moment do not come due in one moment.
 * @param random 0 to 1
 * @returns null when the app did not say how long the token lives: absence means unknown, not expired
 */
export function refreshInMs(lifetimeMs: number | null, random: number): number | null {
  if (lifetimeMs === null) return null
  const margin = Math.min(Math.max(MIN_MARGIN_MS, lifetimeMs * MARGIN_SHARE), lifetimeMs / 2)
  return Math.max(lifetimeMs - margin * (1 + JITTER_SHARE * (2 * random - 1)), MIN_INTERVAL_MS)
}

/**
 * How long to wait after a refresh that failed: full jitter, growing from five seconds to fifteen minutes.
 * @param failures how many there were before this one
 * @param retryAfterMs what the app asked for; it is never asked sooner
 */
export function pauseAfterFailureMs(failures: number, retryAfterMs: number | null, random: number): number {
  const ceiling = Math.min(MAX_PAUSE_MS, BASE_PAUSE_MS * 2 ** Math.min(failures, 20))
  return (retryAfterMs ?? 0) + Math.max(MIN_PAUSE_MS, ceiling * random)
}

/**
 * How long after an app has accepted a token it is asked again. A tenth of the interval is left for looking what is due
 * and for the answer, so that what the app says is known when the interval is over.
 */
export function checkInMs(intervalMs: number, random: number): number {
  return intervalMs * (1 - CHECK_SPARE_SHARE - JITTER_SHARE * random)
}

/** The same for a connection of this provider; null where there is no call by which the app can be asked. */
export function nextCheckInMs(
  { identity }: Pick<Provider, 'identity'>,
  intervalMs: number,
  random: number,
): number | null {
  return identity ? checkInMs(intervalMs, random) : null
}

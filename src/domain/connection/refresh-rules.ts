import type { Provider } from '../catalogue/provider.js'

/** Rules for keeping tokens fresh. Durations are in milliseconds. */

const MIN_MARGIN_MS = 5 * 60_000
const MARGIN_SHARE = 0.2
const JITTER_SHARE = 0.2
const CHECK_SPARE_SHARE = 0.1
/** Tokens with a lifetime below the margin are refreshed after half of it, but not more often than this. */
const MIN_INTERVAL_MS = 30_000

const BASE_PAUSE_MS = 5_000
const MAX_PAUSE_MS = 15 * 60_000
/** Full jitter may be 0, so wait at least this long after an app failed. */
const MIN_PAUSE_MS = 1_000

/**
 * Returns how long after it was issued a token should be refreshed: five minutes or a fifth of its lifetime before its end,
 * whichever is more. The margin is jittered by a fifth, so that tokens issued together don't become due together.
 * @param random 0 to 1
 * @returns null if the app didn't state a lifetime, which means unknown and not expired
 */
export function refreshInMs(lifetimeMs: number | null, random: number): number | null {
  if (lifetimeMs === null) return null
  const margin = Math.min(Math.max(MIN_MARGIN_MS, lifetimeMs * MARGIN_SHARE), lifetimeMs / 2)
  return Math.max(lifetimeMs - margin * (1 + JITTER_SHARE * (2 * random - 1)), MIN_INTERVAL_MS)
}

/**
 * Returns how long to wait after a failed refresh: full jitter that grows from five seconds to fifteen minutes.
 * @param failures the number of failures before this one
 * @param retryAfterMs the pause that the app asked for; the result is never shorter
 */
export function pauseAfterFailureMs(failures: number, retryAfterMs: number | null, random: number): number {
  const ceiling = Math.min(MAX_PAUSE_MS, BASE_PAUSE_MS * 2 ** Math.min(failures, 20))
  return (retryAfterMs ?? 0) + Math.max(MIN_PAUSE_MS, ceiling * random)
}

/**
 * Returns how long to wait before asking an app again whether it accepts a token. A tenth of the interval is left for
 * finding due connections and for the response, so that the result is known when the interval ends.
 */
export function checkInMs(intervalMs: number, random: number): number {
  return intervalMs * (1 - CHECK_SPARE_SHARE - JITTER_SHARE * random)
}

/** The same for a connection of this provider. Null if the provider has no call that tells. */
export function nextCheckInMs(
  { identity }: Pick<Provider, 'identity'>,
  intervalMs: number,
  random: number,
): number | null {
  return identity?.url ? checkInMs(intervalMs, random) : null
}

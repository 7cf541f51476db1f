import { MINUTE_MS } from '../formats.js'

/** Less than this is the error of adding fractions. */
const NEARLY_NOTHING = 1e-6

/** A bucket holds the tokens of one minute. They return evenly, so an empty one is full again after a minute. */
export interface TokenBucket {
  /** How many tokens are missing. More than it holds if several instances gave out the same ones. */
  missing: number
  /** When that was so, by a clock that only goes forward. */
  atMs: number
}

/** Returns how many tokens are missing by now. */
export function missingAt({ missing, atMs }: TokenBucket, perMinute: number, nowMs: number): number {
  return Math.max(0, missing - ((nowMs - atMs) * perMinute) / MINUTE_MS)
}

/**
 * Returns how long to wait until this many tokens can be taken: 0 if they can be taken now. More than the bucket holds
 * can be taken once it is full.
 */
export function waitMs(missing: number, count: number, perMinute: number): number {
  const excess = missing + Math.min(count, perMinute) - perMinute
  return excess > NEARLY_NOTHING ? (excess * MINUTE_MS) / perMinute : 0
}

import { MINUTE_MS } from '../formats.js'
import type { TokenBucket } from './token-bucket.js'

/** Beyond this many callers, those that were quiet for the longest time are forgotten earlier. */
const MAX_CALLERS = 20_000

/** One caller's bucket of one limit. */
export interface CallersBucket extends TokenBucket {
  readonly caller: string
  /** How many of the missing tokens other instances don't know of. */
  unshared: number
}

/**
 * The buckets of one limit, for a bounded number of callers. A caller that does nothing for a minute is forgotten within
 * another one, because its bucket is full by then.
 */
export class RecentBuckets {
  #recent = new Map<string, CallersBucket>()
  #earlier = new Map<string, CallersBucket>()
  #turnsAtMs = 0

  /** Returns the caller's bucket, which is kept from now on. */
  of(caller: string, nowMs: number): CallersBucket {
    if (nowMs >= this.#turnsAtMs || this.#recent.size >= MAX_CALLERS) {
      // Nothing of the time before is needed if no one came for two minutes.
      this.#earlier = nowMs >= this.#turnsAtMs + MINUTE_MS ? new Map() : this.#recent
      this.#recent = new Map()
      this.#turnsAtMs = nowMs + MINUTE_MS
    }
    let bucket = this.#recent.get(caller)
    if (!bucket) {
      bucket = this.#earlier.get(caller) ?? { caller, missing: 0, atMs: nowMs, unshared: 0 }
      this.#recent.set(caller, bucket)
    }
    return bucket
  }

  /** Returns the caller's bucket if it is kept. */
  known(caller: string): TokenBucket | undefined {
    return this.#recent.get(caller) ?? this.#earlier.get(caller)
  }
}

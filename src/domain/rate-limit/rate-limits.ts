import { MAX_USAGES, type Usage } from '../ports/usage.js'
import type { RateLimit } from './rate-limit.js'
import { RateLimitedError } from './rate-limited-error.js'
import { type CallersBucket, RecentBuckets } from './recent-buckets.js'
import { missingAt, waitMs } from './token-bucket.js'

/** How long usages are collected before other instances learn of them. */
const SHARE_AFTER_MS = 100
/** More callers than this are counted by this instance alone. */
const MAX_WAITING = 10_000

interface Options {
  /** How often one caller may do it in a minute, or in a single moment; 0 for any number. */
  perMinute: Readonly<Record<RateLimit, number>>
  /** Tells other instances. Undefined if there are none. */
  share?: ((usages: readonly Usage[]) => void) | undefined
  /** Called for everything that is refused. */
  onRefused: (limit: RateLimit, caller: string) => void
  /** A clock that only goes forward, in milliseconds. */
  now?: () => number
}

/**
 * Counts what callers do, in token buckets, and refuses what is too much. It never waits: each instance decides by what
 * it knows, tells the others a moment later, and counts what they tell. So instances that can't reach each other
 * never refuse a caller who keeps to the limit.
 */
export class RateLimits {
  readonly #options: Options
  readonly #now: () => number
  readonly #buckets = new Map<string, RecentBuckets>()
  readonly #unshared = new Map<CallersBucket, RateLimit>()
  #timer: NodeJS.Timeout | undefined

  constructor(options: Options) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
    for (const [limit, perMinute] of Object.entries(options.perMinute)) {
      if (perMinute > 0) this.#buckets.set(limit, new RecentBuckets())
    }
  }

  /**
   * Counts that the caller does something.
   * @throws RateLimitedError if that is too much. It isn't counted then
   */
  take(limit: RateLimit, caller: string, count = 1): void {
    this.check(limit, caller, count)
    this.count(limit, caller, count)
  }

  /** @throws RateLimitedError if it would be too much for the caller to do this now */
  check(limit: RateLimit, caller: string, count = 1): void {
    const inMs = this.#waitMs(limit, caller, count)
    if (inMs === 0) return
    this.#options.onRefused(limit, caller)
    throw new RateLimitedError(limit, Math.ceil(inMs / 1_000))
  }

  /** Returns whether it would be too much. */
  refuses(limit: RateLimit, caller: string): boolean {
    return this.#waitMs(limit, caller, 1) > 0
  }

  /** Counts it, whether or not it is too much. */
  count(limit: RateLimit, caller: string, count = 1): void {
    const bucket = this.#counted(limit, caller, count)
    const { share } = this.#options
    if (!bucket || !share || (bucket.unshared === 0 && this.#unshared.size >= MAX_WAITING)) return
    bucket.unshared += count
    this.#unshared.set(bucket, limit)
    this.#timer ??= setTimeout(() => this.#share(share), SHARE_AFTER_MS).unref()
  }

  /** Counts what other instances allowed. */
  add(usages: readonly Usage[]): void {
    for (const [limit, caller, count] of usages) this.#counted(limit, caller, count)
  }

  close(): void {
    clearTimeout(this.#timer)
  }

  #waitMs(limit: RateLimit, caller: string, count: number): number {
    const bucket = this.#buckets.get(limit)?.known(caller)
    if (!bucket) return 0
    const perMinute = this.#options.perMinute[limit]
    return waitMs(missingAt(bucket, perMinute, this.#now()), count, perMinute)
  }

  /** @returns the caller's bucket. Undefined if nothing limits this */
  #counted(limit: string, caller: string, count: number): CallersBucket | undefined {
    const nowMs = this.#now()
    const bucket = this.#buckets.get(limit)?.of(caller, nowMs)
    if (!bucket) return undefined
    bucket.missing = missingAt(bucket, this.#options.perMinute[limit as RateLimit], nowMs) + count
    bucket.atMs = nowMs
    return bucket
  }

  #share(share: (usages: readonly Usage[]) => void): void {
    this.#timer = undefined
    const usages = [...this.#unshared].map(([{ caller, unshared }, limit]): Usage => [limit, caller, unshared])
    for (const bucket of this.#unshared.keys()) bucket.unshared = 0
    this.#unshared.clear()
    for (let from = 0; from < usages.length; from += MAX_USAGES) share(usages.slice(from, from + MAX_USAGES))
  }
}

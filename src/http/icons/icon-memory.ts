import pLimit from 'p-limit'
import { type Picture, pictureTypeOf } from '../pictures/picture.js'

/** How an instance keeps icons. */
export interface IconLimits {
  /** How long a picture is kept until it's fetched again. */
  freshMs: number
  /** How long nothing is fetched from a URL after it failed. */
  failedMs: number
  /** How many bytes the pictures in memory may have in total. */
  maxBytes: number
  /** How many URLs are remembered, with a picture or without. */
  maxEntries: number
  /** How many pictures are fetched at the same time. */
  maxFetches: number
  /** How many URLs may wait for that. */
  maxWaiting: number
  /** How many are fetched in a minute. */
  fetchesPerMinute: number
}

export const ICON_LIMITS: IconLimits = {
  freshMs: 6 * 3_600_000,
  failedMs: 5 * 60_000,
  maxBytes: 16 * 1024 * 1024,
  maxEntries: 5_000,
  maxFetches: 10,
  maxWaiting: 200,
  fetchesPerMinute: 600,
}

interface Entry {
  /** Null if there is none, because it failed. */
  picture: Picture | null
  /** When it may be fetched again. */
  dueMs: number
}

interface Options {
  /** Fetches from a URL, within a limit of size and time. */
  fetch: (url: string) => Promise<Response>
  /** Called if a URL has no usable picture. */
  failed: (host: string, reason: string) => void
  limits?: IconLimits
  /** A clock that only goes forward, in milliseconds. */
  now?: () => number
}

/**
 * The pictures at the URLs that operators published. Fetches each one rarely, however often it's asked for, because anyone
 * may ask: a picture once in a while, a failure not again for some minutes, and only so many in a minute. If a picture
 * can't be fetched again, the earlier one remains.
 */
export class IconMemory {
  readonly #options: Options
  readonly #limits: IconLimits
  readonly #now: () => number
  readonly #inTurn: ReturnType<typeof pLimit>
  /** By URL, in the order of their last use. */
  readonly #entries = new Map<string, Entry>()
  readonly #fetching = new Map<string, Promise<Picture | null>>()
  #bytes = 0
  #spent = 0
  #spentAtMs: number

  constructor(options: Options) {
    this.#options = options
    this.#limits = options.limits ?? ICON_LIMITS
    this.#now = options.now ?? (() => performance.now())
    this.#spentAtMs = this.#now()
    this.#inTurn = pLimit(this.#limits.maxFetches)
  }

  /** Returns the picture at a URL, null if there is none, or undefined if too much else is fetched to know that now. */
  async at(url: string): Promise<Picture | null | undefined> {
    const known = this.#entries.get(url)
    if (known && known.dueMs > this.#now()) {
      this.#touch(url, known)
      return known.picture
    }
    const fetching = this.#fetching.get(url)
    if (fetching) return fetching
    const { maxFetches, maxWaiting } = this.#limits
    if (this.#fetching.size >= maxFetches + maxWaiting || !this.#spend()) return known?.picture ?? undefined
    const fetched = this.#inTurn(() => this.#fetch(url, known)).finally(() => this.#fetching.delete(url))
    this.#fetching.set(url, fetched)
    return fetched
  }

  async #fetch(url: string, known: Entry | undefined): Promise<Picture | null> {
    let picture: Picture | null = null
    try {
      picture = await this.#pictureAt(url)
    } catch (error) {
      this.#options.failed(new URL(url).host, reasonOf(error))
    }
    const { freshMs, failedMs } = this.#limits
    const kept = picture ?? known?.picture ?? null
    this.#touch(url, { picture: kept, dueMs: this.#now() + (picture ? freshMs : failedMs) })
    return kept
  }

  async #pictureAt(url: string): Promise<Picture> {
    const response = await this.#options.fetch(url)
    if (!response.ok) throw new Error(`status ${response.status}`)
    const bytes = Buffer.from(await response.arrayBuffer())
    const type = pictureTypeOf(bytes)
    if (type === null) throw new Error('not a picture')
    return { type, bytes }
  }

  /** Counts a fetch, unless there were too many. They return evenly over a minute. */
  #spend(): boolean {
    const { fetchesPerMinute } = this.#limits
    const nowMs = this.#now()
    this.#spent = Math.max(0, this.#spent - ((nowMs - this.#spentAtMs) / 60_000) * fetchesPerMinute)
    this.#spentAtMs = nowMs
    if (this.#spent + 1 > fetchesPerMinute) return false
    this.#spent += 1
    return true
  }

  /** Makes it the last one used, and forgets the first ones if there are too many. */
  #touch(url: string, entry: Entry): void {
    this.#forget(url)
    this.#entries.set(url, entry)
    this.#bytes += sizeOf(entry)
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#limits.maxBytes && this.#entries.size <= this.#limits.maxEntries) return
      this.#forget(oldest)
    }
  }

  #forget(url: string): void {
    const entry = this.#entries.get(url)
    if (!entry) return
    this.#entries.delete(url)
    this.#bytes -= sizeOf(entry)
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && 'reason' in error) return String(error.reason)
  return error instanceof Error ? error.message : String(error)
}

function sizeOf({ picture }: Entry): number {
  return picture?.bytes.length ?? 0
}

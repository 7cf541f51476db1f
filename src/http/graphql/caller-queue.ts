/** While others are answered too, what waits here gets one of so many parts of the time. */
const PARTS = 4
/** It continues after this time at the latest, in milliseconds. */
const MAX_PAUSE_MS = 50

/**
 * Lets what takes milliseconds wait, and answers everyone else in between. One that waits continues in each turn of the
 * event loop. If others are answered too, and the caller of the last one has more waiting, it continues after three times
 * as long as the last one took. The callers take turns, no matter how much each of them has waiting.
 */
export class CallerQueue {
  /** The caller whose turn is next comes first. */
  readonly #waiting = new Map<string, (() => void)[]>()
  #isScheduled = false
  #continued: string | undefined
  #continuedAtMs = 0
  /** Whether anyone else's operation was executed since. */
  #othersRan = false
  #notBeforeMs = 0

  /** Returns how much of this caller waits. */
  waitingOf(caller: string): number {
    return this.#waiting.get(caller)?.length ?? 0
  }

  /** An operation of this caller is executed. */
  ran(caller: string): void {
    if (caller !== this.#continued && !this.#waiting.has(caller)) this.#othersRan = true
  }

  /** Resolves when it is this one's turn. */
  next(caller: string): Promise<void> {
    return new Promise((resolve) => {
      const queue = this.#waiting.get(caller)
      if (queue) queue.push(resolve)
      else this.#waiting.set(caller, [resolve])
      if (!this.#isScheduled) this.#schedule()
    })
  }

  #schedule(): void {
    this.#isScheduled = true
    const pauseMs = this.#notBeforeMs - performance.now()
    if (pauseMs >= 1) setTimeout(() => this.#inThisTurn(), pauseMs)
    else this.#inThisTurn()
  }

  /** Both run without anything in between but what the first one lets continue. */
  #inThisTurn(): void {
    setImmediate(() => this.#continueOne())
    setImmediate(() => this.#measure())
  }

  #continueOne(): void {
    const [first] = this.#waiting
    if (!first) return
    const [caller, queue] = first
    this.#waiting.delete(caller)
    if (queue.length > 1) this.#waiting.set(caller, queue)
    this.#continued = caller
    this.#continuedAtMs = performance.now()
    queue.shift()?.()
  }

  #measure(): void {
    const nowMs = performance.now()
    const hasMore = this.#continued !== undefined && this.#waiting.has(this.#continued)
    const pauseMs = this.#othersRan && hasMore ? (PARTS - 1) * (nowMs - this.#continuedAtMs) : 0
    this.#notBeforeMs = nowMs + Math.min(pauseMs, MAX_PAUSE_MS)
    this.#othersRan = false
    this.#isScheduled = false
    if (this.#waiting.size > 0) this.#schedule()
  }
}

import { CallerQueue } from '../caller-queue.js'

/** How many values of one caller are executed in a turn of the event loop. They take a few milliseconds. */
const VALUES_IN_A_TURN = 2_000

/** How long a caller counts as one with large responses after one of them paused. */
const LARGE_FOR_MS = 1_000
/** Beyond this many callers, those are forgotten that paused the longest time ago. */
const MAX_REMEMBERED = 1_000

/** How an execution shares the event loop with others. */
export interface Turn {
  /** Counts values that were executed. @returns whether it is time for a pause */
  spend(values: number): boolean
  /** Resolves when the execution may continue after a pause. */
  next(): Promise<void>
}

/** Lets executions that take long pause, and answers everyone else before one of those that wait continues. */
export class Turns {
  readonly #valuesInATurn: number
  readonly #queue: CallerQueue
  /** The values of each caller in this turn of the event loop. */
  readonly #spent = new Map<string, number>()

  /** When an execution of each caller last paused. The latest comes last. */
  readonly #pausedAtMs = new Map<string, number>()

  constructor(queue = new CallerQueue(), valuesInATurn = VALUES_IN_A_TURN) {
    this.#queue = queue
    this.#valuesInATurn = valuesInATurn
  }

  of(caller: string): Turn {
    return { spend: (values) => this.#spend(caller, values), next: () => this.#next(caller) }
  }

  /** Returns whether one of this caller's executions paused lately. */
  hasLarge(caller: string): boolean {
    const pausedAtMs = this.#pausedAtMs.get(caller)
    return pausedAtMs !== undefined && performance.now() - pausedAtMs < LARGE_FOR_MS
  }

  #spend(caller: string, values: number): boolean {
    if (this.#spent.size === 0) setImmediate(() => this.#spent.clear())
    const spent = (this.#spent.get(caller) ?? 0) + values
    this.#spent.set(caller, spent)
    return spent >= this.#valuesInATurn
  }

  #next(caller: string): Promise<void> {
    this.#pausedAtMs.delete(caller)
    this.#pausedAtMs.set(caller, performance.now())
    const [oldest] = this.#pausedAtMs.size > MAX_REMEMBERED ? this.#pausedAtMs.keys() : []
    if (oldest !== undefined) this.#pausedAtMs.delete(oldest)
    return this.#queue.next(caller).then(() => void this.#spent.delete(caller))
  }
}

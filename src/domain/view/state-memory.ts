/** One version of a user's state, as JSON. */
export interface RememberedState {
  readonly version: string
  readonly text: string
}

/** The total length of what is remembered, in characters. */
const MAX_LENGTH = 32_000_000

/**
 * Remembers the states of users that were read lately, as compact text. Before one is used, the database says whether it
 * is still the current version.
 *
 * It has two generations. What is used moves to the younger one, and `age` forgets the older one.
 */
export class StateMemory {
  #young = new Map<string, RememberedState>()
  #old = new Map<string, RememberedState>()
  /** Of the younger generation. */
  #length = 0

  constructor(private readonly maxLength = MAX_LENGTH) {}

  get(userId: string): RememberedState | undefined {
    const young = this.#young.get(userId)
    if (young) return young
    const old = this.#old.get(userId)
    if (old) this.set(userId, old)
    return old
  }

  set(userId: string, state: RememberedState): void {
    this.forget(userId)
    if (state.text.length > this.maxLength / 2) return
    if (this.#length + state.text.length > this.maxLength / 2) this.age()
    this.#young.set(userId, state)
    this.#length += state.text.length
  }

  /** For a user whose state has changed, or who was deleted. */
  forget(userId: string): void {
    this.#length -= this.#young.get(userId)?.text.length ?? 0
    this.#young.delete(userId)
    this.#old.delete(userId)
  }

  /** Forgets what wasn't used since the last call. */
  age(): void {
    this.#old = this.#young
    this.#young = new Map()
    this.#length = 0
  }
}

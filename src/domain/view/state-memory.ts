/** One version of a user's state, as JSON. */
export interface RememberedState {
  readonly version: string
  readonly text: string
}

/** The total length of what is remembered, in characters. */
const MAX_LENGTH = 32_000_000

/**
 * Remembers the states of users that were read lately, as compact text. Whoever uses one asks the database first whether
 * it is still the current version. When it is full, it forgets what was used longest
 * ago.
 */
export class StateMemory {
  readonly #byUser = new Map<string, RememberedState>()
  #length = 0

  constructor(private readonly maxLength = MAX_LENGTH) {}

  get(userId: string): RememberedState | undefined {
    const state = this.#byUser.get(userId)
    if (!state) return undefined
    // To the end of the map, which is in the order of use.
    this.#byUser.delete(userId)
    this.#byUser.set(userId, state)
    return state
  }

  set(userId: string, state: RememberedState): void {
    this.#forget(userId)
    if (state.text.length > this.maxLength) return
    this.#byUser.set(userId, state)
    this.#length += state.text.length
    for (const [oldest] of this.#byUser) {
      if (this.#length <= this.maxLength) break
      this.#forget(oldest)
    }
  }

  #forget(userId: string): void {
    this.#length -= this.#byUser.get(userId)?.text.length ?? 0
    this.#byUser.delete(userId)
  }
}

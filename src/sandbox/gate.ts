interface Parked {
  promise: Promise<void>
  wake: () => void
}

/** Keeps responses back, for a time or until released. Nothing stays behind after `open()`. */
export class Gate {
  readonly #held = new Set<() => void>()
  readonly #slow = new Set<() => void>()
  readonly #watchers = new Set<() => void>()

  get held(): number {
    return this.#held.size
  }

  /** Resolves at `release()`, or when `gone` aborts because nobody waits for the response any more. */
  hold(gone: AbortSignal): Promise<void> {
    const { promise } = park(this.#held, gone)
    for (const watcher of [...this.#watchers]) watcher()
    return promise
  }

  async delay(ms: number, gone: AbortSignal): Promise<void> {
    const { promise, wake } = park(this.#slow, gone)
    const timer = setTimeout(wake, ms)
    await promise
    clearTimeout(timer)
  }

  /** True as soon as at least `count` responses are held; false when `gone` aborts before. */
  async waitForHeld(count: number, gone: AbortSignal): Promise<boolean> {
    while (this.#held.size < count && !gone.aborted) await park(this.#watchers, gone).promise
    return this.#held.size >= count
  }

  /** Lets every held response go and says how many those were. */
  release(): number {
    const count = this.#held.size
    for (const wake of [...this.#held]) wake()
    return count
  }

  open(): void {
    this.release()
    for (const wake of [...this.#slow]) wake()
  }
}

function park(parked: Set<() => void>, gone: AbortSignal): Parked {
  let wake = () => {}
  const promise = new Promise<void>((resolve) => {
    wake = () => {
      parked.delete(wake)
      gone.removeEventListener('abort', wake)
      resolve()
    }
    parked.add(wake)
    if (gone.aborted) wake()
    else gone.addEventListener('abort', wake)
  })
  return { promise, wake }
}

/** Who waits for updates. */
export interface Waiter {
  wake(): void
}

/**
 * An iterator that also says whether it has something. Thousands of subscribers wait at the same time, and a call of
 * `next` that waits holds a promise, a function and their context in each iterator that it goes through. `look` and
 * `wait` hold nothing.
 */
export interface Updates<T> extends AsyncIterableIterator<T, undefined> {
  /** As `next`, but resolves to undefined if there is nothing new. */
  look(): Promise<IteratorResult<T, undefined> | undefined>
  /** Returns false if `look` may find something by now. Otherwise, wakes this waiter once when it may. */
  wait(waiter: Waiter): boolean
  return(): Promise<IteratorResult<T, undefined>>
}

/** Implements `next`. */
export async function nextOf<T>(updates: Updates<T>): Promise<IteratorResult<T, undefined>> {
  for (;;) {
    const found = await updates.look()
    if (found) return found
    await new Promise<void>((resolve) => {
      if (!updates.wait({ wake: resolve })) resolve()
    })
  }
}

/** Returns an iterator as updates. One that isn't prepared for it waits in `look`. */
export function updatesOf<T>(iterator: AsyncIterator<T>): Updates<T> {
  return 'look' in iterator ? (iterator as Updates<T>) : new WaitingInLook(iterator)
}

class WaitingInLook<T> implements Updates<T> {
  readonly #iterator: AsyncIterator<T>

  constructor(iterator: AsyncIterator<T>) {
    this.#iterator = iterator
  }

  look(): Promise<IteratorResult<T, undefined>> {
    return this.#iterator.next()
  }

  next(): Promise<IteratorResult<T, undefined>> {
    return this.#iterator.next()
  }

  wait(): boolean {
    return false
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    await this.#iterator.return?.()
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}

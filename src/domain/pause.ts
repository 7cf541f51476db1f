/** Timers of Node and browsers can't be longer. A longer one fires immediately. */
export const MAX_TIMER_MS = 2 ** 31 - 1

interface PauseOptions {
  /** Ends the pause early when it aborts. */
  signal?: AbortSignal
  /** Whether the pause keeps the process alive. Default: true. */
  ref?: boolean
}

/** Waits for `ms` milliseconds, or not at all if that is 0 or less. */
export function pause(ms: number, { signal, ref = true }: PauseOptions = {}): Promise<void> {
  return new Promise((resolve) => {
    if (ms <= 0 || signal?.aborted) return resolve()
    const done = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    if (!ref) timer.unref()
    signal?.addEventListener('abort', done, { once: true })
  })
}

/**
 * Returns a random duration between half of `ms` and `ms`, so that callers who wait for the same thing don't all come
 * back at the same moment.
 */
export function jittered(ms: number): number {
  return ms * (0.5 + Math.random() / 2)
}

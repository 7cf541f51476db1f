/** Operators' changes may affect every subscriber, so their reads are spread over this time. */
const SPREAD_MS = 2_000
/** Many items are acted on several at a time, so that timers don't cost more than what they are for. */
const SHORTEST_STEP_MS = 10

/** Spreads work over two seconds, evenly. */
export function createSpread() {
  /** What still has to be done, by key, in the order in which it came. */
  const waiting = new Map<unknown, () => void>()
  let timer: NodeJS.Timeout | undefined
  let stepMs = 0
  let atOnce = 0

  function step(): void {
    let left = atOnce
    for (const [key, act] of waiting) {
      waiting.delete(key)
      act()
      if (--left === 0) break
    }
    timer = waiting.size > 0 ? setTimeout(step, stepMs).unref() : undefined
  }

  return {
    /** Starts with the first one immediately. Whatever waits under the same key is replaced and keeps its place. */
    forEach<T>(items: readonly T[], keyOf: (item: T) => unknown, act: (item: T) => void): void {
      if (items.length === 0) return
      for (const item of items) waiting.set(keyOf(item), () => act(item))
      stepMs = Math.max(SHORTEST_STEP_MS, SPREAD_MS / waiting.size)
      atOnce = Math.ceil((waiting.size * stepMs) / SPREAD_MS)
      timer ??= setTimeout(step, 0).unref()
    },
    close(): void {
      clearTimeout(timer)
      waiting.clear()
    },
  }
}

/** Operators' changes affect every subscriber, so their reads are spread over this time. */
const SPREAD_MS = 2_000

/** Runs something for each item, evenly over two seconds, starting with the first immediately. */
export function createSpread() {
  const timers = new Set<NodeJS.Timeout>()
  return {
    forEach<T>(items: readonly T[], act: (item: T) => void): void {
      items.forEach((item, index) => {
        const run = () => {
          timers.delete(timer)
          act(item)
        }
        const timer = setTimeout(run, (index / items.length) * SPREAD_MS).unref()
        timers.add(timer)
      })
    },
    close(): void {
      for (const timer of timers) clearTimeout(timer)
    },
  }
}

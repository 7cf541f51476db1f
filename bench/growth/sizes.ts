import { readFileSync } from 'node:fs'

/** What the growth mode varies. */
export const CONNECTIONS = [1, 10, 100, 200]
export const PLUGINS = [50, 500, 2_000]
export const INSTANCES = [1, 2, 3, 4]
export const SUBSCRIBERS = withinLimit([1_000, 2_000, 5_000, 10_000, 20_000])
/** Callbacks per second. */
export const RATE = 50

/** A process may have only so many connections open (`ulimit -n`), and needs a few for other things. */
function withinLimit(counts: readonly number[]): number[] {
  const limits = readFileSync('/proc/self/limits', 'utf8')
  const most = Number(/Max open files\s+(\d+)/.exec(limits)?.[1] ?? Number.POSITIVE_INFINITY) - 500
  return [...new Set(counts.map((count) => Math.min(count, most)))]
}

import { collectDefaultMetrics, Registry } from 'prom-client'

let registry: Registry | undefined

/**
 * The CPU time, memory, event loop and garbage collection of this process. The observers are created once and shared,
 * so that instances within a process leave none behind.
 */
export function processMetrics(): Registry {
  if (!registry) {
    registry = new Registry()
    collectDefaultMetrics({ register: registry, prefix: 'patchbay_' })
  }
  return registry
}

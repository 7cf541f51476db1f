import { collectDefaultMetrics, Registry } from 'prom-client'

let registry: Registry | undefined

/**
 * Processor time, memory, event loop and garbage collection of this process. They are the process's and no app's: what
 * observes them is made once and shared, so that apps which come and go leave no observer behind.
 */
export function processMetrics(): Registry {
  if (!registry) {
    registry = new Registry()
    collectDefaultMetrics({ register: registry, prefix: 'patchbay_' })
  }
  return registry
}

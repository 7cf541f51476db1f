import { createMetrics, type Metrics } from '../../src/observability/metrics.js'

/** Returns the metrics of an instance that exposes all that there are. */
export function everyMetric(): Metrics {
  const metrics = createMetrics()
  metrics.showBuild('1.2.3', 'v24.0.0')
  metrics.setRedisUp(true)
  metrics.setHostKeysUp('https://id.example/jwks', true)
  metrics.watchPool(() => ({ total: 0, idle: 0, waiting: 0, max: 0 }))
  metrics.watchSubscribers(() => 0)
  return metrics
}

/** Returns the names of all metrics that an instance can expose, as Prometheus's queries have them. */
export async function exposedMetrics(): Promise<ReadonlySet<string>> {
  const types = [...(await everyMetric().expose()).matchAll(/^# TYPE (\S+) (\S+)$/gm)]
  const names = types.flatMap(([, name = '', type]) =>
    type === 'histogram' ? ['bucket', 'count', 'sum'].map((part) => `${name}_${part}`) : [name],
  )
  return new Set(names)
}

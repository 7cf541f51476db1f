import { createMetrics } from '../../src/observability/metrics.js'

/** Returns the names of all metrics that an instance can expose, as Prometheus's queries have them. */
export async function exposedMetrics(): Promise<ReadonlySet<string>> {
  const metrics = createMetrics()
  metrics.showBuild('1.2.3', 'v24.0.0')
  metrics.setRedisUp(true)
  metrics.setHostKeysUp('https://id.example/jwks', true)
  metrics.watchPool(() => ({ total: 0, idle: 0, waiting: 0, max: 0 }))
  metrics.watchSubscribers(() => 0)
  const types = [...(await metrics.expose()).matchAll(/^# TYPE (\S+) (\S+)$/gm)]
  const names = types.flatMap(([, name = '', type]) =>
    type === 'histogram' ? ['bucket', 'count', 'sum'].map((part) => `${name}_${part}`) : [name],
  )
  return new Set(names)
}

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createLogger } from '../../src/observability/logger.js'
import { createMetrics } from '../../src/observability/metrics.js'
import { createTelemetry } from '../../src/observability/telemetry.js'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

function scene() {
  const logged: { msg: string; rings?: number }[] = []
  const metrics = createMetrics()
  const report = createTelemetry(createLogger('info', { write: (line) => void logged.push(JSON.parse(line)) }), metrics)
  const exposed = async (name: string) =>
    (await metrics.expose()).split('\n').filter((line) => new RegExp(`^${name}[ {]`).test(line))
  return { logged, metrics, report, exposed }
}

test('while the bus is down, every failed notification is counted, but logged only once in a while', async () => {
  const { report, logged, exposed } = scene()
  const fail = (count: number) => {
    for (let index = 0; index < count; index++) report.notificationNotSent(new Error('offline'))
  }
  fail(500)
  expect(logged).toHaveLength(1)
  expect(logged[0]).toMatchObject({ rings: 1 })
  vi.advanceTimersByTime(30_000)
  fail(2)
  expect(logged).toHaveLength(2)
  expect(logged[1]).toMatchObject({ rings: 500 })
  expect(await exposed('patchbay_rings_not_sent_total')).toEqual(['patchbay_rings_not_sent_total 502'])
})

test('the metric for Redis exists only where Redis is used', async () => {
  const { report, exposed } = scene()
  expect(await exposed('patchbay_redis_up')).toEqual([])
  report.busReady()
  expect(await exposed('patchbay_redis_up')).toEqual(['patchbay_redis_up 1'])
  report.busLost(new Error('gone'))
  expect(await exposed('patchbay_redis_up')).toEqual(['patchbay_redis_up 0'])
})

test('notifications and ignored bus messages are counted', async () => {
  const { report, exposed } = scene()
  report.notificationSent()
  report.notificationReceived()
  report.notificationReceived()
  report.busMessageIgnored('malformed')
  report.busMessageIgnored('too-large')
  expect(await exposed('patchbay_rings_sent_total')).toEqual(['patchbay_rings_sent_total 1'])
  expect(await exposed('patchbay_rings_heard_total')).toEqual(['patchbay_rings_heard_total 2'])
  expect(await exposed('patchbay_bus_messages_ignored_total')).toHaveLength(2)
})

test('the database pool is shown as it is at the time of the scrape', async () => {
  const { metrics, exposed } = scene()
  expect(await exposed('patchbay_database_pool_connections')).toEqual([])
  const pool = { total: 3, idle: 2, waiting: 0, max: 10 }
  metrics.watchPool(() => pool)
  pool.waiting = 4
  expect(await exposed('patchbay_database_pool_connections')).toEqual(['patchbay_database_pool_connections 3'])
  expect(await exposed('patchbay_database_pool_idle')).toEqual(['patchbay_database_pool_idle 2'])
  expect(await exposed('patchbay_database_pool_waiting')).toEqual(['patchbay_database_pool_waiting 4'])
  expect(await exposed('patchbay_database_pool_max')).toEqual(['patchbay_database_pool_max 10'])
})

test('a commit in the future, by another machine’s clock, counts as zero latency', async () => {
  const { report, exposed } = scene()
  report.pushed(-250)
  expect(await exposed('patchbay_push_latency_seconds_sum')).toEqual(['patchbay_push_latency_seconds_sum 0'])
  expect(await exposed('patchbay_push_latency_seconds_count')).toEqual(['patchbay_push_latency_seconds_count 1'])
})

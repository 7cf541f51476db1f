import { setTimeout as after } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createRedisBus } from '../../src/live/redis-bus.js'
import { createLogger } from '../../src/observability/logger.js'
import { createMetrics } from '../../src/observability/metrics.js'
import { createTelemetry } from '../../src/observability/telemetry.js'
import { count, record } from '../support/counts.js'
import { isConnected, startRedisCluster } from '../support/redis-cluster.js'
import { startInstallation, untilAll } from './installation.js'
import { Watched } from './watch-changes.js'

const RIGHT_WITHIN_MS = 6_000
/** How long notifications must work across the Cluster after each failover. */
const CALM_MS = 500

test('L11: no subscriber is left stale while masters of a Redis Cluster fail and replicas take over', {
  timeout: 600_000,
}, async () => {
  const failovers = count(20, 1)
  await using cluster = await startRedisCluster()
  await using installation = await startInstallation({ REDIS_URL: cluster.url })
  const other = await installation.start()
  const where = () => [installation.patchbay.url, other.url]
  await using watched = await Watched.open(installation, where)
  const over = new AbortController()
  const changing = watched.changeUntil(over.signal, where)
  for (let failover = 0; failover < failovers; failover++) {
    const listening = await Promise.all(cluster.nodes.map((node) => isConnected(node, 'patchbay-subscriber')))
    const victim = cluster.nodes[listening.indexOf(true)]
    if (!victim) throw new Error('nobody listens')
    await cluster.promote(victim)
    await victim.kill()
    await cluster.whole()
    await untilAll(where(), 'ready') // at another node
    await victim.restart()
    await after(CALM_MS)
  }
  over.abort()
  await changing
  const found = await watched.findings()
  record('L11', 'primary of a Redis Cluster killed, and its replica takes over', {
    failovers,
    ...found,
  })
  expect(watched.refusals).toEqual([])
  expect(found).toMatchObject({ unanswered: 0, stale: 0, backwards: 0 })
  expect(found.slowestMs).toBeLessThan(RIGHT_WITHIN_MS)
  expect(installation.accidents()).toEqual([])
})

test('L11: what is sent through one Cluster node arrives at every other', { timeout: 120_000 }, async () => {
  await using cluster = await startRedisCluster()
  const heard = new Set<string>()
  const report = createTelemetry(createLogger('silent'), createMetrics())
  const userId = crypto.randomUUID()
  const buses = await Promise.all(
    cluster.nodes.map(async ({ url }) => {
      const bus = createRedisBus({ nodes: [url], channel: 'rings', startTimeoutMs: 60_000 }, report)
      bus.onShared((usages) => {
        for (const [, caller, count] of usages) heard.add(`${url} ${caller} ${count}`)
      })
      await bus.subscribe({
        notified: (ring) => void heard.add(`${url} ${'revision' in ring ? ring.revision : ''}`),
        resumed: () => {},
      })
      return bus
    }),
  )
  for (const [index, bus] of buses.entries()) {
    // Nodes of a new Cluster are still connecting to each other.
    await expect
      .poll(() => {
        bus.publish({ userId, revision: index, committedAt: 0 })
        return [...heard].filter((each) => each.endsWith(` ${index}`)).length
      })
      .toBe(buses.length - 1)
    bus.share([['changes', 'usage', index + 1_000]])
    await expect
      .poll(() => [...heard].filter((each) => each.endsWith(` usage ${index + 1_000}`)).length)
      .toBe(buses.length - 1)
  }
  await Promise.all(buses.map((bus) => bus.close()))
})

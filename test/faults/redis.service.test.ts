import { randomUUID } from 'node:crypto'
import { setTimeout as after } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { count, record } from '../support/counts.js'
import { type RedisServer, startRedisServer } from '../support/redis-server.js'
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js'
import { type Installation, type Instance, startInstallation, untilAll } from './installation.js'
import { Watched } from './watch-changes.js'

/** Three seconds are promised. The rest is for busy machines. */
const RIGHT_WITHIN_MS = 6_000
const NOTICED_WITHIN_MS = 10_000

let redis: RedisServer
let proxy: TcpProxy
let installation: Installation
let other: Instance
const where = () => [installation.patchbay.url, other.url]

beforeAll(async () => {
  redis = await startRedisServer()
  proxy = await startTcpProxy({ host: '127.0.0.1', port: redis.port })
  installation = await startInstallation({ REDIS_URL: `redis://127.0.0.1:${proxy.port}` })
  other = await installation.start()
})
afterAll(async () => {
  await installation[Symbol.asyncDispose]()
  await proxy[Symbol.asyncDispose]()
  await redis.stop()
})

/** Makes changes at both instances until the fault is over, and checks every subscriber. */
async function during(fault: () => Promise<void>) {
  await using watched = await Watched.open(installation, where)
  const over = new AbortController()
  const changing = watched.changeUntil(over.signal, where)
  await fault()
    .then(() => watched.untilNextChange())
    .finally(() => over.abort())
  await changing
  const found = await watched.findings()
  expect(watched.refusals).toEqual([])
  expect(found).toMatchObject({ unanswered: 0, stale: 0, backwards: 0 })
  expect(found.slowestMs).toBeLessThan(RIGHT_WITHIN_MS)
  expect(installation.accidents()).toEqual([])
  return found
}

const everywhere = (status: string) => untilAll(where(), status, NOTICED_WITHIN_MS)

test('L3: while Redis is stopped, the API answers and subscribers are up to date; notifications resume afterward', {
  timeout: 180_000,
}, async () => {
  const seconds = count(60, 5)
  const found = await during(async () => {
    await redis.kill()
    await everywhere('degraded')
    await after(seconds * 1_000)
    await redis.restart()
    await everywhere('ready')
  })
  record('L3', `Redis stopped for ${seconds} s`, { ...found })
  const afterward = await during(() => after(500))
  record('L3', 'changes once Redis is back', { ...afterward })
})

test('L4: no subscriber is left stale while the connections to Redis are cut every 150 ms', {
  timeout: 180_000,
}, async () => {
  const cuts = count(400, 25)
  const found = await during(async () => {
    for (let cut = 0; cut < cuts; cut++) {
      await after(150)
      proxy.cut()
    }
    await everywhere('ready')
  })
  record('L4', 'connections to Redis cut every 150 ms', { cuts, ...found })
})

test('L5: a Redis connection that has gone silent is noticed, and subscribers are up to date meanwhile', {
  timeout: 300_000,
}, async () => {
  const holes = count(10, 1)
  let slowestNoticeMs = 0
  const found = await during(async () => {
    for (let hole = 0; hole < holes; hole++) {
      proxy.blackHoleAll()
      const since = performance.now()
      await everywhere('degraded')
      slowestNoticeMs = Math.max(slowestNoticeMs, performance.now() - since)
      proxy.heal()
      await everywhere('ready')
    }
  })
  record('L5', 'connections to Redis that go silent', {
    silences: holes,
    ...found,
    'slowest notice (ms)': Math.round(slowestNoticeMs),
  })
})

test('L7: duplicated, reordered, outdated and invented notifications move no subscriber back', {
  timeout: 180_000,
}, async () => {
  const rounds = count(2_000, 100)
  const publisher = new Redis(redis.url)
  const channel = installation.patchbay.siblingEnv.PATCHBAY_REDIS_CHANNEL ?? ''
  const heard: string[] = []
  const listener = new Redis(redis.url)
  await listener.subscribe(channel)
  listener.on('message', (_channel, message: string) => void heard.push(message))
  let rings = 0
  const found = await during(async () => {
    for (let round = 0; round < rounds; round++) {
      const known = heard.slice(-20).reverse()
      const invented = known.map((message) => {
        const { userId } = JSON.parse(message) as { userId: string }
        return JSON.stringify({
          userId,
          revision: round % 2 ? 0 : 1_000_000,
          committedAt: 0,
          from: randomUUID().slice(0, 8),
        })
      })
      const all = [...known.map((message) => message.replace(/"from":"[^"]*"/, '"from":"again"')), ...invented]
      await Promise.all(all.map((message) => publisher.publish(channel, message)))
      rings += all.length
      await after(5)
    }
  })
  publisher.disconnect()
  listener.disconnect()
  record('L7', 'notifications duplicated, reordered and invented', { notifications: rings, ...found })
})

test('L12: 10 MB messages and invalid ones on the channel do no harm', { timeout: 120_000 }, async () => {
  const messages = count(50, 5)
  const publisher = new Redis(redis.url)
  const channel = installation.patchbay.siblingEnv.PATCHBAY_REDIS_CHANNEL ?? ''
  const found = await during(async () => {
    for (let sent = 0; sent < messages; sent++) {
      await publisher.publish(channel, 'x'.repeat(10_000_000))
      await publisher.publish(channel, '{"userId":')
    }
  })
  publisher.disconnect()
  record('L12', '10 MB messages and invalid ones', { messages: messages * 2, ...found })
})

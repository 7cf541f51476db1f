import { randomUUID } from 'node:crypto'
import { type AddressInfo, createServer } from 'node:net'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test, vi } from 'vitest'
import { MAX_USAGES, type Usage } from '../../src/domain/ports/usage.js'
import { type Bus, BusError, type Notification } from '../../src/live/bus.js'
import { createRedisBus } from '../../src/live/redis-bus.js'
import { freePort } from '../support/free-port.js'
import { type RedisServer, startRedisServer } from '../support/redis-server.js'
import { startTcpProxy } from '../support/tcp-proxy.js'

const NOTICE_LIMIT_MS = 10_000
const PASSWORD = 'a-password-nobody-shall-read'

interface Ear {
  bus: Bus
  rings: Notification[]
  usages: Usage[]
  resumed: number
  counts: {
    sent: number
    heard: number
    notSent: number
    malformed: number
    tooLarge: number
    ready: number
    lost: number
  }
}

let channel: string
const opened: Bus[] = []
beforeEach(() => {
  channel = `test:${randomUUID()}`
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((bus) => bus.close()))
})

function createEar(nodes: readonly string[], startTimeoutMs: number): Ear {
  const counts = { sent: 0, heard: 0, notSent: 0, malformed: 0, tooLarge: 0, ready: 0, lost: 0 }
  const bus = createRedisBus(
    { nodes, channel, startTimeoutMs },
    {
      notificationSent: () => void counts.sent++,
      notificationReceived: () => void counts.heard++,
      notificationNotSent: () => void counts.notSent++,
      busMessageIgnored: (reason) => void (reason === 'malformed' ? counts.malformed++ : counts.tooLarge++),
      busReady: () => void counts.ready++,
      busLost: () => void counts.lost++,
    },
  )
  opened.push(bus)
  const ear: Ear = { bus, rings: [], usages: [], resumed: 0, counts }
  bus.onShared((usages) => ear.usages.push(...usages))
  return ear
}

/** @param startTimeoutMs as long as a busy machine may take, because an answer ends it much sooner */
async function listening(nodes: readonly string[], startTimeoutMs = 60_000): Promise<Ear> {
  const ear = createEar(nodes, startTimeoutMs)
  await ear.bus.subscribe({ notified: (ring) => void ear.rings.push(ring), resumed: () => void ear.resumed++ })
  return ear
}

const redisAt = (url: string) => new URL(url).host

const ring = (revision = 1): Notification => ({ userId: randomUUID(), revision, committedAt: Date.now() })

async function isHeard(from: Ear, at: Ear): Promise<void> {
  const { heard } = at.counts
  from.bus.publish(ring())
  await expect.poll(() => at.counts.heard).toBe(heard + 1)
}

describe('on one Redis', () => {
  let redis: string
  beforeAll(() => {
    redis = inject('services').redis
  })

  test('a notification reaches every other instance once, and never its sender', async () => {
    const [a, b, c] = await Promise.all([listening([redis]), listening([redis]), listening([redis])])
    const rung = [ring(7), { catalogueRevision: 3 }, ring(8)]
    for (const each of rung) a.bus.publish(each)
    await expect.poll(() => b.rings).toEqual(rung)
    await expect.poll(() => c.rings).toEqual(rung)
    expect(a.rings).toEqual([])
    expect(a.counts).toMatchObject({ sent: 3, heard: 0, notSent: 0 })
  })

  test('what callers used reaches every other instance, and doesn’t count as a notification', async () => {
    const [a, b, c] = await Promise.all([listening([redis]), listening([redis]), listening([redis])])
    // The longest message: names of users are 36 characters long, and those of addresses up to 25.
    const used = Array.from({ length: MAX_USAGES }, (): Usage => ['user-setup-sessions', randomUUID(), 1_000_000])
    a.bus.share(used)
    await expect.poll(() => b.usages).toEqual(used)
    await expect.poll(() => c.usages).toEqual(used)
    expect(a.usages).toEqual([])
    expect([a.counts, b.counts]).toMatchObject([
      { sent: 0, notSent: 0 },
      { heard: 0, malformed: 0, tooLarge: 0 },
    ])
  })

  test('L12: an invalid message is ignored and counted, and the next notification is received', async () => {
    const ear = await listening([redis])
    const other = new Redis(redis)
    const userId = randomUUID()
    const malformed = [
      'no json',
      '',
      '[]',
      'null',
      '{}',
      '{"userId":"not-a-uuid","revision":1,"committedAt":1,"from":"x"}',
      JSON.stringify({ userId, revision: -1, committedAt: 1, from: 'x' }),
      JSON.stringify({ userId, revision: '1', committedAt: 1, from: 'x' }),
      JSON.stringify({ userId, revision: 1, committedAt: 1, from: 'x', more: 1 }),
      JSON.stringify({ userId, revision: 1, committedAt: 1 }),
      ...[
        [['changes', userId]],
        [['changes', userId, 0]],
        [['changes', userId, -1]],
        [['changes', userId, 1e300]],
        [['changes', '', 1]],
        [['changes', 'x'.repeat(65), 1]],
        Array.from({ length: MAX_USAGES + 1 }, () => ['changes', 'ada', 1]),
      ].map((usages) => JSON.stringify({ usages, from: 'x' })),
      JSON.stringify({ usages: [['changes', userId, 1]] }),
    ]
    for (const message of malformed) await other.publish(channel, message)
    await other.publish(channel, 'x'.repeat(10_000_000))
    await other.publish(channel, JSON.stringify({ userId, revision: 1, committedAt: 1, from: 'elsewhere' }))
    await expect.poll(() => ear.rings).toEqual([{ userId, revision: 1, committedAt: 1 }])
    expect(ear.counts).toMatchObject({ malformed: malformed.length, tooLarge: 1, heard: 1, lost: 0 })
    expect(ear.usages).toEqual([])
    other.disconnect()
  })

  test('a closed bus leaves no connection behind', async () => {
    await using own = await startRedisServer() // others come and go at the shared one
    const other = new Redis(own.url)
    const clients = async () => String(await other.client('LIST')).match(/name=patchbay-/g)?.length ?? 0
    const ear = await listening([own.url])
    expect(await clients()).toBe(2)
    await ear.bus.close()
    await expect.poll(clients).toBe(0)
    other.disconnect()
  })
})

describe('connecting to Redis fails with the cause and the remedy', () => {
  const refused = async (nodes: readonly string[], expected: RegExp) => {
    const error = await listening(nodes, 500).then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(error).toBeInstanceOf(BusError)
    expect((error as Error).message).toMatch(expected)
    expect((error as Error).message).not.toContain(PASSWORD)
  }

  test('if nothing answers at the address', async () => {
    const port = await freePort()
    await refused(
      [`redis://127.0.0.1:${port}`],
      new RegExp(`nothing is listening at 127.0.0.1:${port}. Start Redis there`),
    )
  })

  test('if the host name is unknown', () =>
    refused(['redis://nowhere.invalid'], /host name nowhere\.invalid:6379 can’t be resolved/))

  test('if the password is wrong or missing, or the user may not use the channel', async () => {
    await using server = await startRedisServer(['--requirepass', 'right'])
    const at = `127.0.0.1:${server.port}`
    await refused([`redis://:${PASSWORD}@${at}`], /rejected the user or password/)
    await refused([`redis://${at}`], /rejected the user or password/)
    const admin = new Redis(`redis://:right@${at}`)
    await admin.call('ACL', 'SETUSER', 'poor', 'on', `>${PASSWORD}`, '+@all', 'resetchannels')
    await refused([`redis://poor:${PASSWORD}@${at}`], /isn’t allowed to publish and subscribe .*Allow it/)
    await admin.call('ACL', 'SETUSER', 'exact', 'on', `>${PASSWORD}`, '+@pubsub', '+ping', `&${channel}`)
    const [a, b] = await Promise.all([1, 2].map(() => listening([`redis://exact:${PASSWORD}@${at}`])))
    if (!a || !b) throw new Error('two were asked for')
    await isHeard(a, b)
    a.bus.share([['changes', 'ada', 1]])
    await expect.poll(() => b.usages).toEqual([['changes', 'ada', 1]])
    admin.disconnect()
  })

  test('if the user may subscribe but not publish', async () => {
    await using server = await startRedisServer()
    const admin = new Redis(server.url)
    await admin.call('ACL', 'SETUSER', 'deaf', 'on', 'nopass', '+@all', '-publish', `&${channel}`)
    await refused([`redis://deaf:x@127.0.0.1:${server.port}`], /isn’t allowed to publish and subscribe/)
    admin.disconnect()
  })

  test('if what is published at one node doesn’t arrive at another', async () => {
    await using another = await startRedisServer()
    const [subscribers, publishers] = [redisAt(inject('services').redis), redisAt(another.url)]
    const turns = vi.spyOn(Math, 'random').mockReturnValueOnce(0).mockReturnValueOnce(0.001)
    await refused(
      [inject('services').redis, another.url],
      new RegExp(`published at ${publishers} doesn’t arrive at ${subscribers}. Check that both belong`),
    )
    turns.mockRestore()
  })

  test('if the node is a replica, naming its primary', async () => {
    await using replica = await startRedisServer(['--replicaof', redisAt(inject('services').redis).replace(':', ' ')])
    await refused(
      [replica.url],
      new RegExp(`127.0.0.1:${replica.port} is a replica, .* Use its primary, ${redisAt(inject('services').redis)}`),
    )
    const [a, b] = await Promise.all([1, 2].map(() => listening([replica.url, inject('services').redis])))
    if (!a || !b) throw new Error('two were asked for')
    await isHeard(a, b)
  })

  test('if the server accepts connections and says nothing', async () => {
    const silent = createServer(() => {})
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as AddressInfo
    await refused([`redis://127.0.0.1:${port}`], new RegExp(`127.0.0.1:${port} didn’t respond in time`))
    silent.close()
  })

  test('if TLS is required and the server does not speak it', async () => {
    await refused([inject('services').redis.replace('redis:', 'rediss:')], /supports TLS/)
  })
})

describe('when Redis goes away', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedisServer()
  })
  afterAll(() => server.stop())

  test('L3: publishing does no harm, and listeners receive notifications again once it is back', async () => {
    const [a, b] = await Promise.all([listening([server.url]), listening([server.url])])
    await isHeard(a, b)
    await server.kill()
    await expect.poll(() => b.bus.fault).toMatch(/127\.0\.0\.1/)
    const unsent = a.counts.notSent
    for (let count = 0; count < 100; count++) a.bus.publish(ring())
    await expect.poll(() => a.counts.notSent).toBe(unsent + 100)
    await server.restart()
    await expect.poll(() => [a.resumed, b.resumed], { timeout: NOTICE_LIMIT_MS }).toEqual([1, 1])
    expect(b.bus.fault).toBeNull()
    expect(b.counts).toMatchObject({ lost: 1, ready: 2 })
    const heard = b.counts.heard
    await expect
      .poll(() => {
        a.bus.publish(ring())
        return b.counts.heard
      })
      .toBeGreaterThan(heard)
  })

  test('L5: a connection that has gone silent is noticed and replaced', async () => {
    await using proxy = await startTcpProxy({ host: '127.0.0.1', port: server.port })
    const [a, b] = await Promise.all([listening([server.url]), listening([`redis://127.0.0.1:${proxy.port}`])])
    await isHeard(a, b)
    const since = performance.now()
    proxy.blackHole()
    await expect.poll(() => b.resumed, { timeout: NOTICE_LIMIT_MS }).toBe(1)
    expect(performance.now() - since).toBeLessThan(NOTICE_LIMIT_MS)
    await isHeard(a, b)
  })

  test('one node that answers is enough', async () => {
    const dead = `redis://127.0.0.1:${await freePort()}`
    const [a, b] = await Promise.all([listening([dead, server.url]), listening([server.url, dead])])
    await isHeard(a, b)
  })
})

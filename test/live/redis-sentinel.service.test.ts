import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterEach, expect, test } from 'vitest'
import type { BusConfig } from '../../src/config/environment.js'
import { isSentinelUrl, readSentinelUrl } from '../../src/config/redis-url.js'
import type { Bus, Notification } from '../../src/live/bus.js'
import { createRedisBus } from '../../src/live/redis-bus.js'
import { createCertificate } from '../support/certificate.js'
import { freePort } from '../support/free-port.js'
import { PATIENT } from '../support/patience.js'
import { ownInstallation, startProcess } from '../support/process.js'
import { startRedisWithSentinels } from '../support/redis-sentinels.js'
import { silentTelemetry } from '../support/silent-telemetry.js'

const PASSWORD = 'a-password-nobody-shall-read'
const FOLLOWED_WITHIN_MS = 20_000

const opened: Bus[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((bus) => bus.close()))
})

interface Ear {
  bus: Bus
  heard: Notification[]
  resumed: number
}

async function listening(url: string, startTimeoutMs = 60_000): Promise<Ear> {
  const nodes: BusConfig['nodes'] = isSentinelUrl(url) ? readSentinelUrl(url) : [url]
  const bus = createRedisBus({ nodes, channel: 'rings', startTimeoutMs }, silentTelemetry())
  opened.push(bus)
  const ear: Ear = { bus, heard: [], resumed: 0 }
  await bus.subscribe({
    notified: (notification) => void ear.heard.push(notification),
    resumed: () => void ear.resumed++,
  })
  return ear
}

/** Sends until it's heard, because Sentinels may cut a connection once more while they set up the new primary. */
async function isHeard(from: Ear, at: Ear): Promise<void> {
  const notification = { userId: randomUUID(), revision: 1, committedAt: 1 }
  await expect
    .poll(
      () => {
        from.bus.publish(notification)
        return at.heard
      },
      { timeout: FOLLOWED_WITHIN_MS },
    )
    .toContainEqual(notification)
}

test(
  'behind Sentinels, notifications go through the primary, and through its replica once that has taken over',
  PATIENT,
  async () => {
    await using redis = await startRedisWithSentinels()
    const [a, b] = await Promise.all([listening(redis.url), listening(redis.url)])
    await isHeard(a, b)
    const over = redis.failOver()
    await expect
      .poll(() => b.bus.fault, { timeout: FOLLOWED_WITHIN_MS })
      .toMatch(/listening at .*, which the Sentinels name as the primary\./)
    await over
    await expect.poll(() => Math.min(a.resumed, b.resumed), { timeout: FOLLOWED_WITHIN_MS }).toBeGreaterThan(0)
    const atReplica = new Redis(redis.replica.url)
    const names = async () =>
      String(await atReplica.client('LIST')).match(/name=patchbay-(publisher|subscriber)/g)?.length
    await expect.poll(names, { timeout: FOLLOWED_WITHIN_MS }).toBe(4)
    await isHeard(a, b)
    await isHeard(b, a)
    expect([a.bus.fault, b.bus.fault]).toEqual([null, null])
    atReplica.disconnect()
  },
)

test(
  'a URL that has the wrong kind of server, primary or password is refused with what to change',
  PATIENT,
  async () => {
    await using redis = await startRedisWithSentinels({ password: PASSWORD, sentinelPassword: 'guard' })
    const hosts = redis.sentinels.map(({ port }) => `127.0.0.1:${port}`)
    const [first = ''] = hosts
    const refused = async (url: string, message: RegExp) => {
      const error = await listening(url, 500).then(
        () => undefined,
        (error: Error) => error.message,
      )
      expect(error).toMatch(message)
      expect(error).not.toContain(PASSWORD)
    }
    const guard = 'sentinel_password=guard'
    await refused(
      `redis://:guard@${first}`,
      new RegExp(`${first} is a Sentinel, .* Use redis\\+sentinel://${first}/mymaster`),
    )
    await refused(
      `redis+sentinel://:${PASSWORD}@127.0.0.1:${redis.primary.port}/mymaster?sentinel_password=${PASSWORD}`,
      new RegExp(`127.0.0.1:${redis.primary.port} is a Redis server and not a Sentinel`),
    )
    await refused(`redis+sentinel://:${PASSWORD}@${first}/others?${guard}`, /names\. It knows mymaster\.$/)
    await refused(`redis+sentinel://:${PASSWORD}@${first}/mymaster`, /the Sentinel at .* rejected .*sentinel_password/)
    await refused(
      `redis+sentinel://${first}/mymaster?${guard}`,
      new RegExp(`Redis at 127.0.0.1:${redis.primary.port} rejected the user or password. Correct them`),
    )
    const nobody = `127.0.0.1:${await freePort()}`
    await refused(`redis+sentinel://${nobody}/mymaster`, new RegExp(`listening at ${nobody}. Start the Sentinel there`))
    const url = `redis+sentinel://:${PASSWORD}@${[nobody, ...hosts].join(',')}/mymaster?${guard}`
    const [a, b] = await Promise.all([listening(url), listening(url)])
    await isHeard(a, b)
  },
)

test('an instance can use Sentinels and nodes that speak only TLS', PATIENT, async () => {
  await using certificate = await createCertificate()
  await using redis = await startRedisWithSentinels({ certificate })
  const { env, remove } = await ownInstallation()
  const instance = await startProcess({
    ...env,
    PATCHBAY_SANDBOX: 'off',
    NODE_EXTRA_CA_CERTS: certificate.path,
    REDIS_URL: redis.url,
  })
  expect(await (await fetch(`${instance.url}/readyz`)).json()).toMatchObject({ status: 'ready', checks: { bus: 'ok' } })
  expect(await instance.stop()).toBe(0)
  await remove()
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Instance, startInstance } from '../../src/app/app.js'
import { readConfig } from '../../src/config/environment.js'
import { newKeyId } from '../../src/domain/access/api-key/key-form.js'
import { newSecret } from '../../src/domain/hashed-secret.js'
import type { Usage } from '../../src/domain/ports/usage.js'
import type { Bus } from '../../src/live/bus.js'
import { createRedisBus } from '../../src/live/redis-bus.js'
import { createLogger } from '../../src/observability/logger.js'
import { call, mutateAs } from '../support/callers.js'
import { freePort } from '../support/free-port.js'
import { HOST, hostToken } from '../support/host-user.js'
import { type Patchbay, pluginId, startPatchbay } from '../support/patchbay.js'
import { type RedisServer, startRedisServer } from '../support/redis-server.js'

const LIMIT = 5
const NOTICED_WITHIN_MS = 15_000

let redis: RedisServer
let one: Patchbay
let other: { url: string }
let sibling: Instance
/** What the second instance heard from the first. */
const heard: Usage[] = []

beforeAll(async () => {
  redis = await startRedisServer()
  one = await startPatchbay({
    ...HOST,
    REDIS_URL: redis.url,
    PATCHBAY_CHANGES_PER_MINUTE: String(LIMIT),
    PATCHBAY_WRONG_CREDENTIALS_PER_MINUTE: String(LIMIT),
  })
  const port = String(await freePort())
  const config = readConfig({ ...one.siblingEnv, PATCHBAY_PORT: port, PATCHBAY_METRICS_PORT: '0' })
  sibling = await startInstance(config, createLogger('silent'), {
    openBus: ({ bus }, telemetry) =>
      listening(createRedisBus({ channel: '', nodes: [], ...bus, startTimeoutMs: 60_000 }, telemetry)),
  })
  other = { url: one.url.replace(/\d+$/, port) }
})
afterAll(async () => {
  await sibling.close()
  await one.close()
  await redis.stop()
})

/** The same bus, which also notes what is shared. */
function listening(bus: Bus): Bus {
  const onShared: Bus['onShared'] = (listener) =>
    bus.onShared((usages) => {
      listener(usages)
      heard.push(...usages)
    })
  return Object.assign(Object.create(bus), { onShared })
}

const heardOf = (limit: string) => heard.filter(([name]) => name === limit).reduce((sum, [, , count]) => sum + count, 0)

/** Returns how many times a user could start a setup at this instance. */
async function startsAt(instance: { url: string }, token: string): Promise<number> {
  for (let starts = 0; ; starts++) {
    const { __typename, errors } = await start(instance, token)
    if (errors) return starts
    expect(__typename).toBe('PluginSetup')
  }
}

async function start(instance: { url: string }, token: string) {
  const query = 'mutation ($input: StartSetupInput!) { startSetup(input: $input) { __typename } }'
  const { data, errors } = await call<{ startSetup: { __typename: string } }>(instance, token, query, {
    input: { pluginId: pluginId('meeting-assistant') },
  })
  if (errors) expect(errors).toMatchObject([{ extensions: { code: 'TOO_MANY_REQUESTS', limit: 'changes' } }])
  return { __typename: data?.startSetup.__typename, errors }
}

const wrongAt = async (instance: { url: string }) =>
  (await call(instance, `pbk_${newKeyId()}_${newSecret()}`, '{ __typename }')).status

test('O25, G21: instances share what they count of each user and each address', async () => {
  const token = await hostToken()
  expect(await startsAt(one, token)).toBe(LIMIT)
  await expect.poll(() => heardOf('changes')).toBe(LIMIT)
  expect((await start(other, token)).errors).toBeDefined()
  expect((await start(other, await hostToken())).errors).toBeUndefined()

  for (let index = 0; index < LIMIT; index++) expect(await wrongAt(one)).toBe(401)
  await expect.poll(() => heardOf('wrong-credentials')).toBe(LIMIT)
  expect(await wrongAt(other)).toBe(429)
})

test('G21: while Redis doesn’t respond or is gone, each instance counts for itself and nobody waits or is refused because of it', async () => {
  for (const fault of ['silent', 'gone']) {
    if (fault === 'silent') redis.process.kill('SIGSTOP')
    else await redis.kill()
    const token = await hostToken()
    expect([await startsAt(one, token), await startsAt(other, token)]).toEqual([LIMIT, LIMIT])
    expect(
      (await mutateAs(one, await hostToken(), 'startSetup', { pluginId: pluginId('inbox-helper') })).__typename,
    ).toBe('PluginSetup')
  }
  await redis.restart()
  const before = heardOf('changes')
  // Callers of each try are new, so that nothing is left of the time without Redis.
  await expect
    .poll(
      async () => {
        await start(one, await hostToken())
        return heardOf('changes')
      },
      { timeout: NOTICED_WITHIN_MS },
    )
    .toBeGreaterThan(before)
  const token = await hostToken()
  const known = heardOf('changes')
  expect(await startsAt(one, token)).toBe(LIMIT)
  await expect.poll(() => heardOf('changes')).toBeGreaterThanOrEqual(known + LIMIT)
  expect((await start(other, token)).errors).toBeDefined()
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { VERSION } from '../../../src/app/version.js'
import { createReadiness } from '../../../src/http/server/health.js'
import { listen } from '../../../src/http/server/server.js'
import { createLogger } from '../../../src/observability/logger.js'
import { createMetrics } from '../../../src/observability/metrics.js'
import { createTelemetry } from '../../../src/observability/telemetry.js'
import { type Patchbay, startPatchbay } from '../../support/patchbay.js'
import { send } from '../../support/raw.js'

const SLOWER_THAN_ALLOWED_MS = 4_000

const isProbe = (sql: string) => sql === 'SELECT 1'

async function ask({ url }: { url: string }, path: string) {
  const { status, text, headers } = await send({ url }, path, { headers: { host: '10.0.0.7:4000' } })
  return { status, body: JSON.parse(text), cache: headers['cache-control'] }
}

test('an instance that is starting is live but not ready', async () => {
  const drain = { spreadMs: 0, deadlineMs: 1_000 }
  const connections = { maxPerAddress: 10, trustedProxies: [] }
  const server = await listen(
    { host: '127.0.0.1', port: 0, drain, version: '1.2.3', startWaitMs: 50, connections },
    createTelemetry(createLogger('silent'), createMetrics()),
    undefined,
  )
  const url = `http://127.0.0.1:${server.port}`
  expect(await ask({ url }, '/livez')).toMatchObject({ status: 200, body: { status: 'live' } })
  expect(await ask({ url }, '/readyz')).toMatchObject({
    status: 503,
    body: { ready: false, status: 'starting', version: '1.2.3' },
  })
  expect(await ask({ url }, '/graphql')).toMatchObject({ status: 503, body: { errors: [{ message: /starting/ }] } })
  await server.close()
})

describe('an instance that serves', () => {
  let patchbay: Patchbay
  beforeAll(async () => {
    patchbay = await startPatchbay()
  })
  afterAll(() => patchbay.close())

  test('is ready under any Host name, and the answer is not cached', async () => {
    expect(await ask(patchbay, '/livez')).toEqual({ status: 200, body: { status: 'live' }, cache: 'no-store' })
    expect(await ask(patchbay, '/readyz')).toEqual({
      status: 200,
      body: { ready: true, status: 'ready', checks: { migrations: 'ok', database: 'ok', bus: 'ok' }, version: VERSION },
      cache: 'no-store',
    })
  })

  test('is not ready while the database fails, does not reveal why, and is ready again afterward', async () => {
    const broken = patchbay.database.tap((sql) => {
      if (isProbe(sql)) throw new Error('connect ECONNREFUSED postgresql://patchbay:hunter2@db.internal:5432/patchbay')
    })
    const { status, body } = await ask(patchbay, '/readyz')
    expect(status).toBe(503)
    expect(body).toEqual({
      ready: false,
      status: 'unavailable',
      checks: { migrations: 'ok', database: 'no response', bus: 'ok' },
      version: VERSION,
    })
    expect((await ask(patchbay, '/livez')).status).toBe(200)
    broken[Symbol.dispose]()
    expect((await ask(patchbay, '/readyz')).status).toBe(200)
  })

  test('checks a slow database once for many simultaneous probes, and answers in time', async () => {
    let probes = 0
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const slow = patchbay.database.tap((sql) => {
      if (!isProbe(sql)) return undefined
      probes++
      return held
    })
    const since = performance.now()
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(patchbay, '/readyz')))
    expect(performance.now() - since).toBeLessThan(SLOWER_THAN_ALLOWED_MS)
    expect(new Set(answers.map(({ body }) => body.checks.database))).toEqual(new Set(['no response within 2 s']))
    expect(probes).toBe(1)
    slow[Symbol.dispose]()
    release()
    await expect.poll(async () => (await ask(patchbay, '/readyz')).status).toBe(200)
  })
})

test('an instance that can’t read the host’s keys is degraded but still ready', async () => {
  const checks = { database: async () => {}, bus: () => null }
  const asked = async (canReadKeys: () => Promise<boolean>) => createReadiness({ ...checks, canReadKeys })()
  const found = { migrations: 'ok', database: 'ok', bus: 'ok' }
  expect(await asked(async () => true)).toEqual({ ready: true, status: 'ready', checks: { ...found, keys: 'ok' } })
  expect(await asked(async () => false)).toEqual({
    ready: true,
    status: 'degraded',
    checks: { ...found, keys: 'no response' },
  })
})

test('an instance without its bus is degraded but still ready', async () => {
  const database = async () => {}
  const fault = 'REDIS_URL: nothing answers at redis.internal:6379.'
  expect(await createReadiness({ database, bus: () => fault })()).toEqual({
    ready: true,
    status: 'degraded',
    checks: { migrations: 'ok', database: 'ok', bus: fault },
  })
})

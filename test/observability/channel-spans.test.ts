import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { Redis } from 'ioredis'
import { request } from 'undici'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { followOutgoingRequests, followRedisCommands } from '../../src/observability/channel-spans.js'
import { inSpan } from '../../src/observability/spans.js'

const exporter = new InMemorySpanExporter()
let stop: (() => void)[] = []

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }))
  stop = [followOutgoingRequests(), followRedisCommands()]
})
afterEach(() => exporter.reset())
afterAll(() => {
  for (const each of stop) each()
  trace.disable()
  context.disable()
})

const seen = () =>
  exporter.getFinishedSpans().map(({ name, attributes, status, parentSpanContext }) => ({
    name,
    attributes,
    failed: status.code === 2,
    beneath: parentSpanContext !== undefined,
  }))

test('a request to an app has a span beneath the present one: whom, how and with what status, not which path', async () => {
  const server = createServer((_request, response) => response.writeHead(418).end())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const ask = async () => (await request(`http://${host}/users/canary-id?access_token=canary-token`)).body.dump()
  await ask()
  expect(seen()).toEqual([])
  await inSpan('caller', {}, ask)
  expect(seen()).toContainEqual({
    name: 'GET',
    attributes: { 'http.request.method': 'GET', 'server.address': host, 'http.response.status_code': 418 },
    failed: false,
    beneath: true,
  })
  server.close()
  exporter.reset()
  await inSpan('caller', {}, () => request('http://127.0.0.1:9/canary').catch(() => {}))
  expect(seen()).toContainEqual(expect.objectContaining({ name: 'GET', failed: true }))
  expect(JSON.stringify(seen())).not.toContain('canary')
})

/** The Redis of the environment, or the local default; without one the test says loudly that it is left out. */
async function openRedis(): Promise<Redis | undefined> {
  const url = process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379'
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: null, maxRetriesPerRequest: 0 })
  redis.on('error', () => {})
  try {
    await redis.connect()
    return redis
  } catch (error) {
    const message = `LEFT OUT: no Redis answers at ${new URL(url).host}; set TEST_REDIS_URL to test on one.`
    if (process.env.CI) throw new Error(message, { cause: error })
    console.warn(message)
    return undefined
  }
}

test('a Redis command has a span beneath the present one: its name, not its arguments', async (test) => {
  const redis = await openRedis()
  if (!redis) return test.skip()
  try {
    await redis.publish('canary-channel', 'canary-message')
    expect(seen()).toEqual([])
    await inSpan('caller', {}, () => redis.publish('canary-channel', 'canary-message'))
    await inSpan('caller', {}, () => redis.call('GET', 'canary', 'too many').catch(() => {}))
    const commands = seen().filter(({ beneath }) => beneath)
    expect(commands).toEqual([
      expect.objectContaining({
        name: 'PUBLISH',
        attributes: expect.objectContaining({ 'db.system.name': 'redis', 'db.operation.name': 'PUBLISH' }),
        failed: false,
      }),
      expect.objectContaining({ name: 'GET', failed: true }),
    ])
    expect(JSON.stringify(commands)).not.toContain('canary')
  } finally {
    redis.disconnect()
  }
})

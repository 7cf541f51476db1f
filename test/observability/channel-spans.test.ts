import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { Redis } from 'ioredis'
import { request } from 'undici'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { followOutgoingRequests, followRedisCommands } from '../../src/observability/channel-spans.js'
import { beneathOthers } from '../../src/observability/spans-beneath.js'
import { startRedisServer } from '../support/redis-server.js'

const exporter = new InMemorySpanExporter()
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
let stop: (() => void)[] = []

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  const tracer = beneathOthers(provider).getTracer('test')
  stop = [followOutgoingRequests(tracer), followRedisCommands(tracer)]
})
afterEach(() => exporter.reset())
afterAll(() => {
  for (const each of stop) each()
  context.disable()
})

async function inSpan(work: () => Promise<unknown>): Promise<void> {
  const span = provider.getTracer('test').startSpan('caller')
  await context.with(trace.setSpan(context.active(), span), work)
}

const seen = () =>
  exporter.getFinishedSpans().map(({ name, attributes, status, parentSpanContext }) => ({
    name,
    attributes,
    failed: status.code === 2,
    beneath: parentSpanContext !== undefined,
  }))

test('a request to an app gets a child span with the host, method and status, but not the path', async () => {
  const server = createServer((_request, response) => response.writeHead(418).end())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const ask = async () => (await request(`http://${host}/users/canary-id?access_token=canary-token`)).body.dump()
  await ask()
  expect(seen()).toEqual([])
  await inSpan(ask)
  expect(seen()).toContainEqual({
    name: 'GET',
    attributes: { 'http.request.method': 'GET', 'server.address': host, 'http.response.status_code': 418 },
    failed: false,
    beneath: true,
  })
  server.close()
  exporter.reset()
  await inSpan(() => request('http://127.0.0.1:9/canary').catch(() => {}))
  expect(seen()).toContainEqual(expect.objectContaining({ name: 'GET', failed: true }))
  expect(JSON.stringify(seen())).not.toContain('canary')
})

test('a Redis command gets a child span with the name of the command, but not its arguments', {
  tags: 'redis',
}, async () => {
  await using server = await startRedisServer()
  const redis = new Redis(server.url)
  try {
    await redis.publish('canary-channel', 'canary-message')
    expect(seen()).toEqual([])
    await inSpan(() => redis.publish('canary-channel', 'canary-message'))
    await inSpan(() => redis.call('GET', 'canary', 'too many').catch(() => {}))
    expect(seen()).toEqual([
      {
        name: 'PUBLISH',
        attributes: { 'db.system.name': 'redis', 'db.operation.name': 'PUBLISH', 'server.address': '127.0.0.1' },
        failed: false,
        beneath: true,
      },
      expect.objectContaining({ name: 'GET', failed: true, beneath: true }),
    ])
    expect(JSON.stringify(seen())).not.toContain('canary')
  } finally {
    redis.disconnect()
  }
})

import type { ExecutionResult } from 'graphql'
import { expect, test } from 'vitest'
import { answered } from '../../../src/http/graphql/observe-operations.js'
import { createLogger } from '../../../src/observability/logger.js'
import { createMetrics } from '../../../src/observability/metrics.js'
import { RequestScope } from '../../../src/observability/request-scope.js'
import { createTelemetry } from '../../../src/observability/telemetry.js'

/** An open subscription to these results. */
function subscription(results: AsyncGenerator<ExecutionResult>) {
  const metrics = createMetrics()
  const report = createTelemetry(createLogger('silent'), metrics)
  const request = new RequestScope('a-request', 'websocket', { name: 'an operation', attributes: {} })
  const { result } = answered(report, request, results)
  if (!(Symbol.asyncIterator in result)) throw new Error('a subscription was expected')
  const open = async () => (await metrics.subscriptionsOpen.get()).values.map(({ value }) => value)
  return { iterator: result, open }
}

async function* twice(): AsyncGenerator<ExecutionResult> {
  yield { data: { revision: 1 } }
  yield { data: { revision: 2 } }
}

test('a subscription counts as open until it is closed, even if it is closed twice', async () => {
  const { iterator, open } = subscription(twice())
  await iterator.next()
  expect(await open()).toEqual([1])
  await iterator.return?.()
  await iterator.return?.()
  expect(await open()).toEqual([0])
})

test('a subscription counts as open until it completes', async () => {
  const { iterator, open } = subscription(twice())
  for await (const _result of iterator) expect(await open()).toEqual([1])
  expect(await open()).toEqual([0])
})

test('a subscription that fails no longer counts as open', async () => {
  const { iterator, open } = subscription(
    // biome-ignore lint/correctness/useYield: it fails before
    (async function* () {
      throw new Error('out of order')
    })(),
  )
  await expect(iterator.next()).rejects.toThrow('out of order')
  expect(await open()).toEqual([0])
})

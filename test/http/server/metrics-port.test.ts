import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { ListenError } from '../../../src/http/server/bind.js'
import { startPatchbay } from '../../support/patchbay.js'
import { send } from '../../support/raw.js'

test('in development, metrics are served next to the API in Prometheus format, under any Host name', async () => {
  await using patchbay = await startPatchbay()
  const metricsUrl = `${patchbay.url}/metrics`
  expect(patchbay.instance.metricsUrl).toBe(metricsUrl)
  const response = await fetch(metricsUrl)
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect(await response.text()).toContain('# HELP patchbay_http_requests_total ')
  expect(await send(patchbay, '/metrics', { headers: { host: 'patchbay.internal' } })).toMatchObject({ status: 200 })
  expect(await send(patchbay, '/graphql', { headers: { host: 'patchbay.internal' } })).toMatchObject({ status: 421 })
  for (const method of ['POST', 'DELETE', 'HEAD']) {
    const refused = await fetch(metricsUrl, { method })
    expect([method, refused.status, refused.headers.get('allow')]).toEqual([method, 405, 'GET'])
  }
})

test('metrics with their own port are served only there, and nothing else is served there', async () => {
  await using patchbay = await startPatchbay({ PATCHBAY_METRICS_PORT: '0' })
  const { metricsUrl = '' } = patchbay.instance
  expect(new URL(metricsUrl).port).not.toBe(new URL(patchbay.url).port)
  expect(await (await fetch(metricsUrl)).text()).toContain('patchbay_http_requests_total')
  expect((await fetch(`${patchbay.url}/metrics`)).status).toBe(404)
  expect((await fetch(new URL('/graphql', metricsUrl))).status).toBe(404)
  expect((await fetch(metricsUrl, { method: 'POST' })).status).toBe(405)
  await patchbay.instance.close()
  await expect(fetch(metricsUrl)).rejects.toThrow()
})

test('a metrics port that is in use is reported with the variable to set', async () => {
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  const { port } = taken.address() as AddressInfo
  try {
    const start = startPatchbay({ PATCHBAY_METRICS_PORT: String(port) })
    await expect(start).rejects.toThrow(ListenError)
    await expect(start).rejects.toThrow(/is already in use.*PATCHBAY_METRICS_PORT/)
  } finally {
    taken.close()
  }
})

import { createClient } from 'graphql-ws'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import WebSocket from 'ws'
import { browserWith, call, mutateAs, sessionFor } from '../support/callers.js'
import { lineOf, startCollector } from '../support/collector.js'
import { pluginId } from '../support/patchbay.js'
import { PATIENT } from '../support/patience.js'
import { ownInstallation, startProcess } from '../support/process.js'

/** Prints at the end which parts of OpenTelemetry were loaded, apart from its API. */
const TELL_LOADED = `data:text/javascript,import module from 'node:module'; process.on('exit', () => process.stderr.write('loaded: ' + JSON.stringify(Object.keys(module._cache).filter((file) => /opentelemetry.(sdk|exporter|otlp)|prisma.instrumentation/.test(file)))))`

let installation: Awaited<ReturnType<typeof ownInstallation>>
beforeAll(async () => {
  installation = await ownInstallation()
})
afterAll(() => installation.remove())

/** A running server, and the way to end it. Once ended, it has exported everything. */
async function started(env: Record<string, string>) {
  const server = await startProcess({ ...installation.env, ...env }, { flags: ['--import', TELL_LOADED] })
  const answer = await fetch(`${server.url}/development/token`)
  const { token } = (await answer.json()) as { token: string }
  return {
    url: server.url,
    token,
    output: () => server.log.join('\n'),
    async execute(query: string, headers: Record<string, string> = {}) {
      const response = await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query }),
      })
      expect(await response.json()).not.toHaveProperty('errors')
    },
    async stop() {
      expect(await server.stop()).toBe(0)
    },
  }
}

test(
  'a trace leads from the request through the operation to the statement, and is sent before the server exits',
  PATIENT,
  async () => {
    const collector = await startCollector()
    const server = await started({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '600000', // nothing is exported before the end, or by chance
      PATCHBAY_LOG_LEVEL: 'debug',
      PATCHBAY_CHANGES_PER_MINUTE: '0', // what is counted for limits is published, too
    })
    const caller = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }
    await server.execute('query Look { viewer { setups { id } } }', {
      traceparent: `00-${caller.traceId}-${caller.spanId}-01`,
    })
    const input = `{ pluginId: "${pluginId('meeting-assistant')}" }`
    await server.execute(`mutation Start { startSetup(input: ${input}) { __typename } }`)
    const key = /pbk_development_\S+/.exec(server.output())?.[0] ?? ''
    const session = await sessionFor(server, key, { subject: 'ben', organization: 'northwind' })
    const progress = 'query ($id: ID!) { node(id: $id) { id } }'
    expect((await call(server, session.token, progress, { id: session.setup.id })).status).toBe(200)
    const client = createClient({
      url: `${server.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${server.token}` },
    })
    for await (const _first of client.iterate({ query: 'subscription Watch { connectionStatus { revision } }' })) break
    await client.dispose()
    for (const path of ['/livez', '/readyz', '/metrics']) expect((await fetch(`${server.url}${path}`)).status).toBe(200)
    const attempt = '7f8a5d1e-58a8-4c0b-9d6e-0f5c8b7d2a11'
    await fetch(`${server.url}/connect/${attempt}`)
    await fetch(`${server.url}/oauth/callback/acme-mail?code=canary-code&state=canary-state`)
    expect(collector.requests).toBe(0)
    await server.stop()
    await collector.close()

    const { spans, services } = collector
    expect([...services]).toEqual(['patchbay'])
    const lines = spans.map((span) => lineOf(span, spans).join(' > '))
    expect(lines).toContain('POST /graphql > query Look > sql read-states')
    expect(lines).toContain('POST /graphql > graphql.parse')
    expect(lines).toContain('POST /graphql > graphql.validate')
    expect(lines.some((line) => /^POST \/graphql > mutation Start > .*transaction > .*db_query$/.test(line))).toBe(true)
    const published = lines.filter((line) => line === 'POST /graphql > mutation Start > PUBLISH')
    expect(published).toHaveLength(inject('mode') === 'service' ? 1 : 0)
    expect(lines).toContain('websocket operation > subscription Watch > sql read-states')
    expect(lines).toContain('GET /connect/:authorization')
    expect(lines).toContain('GET /oauth/callback/:connector > sql find-authorization-by-state')

    const look = spans.find(({ name }) => name === 'query Look')
    expect(look?.traceId).toBe(caller.traceId)
    expect(server.output()).toContain(`"trace_id":"${caller.traceId}"`)
    expect(lines.filter((line) => line.startsWith('websocket operation > prisma'))).toEqual([])
    // The server's own work creates no traces, and a push hours later isn't part of its subscription's trace.
    const topmost = spans.filter(({ parentSpanId }) => !spans.some(({ spanId }) => spanId === parentSpanId))
    expect(topmost.filter(({ name }) => !/^(GET|POST) |^websocket operation$/.test(name))).toEqual([])
    expect(spans.filter(({ name }) => /health|metrics/.test(name))).toEqual([])
    const secrets = [key, session.token].map((token) => token.slice(-43))
    expect(secrets.filter((secret) => JSON.stringify(spans).includes(secret))).toEqual([])
    expect(JSON.stringify(spans)).not.toMatch(new RegExp(`canary|${attempt}|eyJ|${pluginId('meeting-assistant')}`))
  },
)

test.each([
  ['tracing is not configured', {}],
  ['OTEL_SDK_DISABLED is set', { OTEL_SDK_DISABLED: 'true' }],
])('if %s, OpenTelemetry is not loaded and nothing is sent', PATIENT, async (_what, env: Record<string, string>) => {
  const collector = await startCollector()
  const server = await started(
    'OTEL_SDK_DISABLED' in env ? { ...env, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } : env,
  )
  await server.execute('query Look { viewer { setups { id } } }')
  await server.stop()
  await collector.close()
  expect(collector.requests).toBe(0)
  expect(server.output()).toContain('loaded: []')
  expect(server.output()).not.toContain('trace_id')
})

test('a collector that does not answer delays nothing and is reported in the log', PATIENT, async () => {
  const server = await started({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    OTEL_EXPORTER_OTLP_TIMEOUT: '500',
  })
  await server.execute('query Look { viewer { setups { id } } }')
  await server.stop()
  expect(server.output()).toContain('"msg":"OpenTelemetry"')
})

test('O26: tokens, codes, states, keys and sessions appear in no trace', PATIENT, async () => {
  const collector = await startCollector()
  const server = await started({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  })
  const key = /pbk_development_\S+/.exec(server.output())?.[0] ?? ''
  const user = { subject: 'ada', organization: 'northwind' }
  const session = await sessionFor(server, key, user)
  const browser = browserWith(server, session.token)
  const { url } = await browser.authorize({ connector: 'acme-mail', setupId: session.setup.id })
  const callback = await browser.consent(url, { account: 'ada-work', allow: true })
  expect((await browser.deliver(callback)).status).toBeLessThan(400)
  const issued = await mutateAs<{ accessToken: string }>(
    server,
    key,
    'issueAccessToken',
    { user, connector: 'acme-mail' },
    '... on IssuedAccessToken { accessToken }',
  )
  expect(issued.__typename).toBe('IssuedAccessToken')
  await server.stop()
  const { searchParams } = new URL(callback.callbackUrl)
  const sent = [...(callback.form?.values() ?? []), ...searchParams.values()].filter((value) => value.length >= 16)
  const secrets = [server.token, key, session.token, issued.accessToken, ...sent]
  expect(secrets.length).toBeGreaterThanOrEqual(6)
  const traced = JSON.stringify(collector.spans)
  expect(traced).toContain('sql ')
  expect(secrets.filter((secret) => traced.includes(secret))).toEqual([])
  await collector.close()
})

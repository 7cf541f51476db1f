import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { Browser } from '../support/browser.js'
import { call, keyFor, mutateAs } from '../support/callers.js'
import { type ConnectProxy, startConnectProxy } from '../support/connect-proxy.js'
import { attemptOf, configureConnector, openConsent, withParameters } from '../support/connecting.js'
import { HOST } from '../support/host-user.js'
import { answers, type HostileServer, startHostileServer } from '../support/hostile-server.js'
import { type Patchbay, startPatchbay } from '../support/patchbay.js'

let server: HostileServer
let proxy: ConnectProxy
let patchbay: Patchbay
beforeAll(async () => {
  server = await startHostileServer()
  server.on('/token', answers({ access_token: 'a-token', token_type: 'bearer' }))
  server.on('/hook', answers(''))
  proxy = await startConnectProxy(() => ({ port: Number(new URL(server.url).port) }))
  const { PATCHBAY_JWT_SECRET, ...issuer } = HOST
  patchbay = await startPatchbay({
    ...issuer,
    PATCHBAY_JWKS_URL: 'http://keys.example/jwks',
    PATCHBAY_LOG_LEVEL: 'trace',
    HTTP_PROXY: proxy.url.replace('//', '//patchbay:canary@'),
  })
  // Patchbay looks for the host's keys at its start, and keeps the tunnel.
  await vi.waitFor(() => expect(asked()).toEqual(['keys.example:80']), 10_000)
})
beforeEach(() => {
  proxy.asked.length = 0
  proxy.lead = () => ({ port: Number(new URL(server.url).port) })
})
afterAll(async () => {
  await patchbay.close()
  for (const one of [proxy, server]) await one[Symbol.asyncDispose]()
})

const asked = () => proxy.asked.map(({ authority }) => authority)

/** Connects an account of an app behind the proxy. */
async function connect(slug: string) {
  await configureConnector(patchbay, slug, {
    authorizationUrl: 'http://app.example/authorize',
    tokenUrl: `http://${slug}.example/token`,
  })
  const browser = new Browser(patchbay, 'ada')
  const attempt = await browser.authorize({ connector: slug })
  const { state, redirectUri } = await openConsent(browser, attempt)
  await browser.person.open(withParameters(redirectUri, { state, code: 'a-code' }))
  return attemptOf(patchbay, 'ada', attempt.id)
}

test('apps, webhook receivers and the host’s keys are reached through the proxy', async () => {
  expect((await connect('reached')).connection).toMatchObject({ status: 'LIVE' })
  expect(asked()).toEqual(['reached.example:80'])

  const { key } = await keyFor(patchbay, 'webhooks:write')
  const selection = '... on WebhookSecret { webhook { id } }'
  const hook = { url: 'http://hooks.example/hook', events: [] }
  const { webhook } = await mutateAs<{ webhook: { id: string } }>(patchbay, key, 'registerWebhook', hook, selection)
  const tested = '... on WebhookTest { delivered result }'
  expect(await mutateAs(patchbay, key, 'testWebhook', { webhookId: webhook.id }, tested)).toMatchObject({
    delivered: true,
  })
  expect(asked()).toContain('hooks.example:80')

  const { privateKey, publicKey } = await generateKeyPair('ES256')
  server.on('/jwks', answers({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one' }] }))
  const token = await new SignJWT({ sub: 'dora', org: 'hosted' })
    .setProtectedHeader({ alg: 'ES256', kid: 'one' })
    .setIssuer(HOST.PATCHBAY_JWT_ISSUER)
    .setAudience(HOST.PATCHBAY_JWT_AUDIENCE)
    .setExpirationTime('1 hour')
    .sign(privateKey)
  expect((await call(patchbay, token, '{ viewer { id } }')).status).toBe(200)
})

test('what the proxy answers is the cause that operators see, its password is nowhere, and nothing is broken', async () => {
  proxy.lead = () => ({ status: 407 })
  const { failure } = await connect('refused')
  expect(failure).toMatchObject({ code: 'APP_UNAVAILABLE', retryable: true })
  const query = '{ connector(slug: "refused") { recentFailures { stage reason host httpStatus advice } } }'
  const shown = await patchbay.execute<{ connector: { recentFailures: object[] } }>('ada', query)
  const cause = { stage: 'EXCHANGE', reason: 'PROXY_REFUSED', host: 'refused.example', httpStatus: 407 }
  expect(shown.data.connector.recentFailures).toMatchObject([
    { ...cause, advice: expect.stringContaining('password in HTTPS_PROXY') },
  ])
  expect(patchbay.logged.map((line) => JSON.parse(line).cause)).toContainEqual(expect.objectContaining(cause))
  expect(patchbay.logged.join('\n')).not.toMatch(/canary|cGF0Y2hiYXk6Y2FuYXJ5/)
})

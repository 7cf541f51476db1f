import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { EgressProxies } from '../../src/config/egress-proxies.js'
import { ProviderSchema } from '../../src/domain/catalogue/provider.js'
import type { Network } from '../../src/outbound/guarded-agent.js'
import { createGuardedFetch, GuardedFetchError } from '../../src/outbound/guarded-fetch.js'
import { createOAuthClient } from '../../src/outbound/oauth-client.js'
import { privateNetworksOf } from '../../src/outbound/private-networks.js'
import { createWebhookSender } from '../../src/outbound/webhook-sender.js'
import { type Certificate, createCertificate } from '../support/certificate.js'
import { type ConnectProxy, startConnectProxy } from '../support/connect-proxy.js'
import { freePort } from '../support/free-port.js'
import { answers, type HostileServer, startHostileServer } from '../support/hostile-server.js'
import { privateNetwork } from '../support/private-network.js'

let certificate: Certificate
let app: HostileServer
let tls: HostileServer
let proxy: ConnectProxy
const network = privateNetwork()

const portOf = (server: { url: string }) => Number(new URL(server.url).port)

beforeAll(async () => {
  certificate = await createCertificate()
  app = await startHostileServer()
  tls = await startHostileServer(certificate)
  for (const server of [app, tls]) server.on('/token', answers({ ok: true }))
  proxy = await startConnectProxy(() => ({ port: portOf(app) }))
})
beforeEach(() => {
  network.names.clear()
  network.reached.length = 0
  app.requests.length = 0
  proxy.asked.length = 0
  proxy.lead = () => ({ port: portOf(app) })
})
afterAll(async () => {
  for (const server of [proxy, app, tls, certificate]) await server[Symbol.asyncDispose]()
})

function through(url: string, noProxy: string[] = []): EgressProxies {
  return { http: url, https: url, noProxy }
}

/** What a request comes to: its status, or the reason why there is none. */
async function requestTo(url: string, options: Partial<Network> = {}) {
  const { fetch, close } = createGuardedFetch({
    allowPrivate: false,
    proxies: through(proxy.url),
    ...network,
    ...options,
  })
  try {
    const response = await fetch(url)
    return { status: response.status, body: await response.json() }
  } catch (error) {
    if (!(error instanceof GuardedFetchError)) throw error
    const { reason, host, proxyStatus } = error
    return { reason, host, proxyStatus }
  } finally {
    await close()
  }
}

test('a request goes through the proxy, which resolves a name that has no address here', async () => {
  expect(await requestTo('http://app.example/token')).toEqual({ status: 200, body: { ok: true } })
  expect(proxy.asked.map(({ authority }) => authority)).toEqual(['app.example:80'])
  expect(app.requests).toMatchObject([{ path: '/token', headers: { host: 'app.example' } }])
  expect(network.reached).toEqual([])
})

test('TLS is between this machine and the host, and a wrong certificate isn’t the proxy’s fault', async () => {
  proxy.lead = () => ({ port: portOf(tls) })
  expect(await requestTo('https://localhost.example/token')).toEqual({
    reason: 'TLS',
    host: 'localhost.example',
    proxyStatus: null,
  })
  expect(proxy.asked.map(({ authority }) => authority)).toEqual(['localhost.example:443'])
})

test('hosts of NO_PROXY are reached without the proxy', async () => {
  network.names.set('app.example', ['8.8.8.8'])
  const url = `http://app.example:${portOf(app)}/token`
  expect(await requestTo(url, { proxies: through(proxy.url, ['app.example']) })).toMatchObject({ status: 200 })
  expect(proxy.asked).toEqual([])
  expect(network.reached).toEqual(['8.8.8.8'])
})

test.each([
  ['169.254.169.254', null],
  ['[::1]', null],
  ['[::ffff:169.254.169.254]', null],
  ['[64:ff9b::a9fe:a9fe]', null],
  ['10.1.2.3', null],
  ['metadata.example', '169.254.169.254'],
  ['inside.example', '10.1.2.3'],
  ['loopback.example', '127.0.0.1'],
])('O24: %s is refused before the proxy is asked', async (host, address) => {
  if (address) network.names.set(host, ['8.8.8.8', address])
  for (const noProxy of [[], ['*']]) {
    expect(await requestTo(`https://${host}/token`, { proxies: through(proxy.url, noProxy) })).toMatchObject({
      reason: 'PRIVATE_ADDRESS',
    })
  }
  expect(proxy.asked).toEqual([])
})

test('a private network that is allowed is reached through the proxy too', async () => {
  network.names.set('gitlab.corp.example', ['10.1.2.3'])
  const privateNetworks = privateNetworksOf(['gitlab.corp.example'])
  expect(await requestTo('http://gitlab.corp.example/token', { privateNetworks })).toMatchObject({ status: 200 })
  expect(proxy.asked.map(({ authority }) => authority)).toEqual(['gitlab.corp.example:80'])
})

test('the user and the password go to the proxy, decoded, and nowhere else', async () => {
  const url = proxy.url.replace('//', '//a%40user:p%3Ass@')
  expect(await requestTo('http://app.example/token', { proxies: through(url) })).toMatchObject({ status: 200 })
  const expected = `Basic ${Buffer.from('a@user:p:ss').toString('base64')}`
  expect(proxy.asked).toMatchObject([{ headers: { 'proxy-authorization': expected } }])
  expect(JSON.stringify(app.requests)).not.toContain('proxy-authorization')
})

test.each([403, 407, 502, 503])('a CONNECT that is answered with %i is PROXY_REFUSED', async (status) => {
  proxy.lead = () => ({ status })
  const failure = { reason: 'PROXY_REFUSED', host: 'app.example', proxyStatus: status }
  expect(await requestTo('http://app.example/token')).toEqual(failure)
  expect(await requestTo('https://app.example/token')).toEqual(failure)
})

test('a proxy that isn’t there, has no address, or speaks no HTTP, is PROXY_UNREACHABLE', async () => {
  const greeting = createServer((socket: Socket) => socket.on('error', () => {}).end('220 mail.example ESMTP\r\n'))
  greeting.listen(0, '127.0.0.1')
  await once(greeting, 'listening')
  const { port } = greeting.address() as { port: number }
  const urls = [`http://127.0.0.1:${await freePort()}`, 'http://proxy.invalid:3128', `http://127.0.0.1:${port}`]
  for (const url of [...urls, proxy.url.replace('http:', 'https:')]) {
    expect(await requestTo('https://app.example/token', { proxies: through(url) }), url).toEqual({
      reason: 'PROXY_UNREACHABLE',
      host: 'app.example',
      proxyStatus: null,
    })
  }
  greeting.close()
})

test('a request ends in time while the proxy is silent, and is never sent after that', async () => {
  let answer = (_lead: { port: number }) => {}
  const answered = new Promise<{ port: number }>((resolve) => {
    answer = resolve
  })
  proxy.lead = (authority) => (authority === 'silent.example:80' ? answered : { port: portOf(app) })
  const { fetch, close } = createGuardedFetch({
    allowPrivate: false,
    proxies: through(proxy.url),
    ...network,
    timeoutMs: 1_000,
  })
  await expect(fetch('http://silent.example/late')).rejects.toMatchObject({ reason: 'TIMED_OUT' })
  expect((await fetch('http://app.example/token')).status).toBe(200)
  // It wasn't the proxy's silence that ended it.
  expect(proxy.waiting.size).toBe(1)
  answer({ port: portOf(app) })
  expect((await fetch('http://silent.example/token')).status).toBe(200)
  expect(app.requests.map(({ path }) => path)).toEqual(['/token', '/token'])
  await close()
})

test('an error says which proxy it was, and never its password', async () => {
  proxy.lead = () => ({ status: 407 })
  const url = proxy.url.replace('//', '//user:canary@')
  const { fetch, close } = createGuardedFetch({ allowPrivate: false, proxies: through(url), ...network })
  const error: unknown = await fetch('https://app.example/token').catch((thrown: unknown) => thrown)
  const all: string[] = []
  for (let at = error; at instanceof Error; at = at.cause) all.push(`${at.stack}${JSON.stringify(at)}`)
  expect(all.join('\n')).toContain(`the proxy ${proxy.host} answered 407`)
  expect(all.join('\n')).not.toMatch(/canary|dXNlcjpjYW5hcnk/)
  await close()
})

test('webhooks go through the proxy, and say what is wrong with it', async () => {
  const sender = createWebhookSender({ allowPrivate: false, proxies: through(proxy.url), ...network })
  const gone = createWebhookSender({
    allowPrivate: false,
    proxies: through(`http://127.0.0.1:${await freePort()}`),
    ...network,
  })
  const request = { url: 'http://hooks.example/token', headers: {}, body: '{}' }
  expect(await sender.send(request)).toEqual({ status: 200, retryAfterMs: null })
  expect(proxy.asked).toHaveLength(1)
  expect(await sender.send({ ...request, url: 'http://10.1.2.3/' })).toEqual({ fault: 'PRIVATE_ADDRESS' })
  proxy.lead = () => ({ status: 403 })
  expect(await sender.send({ ...request, url: 'http://other.example/token' })).toEqual({ fault: 'PROXY_REFUSED' })
  expect(await gone.send(request)).toEqual({ fault: 'PROXY_UNREACHABLE' })
  for (const { close } of [sender, gone]) await close()
})

test('a refresh that the proxy doesn’t let through is an outage, and never says anything about the tokens', async () => {
  const provider = ProviderSchema.parse({
    authorizationUrl: 'https://app.example/authorize',
    tokenUrl: 'https://app.example/token',
  })
  const credentials = { clientId: 'patchbay', clientSecret: 'a-client-secret' }
  const target = { provider, credentials, redirectUri: 'https://patchbay.example/oauth/callback/x' }
  const gone = `http://127.0.0.1:${await freePort()}`
  for (const url of [proxy.url, gone]) {
    for (const status of [401, 403, 407, 503]) {
      proxy.lead = () => ({ status })
      const { fetch, close } = createGuardedFetch({ allowPrivate: false, proxies: through(url), ...network })
      const refresh = createOAuthClient(fetch, { allowInsecure: false }).refresh(target, 'a-refresh-token', [])
      // Nothing reached the app, so the refresh token is certainly unused.
      await expect(refresh).rejects.toMatchObject({ code: 'APP_UNAVAILABLE', verdict: null, answered: true })
      await close()
    }
  }
})

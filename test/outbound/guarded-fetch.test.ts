import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ProviderSchema } from '../../src/domain/catalogue/provider.js'
import { DiscoveryError } from '../../src/domain/ports/discovery.js'
import { OAuthError } from '../../src/domain/ports/oauth-client.js'
import { createDiscover } from '../../src/outbound/discover.js'
import { createGuardedFetch, GuardedFetchError } from '../../src/outbound/guarded-fetch.js'
import { createOAuthClient } from '../../src/outbound/oauth-client.js'
import { createCertificate } from '../support/certificate.js'
import { answers, floods, type HostileServer, redirects, startHostileServer } from '../support/hostile-server.js'
import { privateNetwork } from '../support/private-network.js'

const MEGABYTE = 1024 * 1024

const open = createGuardedFetch({ allowPrivate: true })
const strict = createGuardedFetch({ allowPrivate: false })
let server: HostileServer

beforeAll(async () => {
  server = await startHostileServer()
  server.on('/token', answers({ access_token: 'x', token_type: 'bearer' }))
})
afterAll(async () => {
  await open.close()
  await strict.close()
  await server[Symbol.asyncDispose]()
})

const hosts = [
  'localhost',
  '127.0.0.1',
  '127.1',
  '2130706433',
  '0x7f000001',
  '0177.0.0.1',
  '0.0.0.0',
  '[::1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::127.0.0.1]',
  '[64:ff9b::127.0.0.1]',
  '[2002:7f00:1::]',
]

test.each(hosts)('O24: no request is sent to %s outside development', async (host) => {
  const before = server.requests.length
  const { port } = new URL(server.url)
  await expect(strict.fetch(`http://${host}:${port}/token`)).rejects.toMatchObject({
    name: 'GuardedFetchError',
    reason: 'PRIVATE_ADDRESS',
  })
  expect(server.requests).toHaveLength(before)
})

test('O24: in development, requests to loopback are allowed', async () => {
  expect((await open.fetch(`${server.url}/token`)).status).toBe(200)
})

test('O24: OAuth calls and discovery never reach this machine, and OAuth errors do not reveal why', async () => {
  const { url } = server
  const provider = ProviderSchema.parse({
    authorizationUrl: `${url}/authorize`,
    tokenUrl: `${url}/token`,
    revocationUrl: `${url}/revoke`,
    identity: { url: `${url}/userinfo`, idPath: 'sub', labelPaths: [] },
  })
  const credentials = { clientId: 'patchbay', clientSecret: 'a-client-secret' }
  const target = { provider, credentials, redirectUri: 'https://patchbay.example/oauth/callback/x' }
  const client = createOAuthClient(strict.fetch, { allowInsecure: true })
  const before = server.requests.length
  const calls = [
    () => client.exchange(target, new URLSearchParams({ code: 'a-code', state: 's' }), 'v'.repeat(43)),
    () => client.identify(provider, { accessToken: 'a-token', metadata: {} }),
    () => client.revoke(target, { accessToken: 'a-token', refreshToken: null }),
  ]
  for (const call of calls) {
    const error = await call().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(OAuthError)
    expect(error).toMatchObject({ code: 'APP_REFUSED', detail: null, message: 'APP_REFUSED' })
  }
  const discover = createDiscover(strict.fetch, { allowInsecure: true })
  await expect(discover(url)).rejects.toBeInstanceOf(DiscoveryError)
  expect(server.requests).toHaveLength(before)
})

/** How a fetch ended. Never the response itself, which would be printed. */
async function endOf(url: string): Promise<string> {
  try {
    const body = await (await open.fetch(url)).text()
    return `${body.length} characters read`
  } catch (error) {
    return error instanceof GuardedFetchError ? error.reason : String(error)
  }
}

/** The most that buffers grew during the work. Call `sample` often. */
async function peakOf(work: (sample: () => void) => Promise<void>): Promise<number> {
  const before = process.memoryUsage().arrayBuffers
  let peak = before
  const sample = () => {
    peak = Math.max(peak, process.memoryUsage().arrayBuffers)
  }
  await work(sample)
  sample()
  return peak - before
}

test('O18: reading a 200 MB response stops at the cap, within 5 MB of memory', async () => {
  let sent = 0
  const grown = await peakOf(async (sample) => {
    server.on(
      '/flood',
      floods(200, (bytes) => {
        sent += bytes
        sample()
      }),
    )
    expect(await endOf(`${server.url}/flood`)).toBe('TOO_LARGE')
  })
  console.info(
    `O18: ${(sent / MEGABYTE).toFixed(1)} MB left the server, buffers grew by ${(grown / MEGABYTE).toFixed(1)} MB`,
  )
  expect(sent).toBeLessThan(20 * MEGABYTE) // what the sockets of both sides hold
  expect(grown).toBeLessThan(5 * MEGABYTE)
})

test('O18: reading a 20 KB response that unpacks to 20 MB stops at the cap too', async () => {
  const packed = gzipSync(Buffer.alloc(20 * MEGABYTE, ' '))
  expect(packed.length).toBeLessThan(64 * 1024)
  server.on('/bomb', (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(packed)
  })
  const grown = await peakOf(async () => expect(await endOf(`${server.url}/bomb`)).toBe('TOO_LARGE'))
  expect(grown).toBeLessThan(5 * MEGABYTE)
})

test.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
  ['gzip, br', (text: string) => brotliCompressSync(gzipSync(text))],
])('a response that is encoded as %s, although nobody asked for it, is read', async (encoding, encode) => {
  server.on('/encoded', (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding }).end(encode('{"a":1}'))
  })
  const response = await open.fetch(`${server.url}/encoded`)
  expect(await response.json()).toEqual({ a: 1 })
})

test('O18: a response of exactly 256 KB is read, and one of a byte more is not', async () => {
  server.on('/cap', answers('x'.repeat(256 * 1024)))
  server.on('/over', answers('x'.repeat(256 * 1024 + 1)))
  expect(await endOf(`${server.url}/cap`)).toBe('262144 characters read')
  expect(await endOf(`${server.url}/over`)).toBe('TOO_LARGE')
})

test.each([301, 302, 303, 307, 308])('O19: a %i redirect is not followed', async (status) => {
  await using target = await startHostileServer()
  server.on('/moved', redirects(status, `${target.url}/token`))
  const request = {
    method: 'POST',
    body: 'client_secret=a-client-secret',
    headers: { authorization: 'Basic c2VjcmV0' },
  }
  await expect(open.fetch(`${server.url}/moved`, request)).rejects.toMatchObject({ reason: 'REDIRECTED' })
  expect(target.requests).toEqual([])
})

describe('O24: a redirect that may be followed', () => {
  const names = { 'icons.example': ['93.184.216.34'], 'cdn.example': ['93.184.216.35'], inside: ['10.0.0.5'] }

  test.each([
    ['a private address', 'http://inside/icon'],
    ['this machine', 'http://127.0.0.1/icon'],
    ['cloud metadata', 'http://169.254.169.254/latest'],
  ])('leads nowhere if it is to %s', async (_what, location) => {
    const network = privateNetwork(names)
    const guarded = createGuardedFetch({ allowPrivate: false, ...network })
    server.on('/moved', redirects(302, location))
    const before = server.requests.length
    const moved = guarded.fetch(`http://icons.example:${new URL(server.url).port}/moved`, { maxRedirects: 3 })
    await expect(moved).rejects.toMatchObject({ reason: 'PRIVATE_ADDRESS', host: new URL(location).host })
    expect(network.reached).toEqual(['93.184.216.34'])
    expect(server.requests).toHaveLength(before + 1)
    await guarded.close()
  })

  test('is followed to another public address, as often as asked for and not more', async () => {
    const network = privateNetwork(names)
    const guarded = createGuardedFetch({ allowPrivate: false, ...network })
    const { port } = new URL(server.url)
    server.on('/one', redirects(301, `http://cdn.example:${port}/two`))
    server.on('/two', redirects(307, '/token'))
    const from = `http://icons.example:${port}/one`
    expect((await guarded.fetch(from, { maxRedirects: 2 })).status).toBe(200)
    expect(new Set(network.reached)).toEqual(new Set(['93.184.216.34', '93.184.216.35']))
    await expect(guarded.fetch(from, { maxRedirects: 1 })).rejects.toMatchObject({ reason: 'REDIRECTED' })
    await guarded.close()
  })

  test.each(['file:///etc/passwd', 'data:text/plain,x', 'http://', ''])('isn’t followed to %s', async (location) => {
    server.on('/odd', redirects(302, location))
    const odd = open.fetch(`${server.url}/odd`, { maxRedirects: 3 })
    await expect(odd).rejects.toMatchObject({ reason: 'REDIRECTED' })
  })

  test('never leads from https to http', async () => {
    await using certificate = await createCertificate()
    await using tls = await startHostileServer(certificate)
    tls.on('/down', redirects(302, `${server.url}/token`))
    const { buildConnector } = await import('undici')
    const guarded = createGuardedFetch({
      allowPrivate: true,
      buildConnector: (options) => buildConnector({ ...options, ca: certificate.cert }),
    })
    const down = guarded.fetch(`${tls.url}/down`, { maxRedirects: 3 })
    await expect(down).rejects.toMatchObject({ reason: 'REDIRECTED' })
    await guarded.close()
  })
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import { createGuardedFetch, GuardedFetchError } from '../../src/outbound/guarded-fetch.js'
import { hostOf, networkReasonOf } from '../../src/outbound/network-reason.js'
import { type Certificate, createCertificate } from '../support/certificate.js'
import { freePort } from '../support/free-port.js'
import {
  answers,
  drips,
  type HostileServer,
  redirects,
  startHostileServer,
  staysSilent,
} from '../support/hostile-server.js'

const open = createGuardedFetch({ allowPrivate: true, timeoutMs: 2_000 })
const hurried = createGuardedFetch({ allowPrivate: true, timeoutMs: 50 })
const strict = createGuardedFetch({ allowPrivate: false })
let certificate: Certificate
let plain: HostileServer
let tls: HostileServer

beforeAll(async () => {
  certificate = await createCertificate()
  plain = await startHostileServer()
  tls = await startHostileServer(certificate)
  tls.on('/', answers({}))
  plain.on('/silent', staysSilent)
  plain.on('/drips', drips)
  plain.on('/moved', redirects(302, 'https://elsewhere.example/'))
  plain.on('/long', answers('x'.repeat(256 * 1024 + 1)))
  plain.on('/mail', (request) => request.socket.end('220 mail.example ESMTP\r\n'))
  plain.on('/reset', (request) => request.socket.destroy())
})
afterAll(async () => {
  for (const { close } of [open, hurried, strict]) await close()
  for (const server of [certificate, plain, tls]) await server[Symbol.asyncDispose]()
})

async function failureAt(url: string, { fetch } = open): Promise<{ reason: string; host: string; message: string }> {
  const error = await fetch(url).catch((thrown: unknown) => thrown)
  if (!(error instanceof GuardedFetchError)) throw new Error('a failure was expected')
  const { reason, host, message } = error
  return { reason, host, message }
}

test('a certificate that no one trusts is TLS', async () => {
  expect(await failureAt(tls.url)).toMatchObject({ reason: 'TLS', host: hostOf(tls.url) })
  expect(tls.requests).toEqual([])
})

test('https where only http is spoken is TLS', async () => {
  expect(await failureAt(plain.url.replace('http:', 'https:'))).toMatchObject({ reason: 'TLS' })
})

test.each([true, false])('a name without an address is DNS (private addresses allowed: %s)', async (allowPrivate) => {
  const guarded = allowPrivate ? open : strict
  expect(await failureAt('https://app.invalid/token', guarded)).toMatchObject({ reason: 'DNS', host: 'app.invalid' })
})

test('a private address is PRIVATE_ADDRESS, by name and by number', async () => {
  expect(await failureAt(plain.url, strict)).toMatchObject({ reason: 'PRIVATE_ADDRESS', host: hostOf(plain.url) })
  expect(await failureAt('http://10.0.0.1/', strict)).toMatchObject({ reason: 'PRIVATE_ADDRESS', host: '10.0.0.1' })
})

test('silence and endless responses are TIMED_OUT', async () => {
  expect(await failureAt(`${plain.url}/silent`, hurried)).toMatchObject({ reason: 'TIMED_OUT' })
  expect(await failureAt(`${plain.url}/drips`, hurried)).toMatchObject({ reason: 'TIMED_OUT' })
})

test('refused and reset connections and other protocols are UNREACHABLE', async () => {
  for (const url of [`http://127.0.0.1:${await freePort()}`, `${plain.url}/reset`, `${plain.url}/mail`]) {
    expect(await failureAt(url), url).toMatchObject({ reason: 'UNREACHABLE' })
  }
})

test('redirects and responses that are too large have their own reasons', async () => {
  expect(await failureAt(`${plain.url}/moved`)).toMatchObject({ reason: 'REDIRECTED', host: hostOf(plain.url) })
  expect(await failureAt(`${plain.url}/long`)).toMatchObject({ reason: 'TOO_LARGE', host: hostOf(plain.url) })
})

test('a failure names the host, and neither path, query nor user information', async () => {
  const { host, message } = await failureAt('https://ada:a-password@app.invalid:8443/a-path?a=query#fragment')
  expect(host).toBe('app.invalid:8443')
  expect(message).toBe('request to the provider failed: DNS')
})

test.each([
  ['TLS', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ['TLS', 'SELF_SIGNED_CERT_IN_CHAIN'],
  ['TLS', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ['TLS', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
  ['TLS', 'CERT_HAS_EXPIRED'],
  ['TLS', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ['TLS', 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'],
  ['TLS', 'EPROTO'],
  ['DNS', 'ENOTFOUND'],
  ['DNS', 'EAI_AGAIN'],
  ['TIMED_OUT', 'ETIMEDOUT'],
  ['TIMED_OUT', 'UND_ERR_CONNECT_TIMEOUT'],
  ['UNREACHABLE', 'ECONNREFUSED'],
  ['UNREACHABLE', 'ECONNRESET'],
  ['UNREACHABLE', 'EHOSTUNREACH'],
  ['UNREACHABLE', 'UND_ERR_SOCKET'],
  ['UNREACHABLE', 'HPE_INVALID_CONSTANT'],
])('%s: %s, also as the cause of another error and among those of several addresses', (reason, code) => {
  const error = Object.assign(new Error('failed'), { code })
  expect(networkReasonOf(error)).toBe(reason)
  expect(networkReasonOf(new TypeError('fetch failed', { cause: error }))).toBe(reason)
  expect(networkReasonOf(new AggregateError([error, new Error('other')]))).toBe(reason)
})

test('an error that is its own cause, or no error at all, is UNREACHABLE', () => {
  const error = new Error('a circle')
  error.cause = error
  expect([networkReasonOf(error), networkReasonOf('text'), networkReasonOf(undefined)]).toEqual(
    Array.from({ length: 3 }, () => 'UNREACHABLE'),
  )
})

import { createHmac, randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Patchbay, pluginId, startPatchbay } from '../../support/patchbay.js'
import { RawSocket, send } from '../../support/raw.js'
import { scrape } from '../../support/scrape.js'

const SECRET = 'the host and Patchbay share this secret'
const ISSUER = 'https://host.example'
const AUDIENCE = 'patchbay'
const HOUR = 3_600

const bytes = (text: string) => new TextEncoder().encode(text)
const now = () => Math.floor(Date.now() / 1_000)

let rsa: CryptoKeyPair
let stranger: CryptoKeyPair
let jwksServer: Server
let jwksUrl: string
let keysServed = true
let patchbay: Patchbay

beforeAll(async () => {
  rsa = await generateKeyPair('RS256', { extractable: true })
  stranger = await generateKeyPair('RS256', { extractable: true })
  const keys = [{ ...(await exportJWK(rsa.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }]
  jwksServer = createServer((_request, response) => {
    if (keysServed) response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }))
    else response.writeHead(503).end()
  })
  await new Promise<void>((resolve) => jwksServer.listen(0, '127.0.0.1', resolve))
  jwksUrl = `http://127.0.0.1:${(jwksServer.address() as AddressInfo).port}/jwks`
  patchbay = await startPatchbay({
    ...claimed,
    PATCHBAY_JWKS_URL: jwksUrl,
    PATCHBAY_JWT_SECRET: SECRET,
    PATCHBAY_WRONG_CREDENTIALS_PER_MINUTE: '0',
  })
})
afterAll(async () => {
  await patchbay.close()
  jwksServer.close()
})

const claimed = { PATCHBAY_JWT_ISSUER: ISSUER, PATCHBAY_JWT_AUDIENCE: AUDIENCE }
const claims = { iss: ISSUER, aud: AUDIENCE, sub: 'dora', org: 'hosted', exp: now() + HOUR }

const without = (claim: keyof typeof claims) =>
  Object.fromEntries(Object.entries(claims).filter(([name]) => name !== claim))

function signed(
  payload: JWTPayload,
  key: CryptoKey | Uint8Array,
  header: { alg: string; kid?: string },
): Promise<string> {
  return new SignJWT(payload).setProtectedHeader(header).sign(key)
}
const bySecret = (payload: JWTPayload) => signed(payload, bytes(SECRET), { alg: 'HS256' })
const byKey = (payload: JWTPayload) => signed(payload, rsa.privateKey, { alg: 'RS256', kid: 'one' })

async function statusOf(token: string, at: Pick<Patchbay, 'url'> = patchbay): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const answer = await send(at, '/graphql', { headers, body: '{"query":"{ viewer { id name } }"}' })
  return answer.status
}

async function socketAccepts(token: string): Promise<boolean> {
  const socket = await RawSocket.open(patchbay)
  socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } })
  const accepted = await Promise.race([
    socket.closed.then(() => false),
    socket.message(({ type }) => type === 'connection_ack').then(() => true),
  ])
  socket.terminate()
  return accepted
}

/** A token with this header, correctly signed with the shared secret. */
async function byHand(header: unknown): Promise<string> {
  const content = `${base64url(header)}.${base64url(claims)}`
  return `${content}.${createHmac('sha256', SECRET).update(content).digest('base64url')}`
}

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('G15: a host’s token', () => {
  test('is accepted if signed with the shared secret or the host’s keys, and names the same user', async () => {
    const ids = new Set<string>()
    for (const token of [await bySecret(claims), await byKey(claims)]) {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const { text } = await send(patchbay, '/graphql', { headers, body: '{"query":"{ viewer { id } }"}' })
      ids.add(JSON.parse(text).data.viewer.id)
      expect(await socketAccepts(token)).toBe(true)
    }
    expect(ids.size).toBe(1)
  })

  const forgeries: [string, () => Promise<string>][] = [
    ['alg none', async () => `${base64url({ alg: 'none' })}.${base64url(claims)}.`],
    ['alg none and a made-up signature', async () => `${base64url({ alg: 'none' })}.${base64url(claims)}.AAAA`],
    [
      'the public key as a shared secret',
      async () => signed(claims, bytes(await exportSPKI(rsa.publicKey)), { alg: 'HS256' }),
    ],
    [
      'the public key, under its kid, as a shared secret',
      async () => signed(claims, bytes(JSON.stringify(await exportJWK(rsa.publicKey))), { alg: 'HS256', kid: 'one' }),
    ],
    ['another secret', () => signed(claims, bytes(SECRET.toUpperCase()), { alg: 'HS256' })],
    ['the secret under another algorithm', () => signed(claims, bytes(SECRET), { alg: 'HS512' })],
    ['a stranger’s key under the host’s kid', () => signed(claims, stranger.privateKey, { alg: 'RS256', kid: 'one' })],
    ['a stranger’s key', () => signed(claims, stranger.privateKey, { alg: 'RS256', kid: 'two' })],
    ['another issuer', () => bySecret({ ...claims, iss: 'https://other.example' })],
    ['no issuer', () => bySecret(without('iss'))],
    ['another audience', () => byKey({ ...claims, aud: 'https://other.example' })],
    ['no audience', () => byKey(without('aud'))],
    ['an expiry in the past', () => bySecret({ ...claims, exp: now() - 60 })],
    ['a start in the future', () => byKey({ ...claims, nbf: now() + HOUR })],
    ['a start in the future, by secret', () => bySecret({ ...claims, nbf: now() + HOUR })],
    ['another audience, by secret', () => bySecret({ ...claims, aud: 'https://other.example' })],
    ['no expiry', () => bySecret(without('exp'))],
    ['an expiry that is not a number', () => bySecret({ ...claims, exp: 'later' as unknown as number })],
    ['an empty signature', async () => `${(await bySecret(claims)).split('.').slice(0, 2).join('.')}.A`],
    ['part of its signature', async () => (await bySecret(claims)).slice(0, -4)],
    ['a header that has to be understood', () => byHand({ alg: 'HS256', crit: ['x'], x: 1 })],
    ['a header that isn’t an object', () => byHand('HS256')],
    ['no subject', () => bySecret(without('sub'))],
    ['an empty subject', () => bySecret({ ...claims, sub: '' })],
    ['a subject that is not text', () => bySecret({ ...claims, sub: { id: 1 } as never })],
    ['a subject with U+0000', () => bySecret({ ...claims, sub: 'do\0ra' })],
    ['an organization with U+0000', () => bySecret({ ...claims, org: '\0' })],
    ['a subject that is too long', () => bySecret({ ...claims, sub: 'd'.repeat(1_001) })],
    ['a time of issue that is no date', () => bySecret({ ...claims, iat: 1e15 })],
    ['an expiry that is no date', () => byKey({ ...claims, exp: 1e15 })],
    ['no organization', () => bySecret(without('org'))],
    [
      'the development issuer’s name',
      () => bySecret({ ...claims, iss: 'patchbay-development', sub: 'ada', org: 'northwind' }),
    ],
    [
      'a signature of another payload',
      async () => {
        const [header, , signature] = (await bySecret(claims)).split('.')
        return `${header}.${base64url({ ...claims, sub: 'ada' })}.${signature}`
      },
    ],
  ]

  test('may have names that can’t be stored as they are', async () => {
    const token = await bySecret({ ...claims, name: `Do\0ra${'a'.repeat(1_000)}`, org_name: '\0' })
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const query = `mutation { startSetup(input: { pluginId: "${pluginId('plain-writer')}" }) { __typename } }`
    const { text } = await send(patchbay, '/graphql', { headers, body: JSON.stringify({ query }) })
    expect(JSON.parse(text)).toEqual({ data: { startSetup: { __typename: 'PluginSetup' } } })
  })

  test.each(forgeries)('with %s is denied', async (_name, forge) => {
    const token = await forge()
    expect(await statusOf(token)).toBe(401)
    expect(await socketAccepts(token)).toBe(false)
  })

  test('is no longer accepted once it has expired', async () => {
    const exp = now() + 2
    const token = await bySecret({ ...claims, exp })
    expect(await statusOf(token)).toBe(200)
    // Clocks may differ by up to five seconds, so it may still be accepted until then.
    await expect.poll(() => statusOf(token), { timeout: 45_000, interval: 250 }).toBe(401)
    expect(now()).toBeGreaterThanOrEqual(exp)
  })
})

test('unreachable signing keys are a server error, so that clients are not sent to sign in', async () => {
  keysServed = false
  await using other = await startPatchbay({ ...claimed, PATCHBAY_JWKS_URL: jwksUrl })
  const token = await byKey({ ...claims, jti: randomUUID() })
  expect(await statusOf(token, other)).toBe(503)
  const socket = await RawSocket.open(other)
  socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } })
  expect(await socket.closed).toBe(1013)
  keysServed = true
  expect(await statusOf(token, other)).toBe(200)
})

test.each<[string, () => Promise<string>]>([
  ['malformed', async () => 'TOKEN'],
  ['malformed', async () => 'a.b.c'],
  ['expired', () => byKey({ ...claims, exp: now() - 60 })],
  ['claim', () => byKey({ ...claims, aud: 'another' })],
  ['claim', () => bySecret(without('org'))],
  ['unknown-key', () => signed(claims, stranger.privateKey, { alg: 'RS256', kid: 'two' })],
  ['signature', () => signed(claims, stranger.privateKey, { alg: 'RS256', kid: 'one' })],
  ['signature', () => signed(claims, bytes(SECRET.toUpperCase()), { alg: 'HS256' })],
  ['api-key', async () => 'pbk_nothing_like_a_key'],
  ['setup-session', async () => 'pbs_nothing_like_a_session'],
])(
  '%s: the reason is in the header, the close reason, the log and the metrics, and the token isn’t',
  async (reason, forge) => {
    const token = await forge()
    const counted = async () => (await scrape(patchbay)).value('patchbay_credentials_refused_total', { reason }) ?? 0
    const before = await counted()
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const answer = await send(patchbay, '/graphql', { headers, body: '{"query":"{ viewer { id } }"}' })
    expect(answer.headers['www-authenticate']).toBe(
      `Bearer realm="Patchbay", error="invalid_token", error_description="${reason}"`,
    )
    const socket = await RawSocket.open(patchbay)
    socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } })
    expect(await socket.closeReason).toBe(`Forbidden: ${reason}`)
    expect(await counted()).toBe(before + 2)
    const lines = patchbay.logged.filter((line) => line.includes('credentials were refused'))
    expect(lines.some((line) => line.includes(`"reason":"${reason}"`))).toBe(true)
    expect(lines.join()).not.toContain(token)
  },
)

test('without a token, the header says only how to authenticate', async () => {
  const headers = { 'content-type': 'application/json' }
  const answer = await send(patchbay, '/graphql', { headers, body: '{"query":"{ viewer { id } }"}' })
  expect(answer.headers['www-authenticate']).toBe('Bearer realm="Patchbay"')
})

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { readConfig } from '../../../src/config/environment.js'
import { createHostTokens } from '../../../src/http/authentication/host-tokens.js'

const OURS = 'https://ours.example'
const THEIRS = 'https://theirs.example'

/** A host's identity provider: it signs tokens and publishes its keys. */
class IdentityProvider implements AsyncDisposable {
  readonly #server: Server
  keys: JWK[] | null = []
  fetches = 0

  constructor(
    readonly issuer: string,
    private signing: { privateKey: CryptoKey; publicKey: CryptoKey; kid: string },
  ) {
    this.#server = createServer((_request, response) => {
      this.fetches++
      if (this.keys) response.end(JSON.stringify({ keys: this.keys }))
      else response.writeHead(503).end()
    })
  }

  static async start(issuer: string): Promise<IdentityProvider> {
    const provider = new IdentityProvider(issuer, { ...(await generateKeyPair('ES256')), kid: 'one' })
    await new Promise<void>((resolve) => provider.#server.listen(0, '127.0.0.1', resolve))
    await provider.publish()
    return provider
  }

  get jwksUrl() {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/jwks`
  }

  async rotate(kid: string) {
    this.signing = { ...(await generateKeyPair('ES256')), kid }
    await this.publish()
  }

  async publish() {
    this.keys = [{ ...(await exportJWK(this.signing.publicKey)), kid: this.signing.kid }]
  }

  token(claims: { iss?: string; sub?: string } = {}) {
    return new SignJWT({ iss: this.issuer, sub: 'ada', org: 'acme', ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: this.signing.kid })
      .setExpirationTime('1 hour')
      .sign(this.signing.privateKey)
  }

  async [Symbol.asyncDispose]() {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

let ours: IdentityProvider
let theirs: IdentityProvider
beforeEach(async () => {
  ours = await IdentityProvider.start(OURS)
  theirs = await IdentityProvider.start(THEIRS)
})
afterEach(async () => {
  vi.useRealTimers()
  await ours[Symbol.asyncDispose]()
  await theirs[Symbol.asyncDispose]()
})

const changes: [url: string, readable: boolean][] = []
function tokensWith(settings: Record<string, string>) {
  changes.length = 0
  return createHostTokens({
    tokens: readConfig(settings).tokens,
    developmentSecret: undefined,
    keysChanged: (url, error) => changes.push([url, error === null]),
  })
}
const both = () =>
  tokensWith({
    PATCHBAY_JWT_ISSUER: `${OURS}, ${THEIRS}`,
    PATCHBAY_JWKS_URL: `${ours.jwksUrl}, ${theirs.jwksUrl}`,
  })

describe('of several issuers', () => {
  test('each one’s tokens are verified with its own keys, and its users are other people', async () => {
    const { verify } = both()
    const [one, other] = await Promise.all([verify(await ours.token()), verify(await theirs.token())])
    expect(one.viewer).toMatchObject({ issuer: OURS, subject: 'ada' })
    expect(other.viewer).toMatchObject({ issuer: THEIRS, subject: 'ada' })
    expect(one.viewer.userId).not.toBe(other.viewer.userId)
  })

  test('none signs for another one', async () => {
    const { verify } = both()
    await expect(verify(await theirs.token({ iss: OURS }))).rejects.toMatchObject({ reason: 'signature' })
  })

  test('another issuer’s tokens are refused, and no keys are fetched for them', async () => {
    const { verify } = both()
    await expect(verify(await ours.token({ iss: 'https://else.example' }))).rejects.toMatchObject({
      reason: 'unknown-issuer',
    })
    expect([ours.fetches, theirs.fetches]).toEqual([0, 0])
  })

  test('the keys of all may be in one place', async () => {
    const { verify } = tokensWith({ PATCHBAY_JWT_ISSUER: `${OURS},${THEIRS}`, PATCHBAY_JWKS_URL: ours.jwksUrl })
    expect((await verify(await ours.token({ iss: THEIRS }))).viewer.issuer).toBe(THEIRS)
    await expect(verify(await ours.token({ iss: 'https://else.example' }))).rejects.toMatchObject({ reason: 'claim' })
  })
})

test('users keep their ids when the host’s issuer gets another name', async () => {
  const before = tokensWith({ PATCHBAY_JWT_ISSUER: OURS, PATCHBAY_JWKS_URL: ours.jwksUrl })
  const after = tokensWith({
    PATCHBAY_JWT_ISSUER: THEIRS,
    PATCHBAY_JWKS_URL: theirs.jwksUrl,
    PATCHBAY_JWT_FORMER_ISSUERS: OURS,
  })
  const { viewer } = await before.verify(await ours.token())
  expect((await after.verify(await theirs.token())).viewer).toMatchObject({ userId: viewer.userId, issuer: OURS })
  await expect(after.verify(await ours.token())).rejects.toMatchObject({ reason: 'signature' })
})

describe('a new key', () => {
  const only = () => tokensWith({ PATCHBAY_JWT_ISSUER: OURS, PATCHBAY_JWKS_URL: ours.jwksUrl })

  test('counts a second after the last fetch, without waiting for the next one', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const { verify } = only()
    await verify(await ours.token())
    await ours.rotate('two')
    vi.setSystemTime(Date.now() + 1_001)
    expect((await verify(await ours.token())).viewer.subject).toBe('ada')
    expect(ours.fetches).toBe(2)
  })

  test('is looked for once a second at most, however many forged ones are named', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const { verify } = only()
    await verify(await ours.token())
    await theirs.rotate('forged')
    const forged = await theirs.token({ iss: OURS })
    for (let second = 0; second < 3; second++) {
      vi.setSystemTime(Date.now() + 1_001)
      const refused = await Promise.allSettled(Array.from({ length: 50 }, () => verify(forged)))
      expect(refused.map((result) => result.status === 'rejected' && result.reason.reason)).toEqual(
        Array(50).fill('unknown-key'),
      )
    }
    expect(ours.fetches).toBe(4)
  })
})

test('keys that can’t be read are reported once, and once more when they can be', async () => {
  const { verify, canReadKeys } = both()
  theirs.keys = null
  expect(await canReadKeys?.()).toBe(false)
  expect(await canReadKeys?.()).toBe(false)
  await expect(verify(await theirs.token())).rejects.toThrow('JWKS cannot be read')
  expect((await verify(await ours.token())).viewer.issuer).toBe(OURS)
  await theirs.publish()
  expect(await canReadKeys?.()).toBe(true)
  expect(changes).toEqual([
    [expect.any(String), expect.any(Boolean)],
    [expect.any(String), expect.any(Boolean)],
    [theirs.jwksUrl, true],
  ])
  expect(new Map(changes.slice(0, 2))).toEqual(
    new Map([
      [ours.jwksUrl, true],
      [theirs.jwksUrl, false],
    ]),
  )
  expect(tokensWith({ PATCHBAY_JWT_SECRET: 'a secret with more than 32 characters' }).canReadKeys).toBeUndefined()
})

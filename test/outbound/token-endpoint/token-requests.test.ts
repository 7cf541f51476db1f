import { createPublicKey, generateKeyPairSync, type JsonWebKey } from 'node:crypto'
import { decodeProtectedHeader, jwtVerify } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type * as z from 'zod'
import { ProviderSchema } from '../../../src/domain/catalogue/provider.js'
import { type OAuthClient, OAuthError, type OAuthTarget } from '../../../src/domain/ports/oauth-client.js'
import { createGuardedFetch } from '../../../src/outbound/guarded-fetch.js'
import { createOAuthClient } from '../../../src/outbound/oauth-client.js'
import { answers, type HostileServer, startHostileServer } from '../../support/hostile-server.js'

type Settings = Partial<z.input<typeof ProviderSchema>>

const guarded = createGuardedFetch({ allowPrivate: true })
const oauth: OAuthClient = createOAuthClient(guarded.fetch, { allowInsecure: true })
let server: HostileServer
beforeAll(async () => {
  server = await startHostileServer()
})
beforeEach(() => {
  server.requests.length = 0
  for (const path of ['/token', '/renew', '/revoke']) {
    server.on(path, answers({ access_token: 'an-access-token', token_type: 'Bearer' }))
  }
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await guarded.close()
})

const ID = 'my-app_1.0'
const SECRET = 'a-secret_with.marks~!*and spaces+%'

function targetWith(settings: Settings = {}, clientSecret: string | null = SECRET): OAuthTarget {
  const provider = ProviderSchema.parse({
    authorizationUrl: `${server.url}/authorize`,
    tokenUrl: `${server.url}/token`,
    revocationUrl: `${server.url}/revoke`,
    ...settings,
  })
  return { provider, credentials: { clientId: ID, clientSecret }, redirectUri: 'https://patchbay.example/callback' }
}

const exchange = (target: OAuthTarget) =>
  oauth.exchange(target, new URLSearchParams({ code: 'a-code', state: 'a-state' }), 'v'.repeat(43))

/** The requests that exchange, refresh and revoke. */
async function requestsOf(settings: Settings, clientSecret: string | null = SECRET) {
  const target = targetWith(settings, clientSecret)
  await exchange(target)
  await oauth.refresh(target, 'a-refresh-token', ['read', 'write'])
  await oauth.revoke(target, { accessToken: 'an-access-token', refreshToken: 'a-refresh-token' })
  const [exchanged, refreshed, revoked] = server.requests
  if (!exchanged || !refreshed || !revoked) throw new Error('a request is missing')
  return { exchanged, refreshed, revoked, all: [exchanged, refreshed, revoked] }
}

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`
const sent = (body: URLSearchParams) => Object.fromEntries(body)

describe('client authentication', () => {
  test('client_secret_basic encodes both parts first (RFC 6749 §2.3.1)', async () => {
    const { all } = await requestsOf({})
    const encoded = 'my%2Dapp%5F1%2E0:a%2Dsecret%5Fwith%2Emarks%7E%21%2Aand+spaces%2B%25'
    for (const request of all) {
      expect(request.authorization).toBe(basic(encoded))
      expect(request.body.has('client_secret')).toBe(false)
    }
  })
  test('client_secret_basic_raw sends both parts as they are', async () => {
    const { all } = await requestsOf({ clientAuthentication: 'client_secret_basic_raw' })
    for (const { authorization } of all) expect(authorization).toBe(basic(`${ID}:${SECRET}`))
  })
  test('client_secret_as_username sends the secret alone', async () => {
    const { all } = await requestsOf({ clientAuthentication: 'client_secret_as_username' })
    for (const { authorization } of all) expect(authorization).toBe(basic(`${SECRET}:`))
  })
  test('client_secret_post sends both in the body', async () => {
    const { all } = await requestsOf({ clientAuthentication: 'client_secret_post' })
    for (const request of all) {
      expect(request.authorization).toBeUndefined()
      expect(sent(request.body)).toMatchObject({ client_id: ID, client_secret: SECRET })
    }
  })
  test.each([null, SECRET])('none sends no secret (secret: %j)', async (secret) => {
    const { exchanged, all } = await requestsOf({ clientAuthentication: 'none' }, secret)
    expect(sent(exchanged.body)).toMatchObject({ client_id: ID, code_verifier: 'v'.repeat(43) })
    for (const request of all) {
      expect(request.authorization).toBeUndefined()
      expect(request.text + JSON.stringify(request.headers)).not.toMatch(/secret/)
    }
  })

  describe('private_key_jwt signs an assertion and sends no key', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
    const ed = generateKeyPairSync('ed25519').privateKey
    const pem = (key: typeof rsa) => key.export({ type: 'pkcs8', format: 'pem' }).toString()
    const jwk = (key: typeof rsa, more: JsonWebKey = {}) =>
      JSON.stringify({ ...key.export({ format: 'jwk' }), ...more })
    test.each<[string, typeof rsa, string, string, string | undefined]>([
      ['RSA in PEM', rsa, pem(rsa), 'RS256', undefined],
      ['RSA as a JWK', rsa, jwk(rsa, { kid: 'k1', alg: 'PS384' }), 'PS384', 'k1'],
      ['EC in PEM', ec, pem(ec), 'ES256', undefined],
      ['EC as a JWK', ec, jwk(ec, { kid: 'k2' }), 'ES256', 'k2'],
      ['Ed25519', ed, pem(ed), 'Ed25519', undefined],
    ])('%s', async (_what, key, secret, alg, kid) => {
      const { all } = await requestsOf({ clientAuthentication: 'private_key_jwt' }, secret)
      for (const { body, authorization } of all) {
        expect(authorization).toBeUndefined()
        expect(body.has('client_secret')).toBe(false)
        expect(body.get('client_assertion_type')).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
        const assertion = body.get('client_assertion') ?? ''
        expect(decodeProtectedHeader(assertion)).toMatchObject({ alg, ...(kid && { kid }) })
        const audience = `${server.url}/token`
        const { payload } = await jwtVerify(assertion, createPublicKey(key), { audience, issuer: ID, subject: ID })
        expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(60)
      }
    })
    test('for the issuer if there is one, or the audience that the settings name', async () => {
      const issuer = 'https://id.example'
      const secret = pem(ec)
      const audienceOf = async (settings: Settings) => {
        server.requests.length = 0
        const { exchanged } = await requestsOf({ clientAuthentication: 'private_key_jwt', ...settings }, secret)
        return (await jwtVerify(exchanged.body.get('client_assertion') ?? '', createPublicKey(ec))).payload.aud
      }
      expect(await audienceOf({ issuer })).toBe(issuer)
      expect(await audienceOf({ issuer, assertionAudience: 'https://id.example/v2' })).toBe('https://id.example/v2')
    })
  })
})

describe('token requests', () => {
  test('are forms by default', async () => {
    const { exchanged, refreshed } = await requestsOf({})
    expect(exchanged.headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/)
    expect(sent(exchanged.body)).toEqual({
      grant_type: 'authorization_code',
      code: 'a-code',
      redirect_uri: 'https://patchbay.example/callback',
      code_verifier: 'v'.repeat(43),
    })
    expect(sent(refreshed.body)).toEqual({ grant_type: 'refresh_token', refresh_token: 'a-refresh-token' })
  })
  test('are JSON if the provider wants that, with its headers; revocations remain forms', async () => {
    const { exchanged, refreshed, revoked } = await requestsOf({
      clientAuthentication: 'client_secret_post',
      tokenRequest: {
        format: 'json',
        headers: { 'Notion-Version': '2022-06-28', Accept: 'application/vnd.app+json', 'Content-Type': 'text/plain' },
      },
    })
    for (const { headers } of [exchanged, refreshed]) {
      expect(headers['content-type']).toBe('application/json')
      expect(headers['notion-version']).toBe('2022-06-28')
      expect(headers.accept).toBe('application/vnd.app+json')
    }
    expect(JSON.parse(exchanged.text)).toMatchObject({ code: 'a-code', client_id: ID, client_secret: SECRET })
    expect(JSON.parse(refreshed.text)).toMatchObject({ grant_type: 'refresh_token', refresh_token: 'a-refresh-token' })
    expect(revoked.body.get('token')).toBe('a-refresh-token')
  })
  test('use the provider’s names and leave out what it refuses', async () => {
    const { exchanged, refreshed, revoked } = await requestsOf({
      clientAuthentication: 'client_secret_post',
      tokenRequest: { renamed: { client_id: 'client_key' }, leftOut: ['redirect_uri'] },
    })
    for (const { body } of [exchanged, refreshed, revoked]) {
      expect(body.get('client_key')).toBe(ID)
      expect(body.has('client_id')).toBe(false)
    }
    expect(exchanged.body.has('redirect_uri')).toBe(false)
  })
  test('have the provider’s parameters, which replace neither codes nor tokens nor credentials', async () => {
    const { exchanged, refreshed } = await requestsOf({
      clientAuthentication: 'client_secret_post',
      tokenRequest: {
        parameters: {
          audience: 'api',
          code: 'x',
          client_id: 'x',
          client_secret: 'x',
          grant_type: 'x',
          redirect_uri: 'x',
        },
        refreshParameters: { type: 'refresh', refresh_token: 'x' },
      },
    })
    expect(sent(exchanged.body)).toEqual({
      audience: 'api',
      grant_type: 'authorization_code',
      code: 'a-code',
      redirect_uri: 'https://patchbay.example/callback',
      code_verifier: 'v'.repeat(43),
      client_id: ID,
      client_secret: SECRET,
    })
    expect(sent(refreshed.body)).toMatchObject({ audience: 'api', type: 'refresh', refresh_token: 'a-refresh-token' })
    expect(exchanged.body.has('type')).toBe(false)
  })
  test('refresh at another URL and repeat the scopes if the provider wants that', async () => {
    const { exchanged, refreshed } = await requestsOf({
      scopeSeparator: ' ',
      tokenRequest: { refreshUrl: `${server.url}/renew`, refreshSendsScopes: true },
    })
    expect([exchanged.path, refreshed.path]).toEqual(['/token', '/renew'])
    expect(exchanged.body.has('scope')).toBe(false)
    expect(refreshed.body.get('scope')).toBe('read write')
  })
})

describe('authorization URLs', () => {
  const urlOf = (settings: Settings, scopes: string[]) =>
    oauth.authorizationUrl(targetWith(settings), { state: 'a-state', codeVerifier: 'v'.repeat(43), scopes })

  test('encode spaces as %20, and nothing as +', () => {
    const url = urlOf({ authorizationParameters: { note: 'a b', plus: 'c+d' } }, ['read', 'write', 'a+b'])
    expect(url.href).toContain('scope=read%20write%20a%2Bb')
    expect(url.href).toContain('note=a%20b')
    expect(url.href).not.toContain('+')
    expect(url.searchParams.get('scope')).toBe('read write a+b')
    expect(url.searchParams.get('plus')).toBe('c+d')
  })
  test('name the client as the provider does', () => {
    const { searchParams } = urlOf({ tokenRequest: { renamed: { client_id: 'client_key' } } }, [])
    expect(searchParams.get('client_key')).toBe(ID)
    expect(searchParams.has('client_id')).toBe(false)
  })
})

describe('O20: a refused exchange says what the app said', () => {
  test.each<[string, object | string, { status: number; challenge?: string }, object]>([
    [
      'invalid_client',
      { error: 'invalid_client', error_description: 'No such secret' },
      { status: 401 },
      { code: 'invalid_client', description: 'No such secret', status: 401 },
    ],
    [
      'invalid_scope',
      { error: 'invalid_scope', error_description: 'read' },
      { status: 400 },
      { code: 'invalid_scope', description: 'read', status: 400 },
    ],
    [
      'redirect_uri_mismatch',
      { error: 'redirect_uri_mismatch' },
      { status: 400 },
      { code: 'redirect_uri_mismatch', description: null, status: 400 },
    ],
    [
      'a challenge',
      '',
      { status: 401, challenge: 'Basic realm="x", error="invalid_client", error_description="Bad"' },
      { code: 'invalid_client', description: 'Bad', status: 401 },
    ],
    [
      'a challenge next to a body',
      { error: 'invalid_client' },
      { status: 401, challenge: 'Basic realm="x"' },
      { code: 'invalid_client', description: null, status: 401 },
    ],
    [
      '200',
      { error: 'incorrect_client_credentials' },
      { status: 200 },
      { code: 'incorrect_client_credentials', description: null, status: 200 },
    ],
    [
      'its secrets',
      { error: 'invalid_grant', error_description: `a-code and ${SECRET} are bad` },
      { status: 400 },
      { code: 'invalid_grant', description: '… and … are bad', status: 400 },
    ],
  ])('%s', async (_what, body, { status, challenge }, reported) => {
    server.on('/token', (_request, response) => {
      if (challenge) response.setHeader('www-authenticate', challenge)
      answers(body, { status })(_request, response)
    })
    const error = await exchange(targetWith()).catch((error) => error)
    expect(error).toBeInstanceOf(OAuthError)
    expect(error).toMatchObject({ code: 'APP_REFUSED', reported })
  })
})

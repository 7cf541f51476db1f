import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ProviderSchema } from '../../src/domain/catalogue/provider.js'
import { OAuthError } from '../../src/domain/ports/oauth-client.js'
import { readProvider } from '../../src/providers/catalogue.js'
import { answers } from '../support/hostile-server.js'
import { type ScriptedApp, startScriptedApp } from '../support/scripted-app.js'

const TOKENS = { accessToken: 'an-access-token', refreshToken: 'a-refresh-token' }
const BASIC = `Basic ${Buffer.from('patchbay:a-client-secret').toString('base64')}`

let app: ScriptedApp
beforeAll(async () => {
  app = await startScriptedApp()
})
beforeEach(() => {
  app.server.requests.length = 0
  app.server.on('/revoke', answers('', { status: 204 }))
})
afterAll(() => app[Symbol.asyncDispose]())

/** The request that revokes, and what is in it. */
async function revoke(revocation: object, settings: object = {}, tokens: typeof TOKENS | object = TOKENS) {
  const usual = { revocationUrl: `${app.server.url}/revoke`, clientAuthentication: 'client_secret_basic_raw' }
  const target = app.target({ ...usual, revocation, ...settings })
  await app.oauth.revoke(target, { ...TOKENS, ...tokens })
  const request = app.server.requests.at(-1) ?? expect.unreachable()
  const { method, path, query, authorization, headers, text } = request
  return { method, path, query: Object.fromEntries(query), authorization, type: headers['content-type'], text, headers }
}

test('without settings, it is what RFC 7009 says', async () => {
  const form = 'application/x-www-form-urlencoded'
  const { text, ...request } = await revoke({})
  expect(request).toMatchObject({ method: 'POST', query: {}, authorization: BASIC, type: form })
  const body = Object.fromEntries(new URLSearchParams(text))
  expect(body).toEqual({ token: 'a-refresh-token', token_type_hint: 'refresh_token' })
  const only = await revoke({}, {}, { refreshToken: null })
  expect(Object.fromEntries(new URLSearchParams(only.text))).toEqual({
    token: 'an-access-token',
    token_type_hint: 'access_token',
  })
})

describe('it can differ as providers do:', () => {
  test('GitHub deletes the grant of a client, whose id is in the address', async () => {
    app.server.on('/applications/patchbay/grant', answers('', { status: 204 }))
    const revocation = {
      method: 'DELETE',
      format: 'json',
      authentication: 'client_secret_basic_raw',
      tokenParameter: 'access_token',
      token: 'access_token',
    }
    const revocationUrl = `${app.server.url}/applications/{client_id}/grant`
    const settings = { revocationUrl, clientAuthentication: 'client_secret_post' }
    expect(await revoke(revocation, settings)).toMatchObject({
      method: 'DELETE',
      path: '/applications/patchbay/grant',
      authorization: BASIC,
      type: 'application/json',
      text: '{"access_token":"an-access-token"}',
    })
  })

  test('Dropbox takes the access token as its API does, and nothing else', async () => {
    const { type, text, authorization } = await revoke({ authentication: 'access_token', tokenParameter: null })
    expect({ type, text, authorization }).toEqual({
      type: undefined,
      text: '',
      authorization: 'Bearer an-access-token',
    })
  })

  test('Shopify has a header of its own for the token', async () => {
    const revocation = { method: 'DELETE', authentication: 'access_token', tokenParameter: null }
    const request = await revoke(revocation, { api: { header: 'X-Shop-Token', scheme: '' } })
    expect(request.authorization).toBeUndefined()
    expect(request.headers['x-shop-token']).toBe('an-access-token')
  })

  test('a refresh token may be in the address, encoded', async () => {
    app.server.on('/tokens/a%2Fb%3F', answers('', { status: 204 }))
    const revocation = { method: 'DELETE', authentication: 'none', tokenParameter: null }
    const settings = { revocationUrl: `${app.server.url}/tokens/{token}` }
    const request = await revoke(revocation, settings, { refreshToken: 'a/b?' })
    expect(request).toMatchObject({ method: 'DELETE', path: '/tokens/a%2Fb%3F', authorization: undefined, text: '' })
  })

  test('Twitch wants the client’s id and no secret', async () => {
    const revocation = { authentication: 'none', token: 'access_token', parameters: { client_id: '{client_id}' } }
    const { authorization, text } = await revoke(revocation)
    expect(authorization).toBeUndefined()
    expect(Object.fromEntries(new URLSearchParams(text))).toEqual({ client_id: 'patchbay', token: 'an-access-token' })
  })

  test('Zoho has everything in the address', async () => {
    const { query, type } = await revoke({ format: 'query', authentication: 'none' })
    expect({ query, type }).toEqual({ query: { token: 'a-refresh-token' }, type: undefined })
    const naver = {
      method: 'GET',
      format: 'query',
      authentication: 'client_secret_post',
      tokenParameter: 'access_token',
    }
    const parameters = { grant_type: 'delete' }
    expect(await revoke({ ...naver, token: 'access_token', parameters })).toMatchObject({
      method: 'GET',
      query: {
        grant_type: 'delete',
        client_id: 'patchbay',
        client_secret: 'a-client-secret',
        access_token: 'an-access-token',
      },
    })
  })
})

describe('the catalogue’s data revokes as the provider documents it:', () => {
  const form = (text: string) => Object.fromEntries(new URLSearchParams(text))
  /** The request that revokes at the provider, sent to an address of ours in its place. */
  async function revokeAs(slug: string) {
    const { oauth2 } = readProvider(slug) ?? expect.unreachable()
    const { revocation, clientAuthentication, api } = oauth2
    const revocationUrl = `${app.server.url}${new URL(oauth2.revocationUrl ?? '').pathname}`
    app.server.on(new URL(revocationUrl).pathname, answers('', { status: 200 }))
    return revoke(revocation, { revocationUrl, clientAuthentication, api })
  }

  test('Square wants the secret in a header, and JSON', async () => {
    const { method, path, authorization, type, text } = await revokeAs('square')
    expect({ method, path, authorization, type }).toEqual({
      method: 'POST',
      path: '/oauth2/revoke',
      authorization: 'Client a-client-secret',
      type: 'application/json',
    })
    expect(JSON.parse(text)).toEqual({ client_id: 'patchbay', access_token: 'an-access-token' })
  })

  test('Naver deletes at its token endpoint', async () => {
    const { method, path, authorization, text } = await revokeAs('naver')
    expect({ method, path, authorization }).toEqual({
      method: 'POST',
      path: '/oauth2.0/token',
      authorization: undefined,
    })
    expect(form(text)).toEqual({
      grant_type: 'delete',
      service_provider: 'NAVER',
      client_id: 'patchbay',
      client_secret: 'a-client-secret',
      access_token: 'an-access-token',
    })
  })

  test('Oura has the access token in the address', async () => {
    const { method, path, query, authorization, text } = await revokeAs('oura')
    expect({ method, path, query, authorization, text }).toEqual({
      method: 'POST',
      path: '/oauth/revoke',
      query: { access_token: 'an-access-token' },
      authorization: undefined,
      text: '',
    })
  })

  test.each([
    ['clio', '/oauth/deauthorize'],
    ['digitalocean', '/v1/oauth/revoke'],
  ])('%s wants the access token twice', async (slug, address) => {
    const { method, path, authorization, text } = await revokeAs(slug)
    expect({ method, path, authorization }).toEqual({
      method: 'POST',
      path: address,
      authorization: 'Bearer an-access-token',
    })
    expect(form(text)).toEqual({ token: 'an-access-token' })
  })

  test('Smartsheet deletes all of the client’s tokens for a person', async () => {
    const { method, path, query, authorization, text } = await revokeAs('smartsheet')
    expect({ method, path, query, authorization, text }).toEqual({
      method: 'DELETE',
      path: '/2.0/token',
      query: { deleteAllForApiClient: 'true' },
      authorization: 'Bearer an-access-token',
      text: '',
    })
  })

  test('FreshBooks wants the client and the refresh token in JSON', async () => {
    const { method, path, authorization, type, text } = await revokeAs('freshbooks')
    expect({ method, path, authorization, type }).toEqual({
      method: 'POST',
      path: '/auth/oauth/revoke',
      authorization: undefined,
      type: 'application/json',
    })
    expect(JSON.parse(text)).toEqual({
      client_id: 'patchbay',
      client_secret: 'a-client-secret',
      token: 'a-refresh-token',
    })
  })
})

test.each(['a secret\r\nX-Forged: 1', 'sécret', ''])('O29: the secret %j ends no header', async (clientSecret) => {
  const headers = { authorization: 'Client {client_secret}' }
  const target = app.target({
    revocationUrl: `${app.server.url}/revoke`,
    revocation: { authentication: 'none', headers },
  })
  const credentials = { clientId: 'patchbay', clientSecret }
  await expect(app.oauth.revoke({ ...target, credentials }, TOKENS)).rejects.toMatchObject({ code: 'APP_REFUSED' })
  expect(app.server.requests).toEqual([])
})

describe('the verdict says that the access token has expired', () => {
  const bearer = { authentication: 'access_token', tokenParameter: null }
  const inBody = { authentication: 'client_secret_basic', token: 'access_token' }
  const verdictOn = async (answer: ReturnType<typeof answers>, revocation: object, settings = {}) => {
    app.server.on('/revoke', answer)
    const error: unknown = await revoke(revocation, settings).catch((e) => e)
    return error instanceof OAuthError ? error.verdict : expect.unreachable()
  }

  test.each<[string, object, ReturnType<typeof answers>]>([
    ['with 401', bearer, answers('', { status: 401 })],
    ['with 401 and a token in the body', inBody, answers({ error: 'invalid_token' }, { status: 401 })],
    ['with 200 and the provider’s own code', bearer, answers({ ok: false, error: 'token_gone' })],
    ['with 400 and the standard’s code', bearer, answers({ error: 'invalid_token' }, { status: 400 })],
    ['with 400 and the provider’s own code', bearer, answers({ error: 'token_gone' }, { status: 400 })],
  ])('%s', async (_how, revocation, answer) => {
    expect(await verdictOn(answer, revocation, { accessEndedErrors: ['token_gone'] })).toBe('ACCESS_ENDED')
  })

  test.each<[string, object, ReturnType<typeof answers>]>([
    ['if a refresh token revokes', {}, answers({ error: 'invalid_token' }, { status: 401 })],
    ['if the client is refused', inBody, answers({ error: 'invalid_client' }, { status: 401 })],
    ['if the request is wrong', bearer, answers({ error: 'invalid_request' }, { status: 400 })],
  ])('but not %s', async (_when, revocation, answer) => {
    expect(await verdictOn(answer, revocation)).toBeNull()
  })
})

test('a refusal is reported without the token, also if its status says success', async () => {
  const error = { ok: false, error: 'token_revoked', message: 'Not an-access-token' }
  app.server.on('/revoke', answers(error))
  const refused: unknown = await revoke({ authentication: 'access_token', tokenParameter: null }).catch((e) => e)
  expect(refused).toBeInstanceOf(OAuthError)
  expect(refused).toMatchObject({ code: 'APP_REFUSED', reported: { status: 200, code: 'token_revoked' } })
  expect(JSON.stringify(refused)).not.toContain('an-access-token')
  app.server.on('/revoke', answers('<h1>Down</h1>', { status: 502 }))
  await expect(revoke({})).rejects.toMatchObject({ code: 'APP_UNAVAILABLE' })
})

test('O29: no token or client id leads the request elsewhere', async () => {
  const settings = { revocationUrl: `${app.server.url}/a/b/{token}` }
  const revocation = { authentication: 'none', tokenParameter: null }
  for (const refreshToken of ['..', '.', '']) {
    await expect(revoke(revocation, settings, { refreshToken })).rejects.toMatchObject({ code: 'APP_REFUSED' })
  }
  expect(app.server.requests).toEqual([])
  for (const refreshToken of ['../../x', '@evil.example/', '//evil.example', '?a=b#c']) {
    await revoke(revocation, settings, { refreshToken }).catch(() => {})
    expect(app.server.requests.at(-1)?.path).toBe(`/a/b/${encodeURIComponent(refreshToken)}`)
  }
})

test.each([
  ['a client id in the host', { revocationUrl: 'https://{client_id}.app.example.com/revoke' }],
  ['a token in another address', { tokenUrl: 'https://app.example/{token}' }],
  ['a body with GET', { revocation: { method: 'GET' } }],
])('%s is refused', (_what, settings) => {
  const urls = { authorizationUrl: 'https://app.example/authorize', tokenUrl: 'https://app.example/token' }
  expect(ProviderSchema.safeParse({ ...urls, ...settings }).success).toBe(false)
})

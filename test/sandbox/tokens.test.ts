import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.js'
import { appOf, Client, control, redirectUri } from '../support/sandbox-client.js'

let sandbox: Sandbox
let client: Client

beforeAll(async () => {
  const redirects = (app: string) => [redirectUri(app)]
  sandbox = await startSandbox({ hostname: 'localhost', host: '127.0.0.1', port: 0, redirectUri: redirects })
})
beforeEach(async () => {
  await control(sandbox, 'POST', '/reset')
  client = new Client(appOf(sandbox))
})
afterAll(() => sandbox.close())

test('the client can also authenticate with client_secret_post, but not with a wrong secret', async () => {
  const { refresh_token = '' } = await client.connect()
  const { clientId: client_id, clientSecret: client_secret } = client.app
  const parameters = { grant_type: 'refresh_token', refresh_token, client_id, client_secret }
  expect((await client.token(parameters, { headers: {} })).status).toBe(200)
  expect((await client.token({ ...parameters, client_secret: 'wrong' }, { headers: {} })).status).toBe(401)
})

test('a refresh token is issued only for offline_access, unless scripted otherwise', async () => {
  const online = { scope: 'openid mail.read' }
  expect(await client.connect({}, online)).not.toHaveProperty('refresh_token')
  await control(sandbox, 'PATCH', '/acme-mail', { refreshTokens: 'always' })
  expect(await client.connect({}, online)).toHaveProperty('refresh_token')
  await control(sandbox, 'PATCH', '/acme-mail', { refreshTokens: 'never' })
  expect(await client.connect()).not.toHaveProperty('refresh_token')
})

test('refresh tokens stay the same without rotation', async () => {
  const { refresh_token } = await client.connect()
  expect(await (await client.refresh(refresh_token)).json()).toMatchObject({ refresh_token })
  expect((await client.refresh(refresh_token)).status).toBe(200)
})

test('with rotation, each refresh returns a new token, and using an old one ends the grant', async () => {
  await control(sandbox, 'PATCH', '/acme-mail', { rotateRefreshTokens: true })
  const first = await client.connect()
  const second = await (await client.refresh(first.refresh_token)).json()
  expect(second.refresh_token).not.toBe(first.refresh_token)
  expect(await (await client.refresh(first.refresh_token)).json()).toMatchObject({ error: 'invalid_grant' })
  expect(await (await client.refresh(second.refresh_token)).json()).toMatchObject({ error: 'invalid_grant' })
  expect((await client.userinfo(second.access_token)).status).toBe(401)
})

test('revoking a refresh token (RFC 7009) ends the grant', async () => {
  const tokens = await client.connect()
  expect((await client.post('revoke', { token: tokens.refresh_token ?? '' })).status).toBe(200)
  expect((await client.refresh(tokens.refresh_token)).status).toBe(400)
  expect((await client.userinfo(tokens.access_token)).status).toBe(401)
})

test('introspection says whether a token is active', async () => {
  const tokens = await client.connect()
  const inspect = async () => (await client.post('introspect', { token: tokens.access_token })).json()
  expect(await inspect()).toMatchObject({ active: true, sub: 'ada-work' })
  await control(sandbox, 'POST', '/acme-mail/revoke')
  expect(await inspect()).toEqual({ active: false })
})

test('access revoked at the app: userinfo and refresh fail for that account only', async () => {
  const work = await client.connect({ account: 'ada-work' })
  const home = await client.connect({ account: 'ada-private' })
  await control(sandbox, 'POST', '/acme-mail/revoke', { account: 'ada-work' })
  const refused = await client.userinfo(work.access_token)
  expect(refused.status).toBe(401)
  expect(refused.headers.get('www-authenticate')).toContain('invalid_token')
  expect(await (await client.refresh(work.refresh_token)).json()).toMatchObject({ error: 'invalid_grant' })
  expect((await client.userinfo(home.access_token)).status).toBe(200)
  expect((await client.refresh(home.refresh_token)).status).toBe(200)
})

test('expired access tokens stop working immediately, and a refresh fixes that', async () => {
  const tokens = await client.connect()
  await control(sandbox, 'POST', '/acme-mail/expire')
  expect((await client.userinfo(tokens.access_token)).status).toBe(401)
  const fresh = await (await client.refresh(tokens.refresh_token)).json()
  expect((await client.userinfo(fresh.access_token)).status).toBe(200)
})

test('the lifetime of access tokens can be scripted', async () => {
  await control(sandbox, 'PATCH', '/acme-mail', { accessTokenTtlSeconds: 7 })
  expect(await client.connect()).toMatchObject({ expires_in: 7 })
})

test('the resource needs a valid bearer token with its scope', async () => {
  const ask = (token: string) =>
    fetch(`${client.app.issuer}/api/messages`, { headers: { authorization: `Bearer ${token}` } })
  const full = await client.connect()
  const partial = await client.connect({ untick: ['mail.read'] })
  expect(await (await ask(full.access_token)).json()).toMatchObject({ account: 'ada-work' })
  expect((await ask(partial.access_token)).status).toBe(403)
  expect((await ask('nonsense')).status).toBe(401)
  await control(sandbox, 'POST', '/acme-mail/revoke')
  expect((await ask(full.access_token)).status).toBe(401)
})

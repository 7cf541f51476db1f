import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.js'
import { Person } from '../support/person.js'
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

test('a person chooses an account, unchecks a scope and allows; the client gets what was granted', async () => {
  const choice = { account: 'ada-work', allow: true, untick: ['mail.send'] }
  const callback = await new Person().consent(client.authorizationUrl(), choice)
  const answer = new URL(callback.callbackUrl)
  expect(`${answer.origin}${answer.pathname}`).toBe(redirectUri('acme-mail'))
  expect(answer.searchParams.get('state')).toBe(client.state)
  expect(answer.searchParams.get('iss')).toBe(client.app.issuer)

  const tokens = await (await client.exchange(callback)).json()
  expect(tokens).toMatchObject({ token_type: 'Bearer', expires_in: 3600, refresh_token: expect.any(String) })
  expect(tokens.scope.split(' ').sort()).toEqual(['email', 'mail.read', 'offline_access', 'openid', 'profile'])

  const person = await (await client.userinfo(tokens.access_token)).json()
  expect(person).toEqual({ sub: 'ada-work', email: 'ada@northwind.example', email_verified: true, name: 'Ada Okafor' })
})

test('every app is its own issuer with its own metadata', async () => {
  for (const app of sandbox.apps) {
    const metadata = await (await fetch(`${app.issuer}/.well-known/openid-configuration`)).json()
    expect(metadata).toMatchObject({
      issuer: app.issuer,
      authorization_endpoint: `${app.issuer}/authorize`,
      token_endpoint: `${app.issuer}/token`,
      userinfo_endpoint: `${app.issuer}/userinfo`,
      revocation_endpoint: `${app.issuer}/revoke`,
      introspection_endpoint: `${app.issuer}/introspect`,
      jwks_uri: `${app.issuer}/jwks`,
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    })
    expect(metadata.scopes_supported).toEqual(expect.arrayContaining(app.scopes.map((scope) => scope.name)))
    expect((await fetch(metadata.jwks_uri, { method: 'HEAD' })).status).toBe(200)
  }
})

test('one browser is signed in to several apps at once, each with its own account', async () => {
  const person = new Person()
  for (const [slug, account] of [
    ['acme-mail', 'ada-work'],
    ['acme-chat', 'ada-private'],
  ] as const) {
    const other = new Client(appOf(sandbox, slug))
    await person.consent(other.authorizationUrl({ scope: 'openid' }), { account, allow: true })
    expect(await person.visit(other.app.signInUrl)).toMatchObject({ name: 'signed-in', account })
  }
  expect(await person.visit(client.app.signInUrl)).toMatchObject({ name: 'signed-in', account: 'ada-work' })
})

test('the consent page says that permissions can be unchecked only if some can', async () => {
  const person = new Person()
  const pageFor = async (scope: string) => {
    const page = await person.visit(client.authorizationUrl({ scope, prompt: 'consent' }))
    if ('callbackUrl' in page) throw new Error('the app asked for no consent')
    return page.html
  }
  await person.signIn(client.app.signInUrl, 'ada-work')
  expect(await pageFor('openid email')).not.toContain('You can uncheck')
  expect(await pageFor('openid email mail.read')).toContain('You can uncheck')
})

test('a denied consent comes back as access_denied', async () => {
  const callback = await new Person().consent(client.authorizationUrl(), { account: 'ada-work', allow: false })
  const answer = new URL(callback.callbackUrl).searchParams
  expect(answer.get('error')).toBe('access_denied')
  expect(answer.get('state')).toBe(client.state)
  expect(answer.get('iss')).toBe(client.app.issuer)
})

test('a person who is signed in sees the consent page right away and can use another account there', async () => {
  const person = new Person()
  await person.signIn(client.app.signInUrl, 'ada-work')
  expect(await person.visit(client.authorizationUrl())).toMatchObject({ name: 'consent', account: 'ada-work' })
  const callback = await person.consent(client.authorizationUrl(), { account: 'ada-private', allow: true })
  const tokens = await (await client.exchange(callback)).json()
  expect(await (await client.userinfo(tokens.access_token)).json()).toMatchObject({ sub: 'ada-private' })
})

test('prompt=consent asks every time; without it, an earlier grant that covers the request is enough', async () => {
  const person = new Person()
  await person.consent(client.authorizationUrl(), { account: 'ada-work', allow: true, untick: ['mail.send'] })
  expect(await person.visit(client.authorizationUrl())).toMatchObject({ name: 'consent' })
  const covered = client.authorizationUrl({ prompt: '', scope: 'openid mail.read' })
  expect(
    new URL((await person.consent(covered, { account: 'ada-work', allow: true })).callbackUrl).searchParams.get('code'),
  ).toBeTruthy()
  const more = client.authorizationUrl({ prompt: '', scope: 'openid mail.read mail.send' })
  expect(await person.visit(more)).toMatchObject({ name: 'consent' })
})

test('prompt=select_account asks for the account even if there is a session', async () => {
  const person = new Person()
  await person.signIn(client.app.signInUrl, 'ada-work')
  for (const prompt of ['select_account', 'login', 'select_account consent']) {
    expect(await person.visit(client.authorizationUrl({ prompt }))).toMatchObject({ name: 'account' })
    await person.signIn(client.app.signInUrl, 'ada-work')
  }
})

test('form_post sends the response in a form', async () => {
  const url = client.authorizationUrl({ response_mode: 'form_post' })
  const callback = await new Person().consent(url, { account: 'ada-work', allow: true })
  expect(callback).toMatchObject({ method: 'POST', callbackUrl: redirectUri('acme-mail') })
  expect(callback.form?.get('iss')).toBe(client.app.issuer)
  expect((await client.exchange(callback)).status).toBe(200)
})

test('PKCE is required and checked', async () => {
  const bare = client.authorizationUrl({ code_challenge: '', code_challenge_method: '' })
  const refused = await new Person().visit(bare)
  expect(refused).toMatchObject({ callbackUrl: expect.stringContaining('error=invalid_request') })
  const callback = await new Person().consent(client.authorizationUrl(), { account: 'ada-work', allow: true })
  expect(await (await new Client(client.app).exchange(callback)).json()).toMatchObject({ error: 'invalid_grant' })
})

test('an unregistered redirect URI and an expired page lead to an explanation, not to a redirect', async () => {
  const elsewhere = await new Person().visit(client.authorizationUrl({ redirect_uri: 'http://evil.example/' }))
  expect(elsewhere).toMatchObject({ name: 'problem', status: 400 })
  expect(await new Person().visit(`${client.app.issuer}/interaction/gone`)).toMatchObject({
    name: 'problem',
    status: 400,
  })
})

test('pages are not stored, load nothing from other origins and escape what they show', async () => {
  const page = await new Person().open(client.app.signInUrl)
  expect(page.headers.get('cache-control')).toBe('no-store')
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(page.headers.get('content-security-policy')).not.toContain('form-action')
  const odd = await new Person().visit(client.authorizationUrl({ response_type: '<script>', redirect_uri: '<script>' }))
  expect('html' in odd && odd.html.includes('<script>')).toBe(false)
})

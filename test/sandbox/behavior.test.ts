import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.js'
import { Person } from '../support/person.js'
import { appOf, Client, control, redirectUri } from '../support/sandbox-client.js'

let sandbox: Sandbox
let client: Client

const redirects = (app: string) => [redirectUri(app)]
const work = { account: 'ada-work', allow: true }
const script = (behavior: object) => control(sandbox, 'PATCH', '/acme-mail', behavior)

beforeAll(async () => {
  sandbox = await startSandbox({ hostname: 'localhost', host: '127.0.0.1', port: 0, redirectUri: redirects })
})
beforeEach(async () => {
  await control(sandbox, 'POST', '/reset')
  client = new Client(appOf(sandbox))
})
afterAll(() => sandbox.close())

test('signInFirst: the consent page appears only after a sign-in at the sign-in URL', async () => {
  await script({ signInFirst: true })
  const person = new Person()
  const page = await person.visit(client.authorizationUrl())
  expect(page).toMatchObject({ name: 'sign-in-first', html: expect.stringContaining(client.app.signInUrl) })
  await person.signIn(client.app.signInUrl, 'ada-work')
  expect(await person.visit(client.authorizationUrl())).toMatchObject({ name: 'consent' })
})

test('neverShow: the page never finishes loading, until reset', async () => {
  await script({ neverShow: true })
  const person = new Person()
  expect(await person.visit(client.authorizationUrl())).toMatchObject({ name: 'loading', status: 200 })
  await control(sandbox, 'POST', '/acme-mail/reset')
  expect(await person.visit(client.authorizationUrl())).toMatchObject({ name: 'account' })
})

test('deny: consent is denied without a page, even if an earlier grant covers the request', async () => {
  const person = new Person()
  await person.consent(client.authorizationUrl(), work)
  await script({ deny: true })
  for (const prompt of ['consent', '']) {
    const { callbackUrl } = await person.consent(client.authorizationUrl({ prompt }), work)
    expect(new URL(callbackUrl).searchParams.get('error')).toBe('access_denied')
  }
})

test('authorizationError: the error comes back with HTML in its description', async () => {
  for (const error of ['server_error', 'temporarily_unavailable', 'invalid_scope', 'unauthorized_client']) {
    await script({ authorizationError: error })
    const { callbackUrl } = await new Person().consent(client.authorizationUrl(), work)
    const answer = new URL(callbackUrl).searchParams
    expect(answer.get('error')).toBe(error)
    expect(answer.get('error_description')).toContain('<script>alert(1)</script>')
    expect(answer.get('state')).toBe(client.state)
  }
})

test('dropScopes: checked scopes are withheld; omitScope: the response doesn’t say which were granted', async () => {
  await script({ dropScopes: ['mail.send'] })
  expect((await client.connect()).scope?.split(' ')).not.toContain('mail.send')
  await script({ omitScope: true })
  const tokens = await client.connect()
  expect(tokens).not.toHaveProperty('scope')
  expect(await (await client.refresh(tokens.refresh_token)).json()).not.toHaveProperty('scope')
})

test('tokenStatus: an HTTP error with HTML, as many times as scripted', async () => {
  const { refresh_token } = await client.connect()
  await script({ tokenStatus: 503, tokenTimes: 2, retryAfterSeconds: 7 })
  for (let i = 0; i < 2; i++) {
    const failed = await client.refresh(refresh_token)
    expect(failed.status).toBe(503)
    expect(failed.headers.get('retry-after')).toBe('7')
    expect(failed.headers.get('content-type')).toContain('text/html')
  }
  expect((await client.refresh(refresh_token)).status).toBe(200)
  await script({ tokenStatus: 429 })
  for (let i = 0; i < 3; i++) expect((await client.refresh(refresh_token)).status).toBe(429)
})

test('userinfoStatus: an HTTP error, as many times as scripted', async () => {
  const { access_token } = await client.connect()
  await script({ userinfoStatus: 500, userinfoTimes: 1 })
  expect((await client.userinfo(access_token)).status).toBe(500)
  expect((await client.userinfo(access_token)).status).toBe(200)
})

test('holdToken: responses wait until released, after the work is done', async () => {
  const { refresh_token } = await client.connect()
  await script({ holdToken: true })
  const waiting = [client.refresh(refresh_token), client.refresh(refresh_token)]
  expect(await (await control(sandbox, 'GET', '/acme-mail/held?atLeast=2')).json()).toEqual({ held: 2 })
  expect(await (await control(sandbox, 'GET', '/acme-mail')).json()).toMatchObject({
    held: 2,
    counters: { refreshes: 2 },
  })
  await control(sandbox, 'POST', '/acme-mail/release')
  for (const response of await Promise.all(waiting)) expect(response.status).toBe(200)
  expect((await client.refresh(refresh_token)).status).toBe(200)
})

test('holdToken: a request is no longer held once its client gives up', async () => {
  const { refresh_token = '' } = await client.connect()
  await script({ holdToken: true })
  const impatience = new AbortController()
  const gone = client.token({ grant_type: 'refresh_token', refresh_token }, { signal: impatience.signal })
  await control(sandbox, 'GET', '/acme-mail/held')
  impatience.abort()
  await expect(gone).rejects.toThrow()
  await expect.poll(async () => (await (await control(sandbox, 'GET', '/acme-mail')).json()).held).toBe(0)
})

test('slowMs and holdToken: closing the sandbox leaves no one waiting', async () => {
  const other = await startSandbox({ hostname: 'localhost', host: '127.0.0.1', port: 0, redirectUri: redirects })
  const slow = new Client(appOf(other))
  const { access_token, refresh_token } = await slow.connect()
  await control(other, 'PATCH', '/acme-mail', { slowMs: 60_000, holdToken: true })
  const results = Promise.allSettled([slow.userinfo(access_token), slow.refresh(refresh_token)])
  await other.close()
  expect((await results).map((result) => result.status)).toEqual(['rejected', 'rejected'])
})

test('slowMs: the response comes after that time', async () => {
  const { access_token } = await client.connect()
  await script({ slowMs: 80 })
  const start = performance.now()
  expect((await client.userinfo(access_token)).status).toBe(200)
  expect(performance.now() - start).toBeGreaterThanOrEqual(75)
})

test('a behavior applies to one app only', async () => {
  await script({ deny: true })
  const calendar = new Client(appOf(sandbox, 'acme-calendar'))
  expect(await calendar.connect({}, { scope: 'openid calendar.read' })).toMatchObject({ scope: 'openid calendar.read' })
})

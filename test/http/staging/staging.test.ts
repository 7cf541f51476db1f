import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { stagingSecrets } from '../../../src/config/staging-secrets.js'
import { createPasses } from '../../../src/http/staging/passes.js'
import { Browser } from '../../support/browser.js'
import { type BuiltWizard, buildWizard, FONT, SCRIPT } from '../../support/built-wizard.js'
import type { Patchbay } from '../../support/patchbay.js'
import { Person } from '../../support/person.js'
import { RawSocket, send } from '../../support/raw.js'
import { STAGING_KEY, STAGING_PASSWORD, signedIn, startStaging } from '../../support/staging.js'

const HTML = { accept: 'text/html' }
const basic = (password: string) => `Basic ${Buffer.from(`anyone:${password}`).toString('base64')}`
/** Whatever is worth something to someone without the password. */
const SECRETS = /eyJ|pb[ks]_\w{8}|"people"|GraphiQL/

let wizard: BuiltWizard
let patchbay: Patchbay & { sandboxUrl: string }
beforeAll(async () => {
  wizard = await buildWizard()
  patchbay = await startStaging({}, { wizardFolder: wizard.folder })
})
afterAll(async () => {
  await patchbay.close()
  await wizard[Symbol.asyncDispose]()
})

describe('without the password', () => {
  test('the sign-in page gets its type, and nothing else of the wizard', async () => {
    expect(await send(patchbay, FONT)).toMatchObject({ status: 200, headers: { 'content-type': 'font/woff2' } })
    expect(await send(patchbay, SCRIPT)).toMatchObject({ status: 401 })
  })

  test.each([
    '/',
    '/mine',
    '/connections/x',
    '/plugins/inbox-helper?as=ben',
    '/graphql',
    '/graphql?as=ben',
    '/development/token',
    '/development/token?as=ben',
    '/assets/index.js',
    '/nothing',
    '/connect/../development/token',
    '/connect/%2e%2e/development/token',
    '/oauth/callback/../../development/token',
    '/oauth/callback/..%2f..%2fdevelopment/token',
    '//development/token',
    '/staging/sign-in/../../development/token',
    '/staging/../development/token',
    '/graphql/../development/token',
  ])('%s leads a visitor to the sign-in page, and a program nowhere', async (path) => {
    const page = await send(patchbay, path, { headers: HTML, exact: true })
    expect([page.status, page.headers.location]).toEqual([
      303,
      expect.stringContaining(`${patchbay.url}/staging/sign-in?to=http`),
    ])
    expect(page.text).not.toMatch(SECRETS)
    const program = await send(patchbay, path, { headers: { 'accept-language': 'de' }, exact: true })
    expect(program.status === 401 || program.text.startsWith('{"errors"')).toBe(true)
    expect(program.headers['www-authenticate'] ?? '').not.toMatch(/basic/i) // or browsers would ask for the password
    expect(program.text).not.toMatch(SECRETS)
  })

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD'])('%s gets no further', async (method) => {
    for (const path of ['/', '/development/token']) {
      expect((await send(patchbay, path, { method })).status).toBe(401)
    }
  })

  test.each([
    '/',
    '/control',
    '/control/api',
    '/control/api/acme-mail',
    '/control/api/acme-mail/client-key',
    '/acme-mail/authorize?client_id=patchbay-acme-mail',
    '/acme-mail/sign-in',
    '/acme-mail/interaction/token',
    '/acme-mail/interaction/api/x',
    '/acme-desk/northwind/authorize',
    '/acme-desk/interaction/token',
    '/acme-desk/sign-in/token',
    '/control/token',
    '/acme-mail/api/../../control/api',
    '/acme-mail/../control/api',
    '/acme-mail/.well-known/../../control/api',
    '/nothing',
  ])('the sandbox’s %s isn’t reachable', async (path) => {
    const sandbox = { url: patchbay.sandboxUrl }
    const page = await send(sandbox, path, { headers: HTML, exact: true })
    const to = new URLSearchParams({ to: new URL(path, sandbox.url).href })
    expect([page.status, page.headers.location]).toEqual([303, `${patchbay.url}/staging/sign-in?${to}`])
    expect((await send(sandbox, path, { exact: true })).status).toBe(401)
    const body = '{ "deny": true }'
    const headers = { 'content-type': 'application/json' }
    expect((await send(sandbox, path, { method: 'PATCH', headers, body, exact: true })).status).toBe(401)
  })

  test.each([
    '/acme-mail/token',
    '/acme-mail/introspect',
    '/acme-mail/revoke',
    '/acme-mail/userinfo',
    '/acme-mail/api/messages',
    '/acme-mail/jwks',
    '/acme-mail/.well-known/openid-configuration',
    '/.well-known/oauth-authorization-server/acme-mail',
    '/acme-desk/northwind/token',
  ])('the sandbox’s %s asks for its own credentials', async (path) => {
    const { status, headers } = await send({ url: patchbay.sandboxUrl }, path, { headers: HTML })
    expect([status === 303, headers.location]).toEqual([false, undefined])
  })

  test('the secrets of the sandbox’s clients aren’t those that the documentation lists', async () => {
    const token = (secret: string) =>
      fetch(`${patchbay.sandboxUrl}/acme-mail/introspect`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`patchbay-acme-mail:${secret}`).toString('base64')}` },
        body: new URLSearchParams({ token: 'x' }),
      })
    expect((await token('acme-mail-development-secret')).status).toBe(401)
    const [mail] = patchbay.sandbox.apps
    expect((await token(mail?.clientSecret ?? '')).status).toBe(200)
    expect(new Set(patchbay.sandbox.apps.map(({ clientSecret }) => clientSecret)).size).toBe(4)
  })

  test('the API answers callers with tokens and keys only, and there is no development key', async () => {
    const query = JSON.stringify({ query: '{ viewer { id } }' })
    const headers = { 'content-type': 'application/json' }
    const anonymous = await send(patchbay, '/graphql', { headers, body: query })
    expect([anonymous.status, anonymous.text]).toEqual([401, expect.stringContaining('UNAUTHENTICATED')])
    expect(await patchbay.database.db.apiKey.count()).toBe(0)
    expect(patchbay.instance.developmentKey).toBeUndefined()
    const socket = await RawSocket.open(patchbay)
    socket.send({ type: 'connection_init', payload: {} })
    expect(await socket.closed).toBe(4403)
  })

  test('the way to a consent screen and back is open, because each authorization has its own checks', async () => {
    const id = '0b3f0e0a-5d5c-4d5e-9f41-2a6f5f3f4f10'
    for (const path of [`/connect/${id}`, `/connect/${id}/result`, '/oauth/callback/acme-mail?state=x&code=y']) {
      expect((await send(patchbay, path, { headers: HTML })).status).toBe(404)
    }
    for (const path of ['/livez', '/readyz']) expect((await send(patchbay, path)).status).toBe(200)
  })
})

describe('signing in', () => {
  const post = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
    fetch(`${patchbay.url}/staging/sign-in`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: patchbay.url, ...headers },
      body: new URLSearchParams(fields),
    })

  test('the page is in the person’s language, is never stored, and can’t be framed', async () => {
    const page = await send(patchbay, '/staging/sign-in', { headers: { ...HTML, 'accept-language': 'de' } })
    expect(page.status).toBe(200)
    expect(page.text).toContain('Beim Staging anmelden')
    expect(page.headers).toMatchObject({ 'cache-control': 'no-store', 'x-frame-options': 'DENY' })
    expect(page.text).not.toMatch(/<script/)
  })

  test('leads to the page that was asked for, with a cookie that scripts can’t read', async () => {
    const response = await post({ secret: STAGING_PASSWORD, to: `${patchbay.url}/mine?as=ben` })
    expect([response.status, response.headers.get('location')]).toEqual([303, `${patchbay.url}/mine?as=ben`])
    expect(response.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^pb-staging-pages=\d+\.[\w-]{43}; Max-Age=(43200|43199); Path=\/; HttpOnly; SameSite=Lax$/,
      ),
    ])
  })

  test('opens the wizard, the demo people and GraphiQL', async () => {
    const person = await signedIn(patchbay.url)
    const page = await (await person.open(patchbay.url, { headers: HTML })).text()
    expect(page).toContain(SCRIPT)
    expect(page).toContain('"isStaging":true')
    expect(page).toContain(`"sandboxUrl":"${patchbay.sandboxUrl}"`)
    expect((await person.open(`${patchbay.url}/development/token?as=ben`)).status).toBe(200)
    const explorer = await (await person.open(`${patchbay.url}/graphql?as=ben`, { headers: HTML })).text()
    expect(explorer).toContain('Patchbay — Ben, Northwind')
    expect(explorer).not.toContain('pbk_')
    expect((await person.open(`${patchbay.url}/graphql?as=key`, { headers: HTML })).status).toBe(404)
  })

  test('lets GraphiQL open a WebSocket whose operations bring their own token', async () => {
    const person = await signedIn(patchbay.url)
    const { token } = await (await person.open(`${patchbay.url}/development/token?as=ben`)).json()
    const socket = await RawSocket.open(patchbay, { cookie: await person.jar.getCookieString(patchbay.url) })
    socket.send({ type: 'connection_init' })
    await socket.message(({ type }) => type === 'connection_ack')
    const extensions = { headers: { Authorization: `Bearer ${token}` } }
    socket.send({ type: 'subscribe', id: '1', payload: { query: '{ viewer { name } }', extensions } })
    const answer = await socket.message(({ id }) => id === '1')
    expect(answer).toMatchObject({ type: 'next', payload: { data: { viewer: { name: 'Ben' } } } })
    socket.terminate()
  })

  test.each([
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    'javascript:alert(1)',
    'http://localhost:1/',
    'http://user@evil.example',
    '',
  ])('never leads to %j', async (to) => {
    const response = await post({ secret: STAGING_PASSWORD, to })
    expect(response.headers.get('location')).toBe(`${patchbay.url}/`)
    const person = await signedIn(patchbay.url)
    const again = await person.open(`${patchbay.url}/staging/sign-in?${new URLSearchParams({ to })}`)
    expect(again.headers.get('location')).toBe(`${patchbay.url}/`)
  })

  test('isn’t possible from another site, and neither is signing out', async () => {
    const response = await post({ secret: STAGING_PASSWORD }, { origin: 'https://evil.example' })
    expect([response.status, response.headers.getSetCookie()]).toEqual([200, []])
    const out = await fetch(`${patchbay.url}/staging/sign-out`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: 'https://evil.example' },
    })
    expect(out.headers.getSetCookie()).toEqual([])
  })

  test('out removes the cookie', async () => {
    const person = await signedIn(patchbay.url)
    await person.open(`${patchbay.url}/staging/sign-out`, { method: 'POST', headers: { origin: patchbay.url } })
    expect((await person.open(patchbay.url, { headers: HTML })).status).toBe(303)
  })

  test('a program sends the password with each request', async () => {
    const headers = { authorization: basic(STAGING_PASSWORD) }
    expect((await send(patchbay, '/development/token?as=ben', { headers })).status).toBe(200)
    expect((await send({ url: patchbay.sandboxUrl }, '/control/api/acme-mail', { headers })).status).toBe(200)
  })
})

describe('a pass', () => {
  const passes = (key = STAGING_KEY, password = STAGING_PASSWORD) =>
    createPasses(stagingSecrets([key], password).passKeys)
  const inAnHour = () => new Date(Date.now() + 3_600_000)
  const visit = (name: string, pass: string, url = patchbay.url) =>
    send({ url }, '/', { headers: { ...HTML, cookie: `${name}=${pass}` } }).then(({ status }) => status)

  test('of this installation counts, on every instance with the same key and password', async () => {
    expect(await visit('pb-staging-pages', passes().issue('pages', inAnHour()))).toBe(200)
    const rotated = createPasses(
      stagingSecrets([randomBytes(32).toString('base64'), STAGING_KEY], STAGING_PASSWORD).passKeys,
    )
    expect(rotated.isValid('pages', passes().issue('pages', inAnHour()))).toBe(true)
  })

  test('that is signed with another key or password, has ended, or was changed doesn’t count', async () => {
    const right = passes().issue('pages', inAnHour())
    const [until = '', signature = ''] = right.split('.')
    const wrong = [
      passes(randomBytes(32).toString('base64')).issue('pages', inAnHour()),
      passes(STAGING_KEY, 'another password entirely').issue('pages', inAnHour()),
      passes().issue('pages', new Date(Date.now() - 1)),
      passes().issue('ticket', inAnHour()),
      passes().issue('sandbox', inAnHour()),
      `${Number(until) + 1}.${signature}`,
      `0${until}.${signature}`,
      `${until}.${signature.slice(1)}`,
      `${until}.`,
      '',
    ]
    expect(await Promise.all(wrong.map((pass) => visit('pb-staging-pages', pass)))).toEqual(wrong.map(() => 303))
  })

  test('for Patchbay’s pages doesn’t open the sandbox, whose own one does', async () => {
    const sandbox = patchbay.sandboxUrl
    expect(await visit('pb-staging-sandbox', passes().issue('pages', inAnHour()), sandbox)).toBe(303)
    expect(await visit('pb-staging-pages', passes().issue('pages', inAnHour()), sandbox)).toBe(303)
    expect(await visit('pb-staging-sandbox', passes().issue('sandbox', inAnHour()), sandbox)).toBe(200)
  })

  test('for the sandbox comes with a ticket, which Patchbay gives to those who are signed in', async () => {
    const control = `${patchbay.sandboxUrl}/control`
    const person = await signedIn(patchbay.url)
    const ticketed = await person.open(`${patchbay.url}/staging/sign-in?${new URLSearchParams({ to: control })}`)
    const enter = new URL(ticketed.headers.get('location') ?? '')
    expect(`${enter.origin}${enter.pathname}`).toBe(`${patchbay.sandboxUrl}/staging/enter`)
    const entered = await person.open(enter)
    expect([entered.status, entered.headers.get('location')]).toEqual([303, control])
    expect((await person.open(control, { headers: HTML })).status).toBe(200)

    const forged = new URL(enter)
    forged.searchParams.set('ticket', passes().issue('pages', inAnHour()))
    const stranger = new Person()
    expect((await stranger.open(forged)).headers.getSetCookie()).toEqual([])
    for (const to of ['//evil.example', 'https://evil.example', patchbay.url]) {
      forged.searchParams.set('to', to)
      expect((await stranger.open(forged)).headers.get('location')).toBe(`${patchbay.sandboxUrl}/`)
    }
  })
})

test('a person who is signed in connects an app, over the sandbox’s gate', async () => {
  const person = await signedIn(patchbay.url)
  const { token } = await (await person.open(`${patchbay.url}/development/token?as=ben`)).json()
  const browser = new Browser({ url: patchbay.url, tokenFor: async () => token }, 'ben')
  const attempt = await browser.authorize({ connector: 'acme-mail' })
  expect(attempt.message).toBeUndefined()
  const stopped = await browser.person.open((await browser.person.open(attempt.url)).headers.get('location') ?? '', {
    headers: HTML,
  })
  expect(stopped.headers.get('location')).toContain(`${patchbay.url}/staging/sign-in?to=`)
  const signIn = { method: 'POST', headers: { origin: patchbay.url } }
  const to = new URL(stopped.headers.get('location') ?? '').searchParams.get('to') ?? ''
  const ticketed = await browser.person.open(`${patchbay.url}/staging/sign-in`, {
    ...signIn,
    body: new URLSearchParams({ secret: STAGING_PASSWORD, to }),
  })
  const entered = await browser.person.open(ticketed.headers.get('location') ?? '')
  const callback = await browser.person.consent(entered.headers.get('location') ?? '', {
    account: 'ada-work',
    allow: true,
  })
  expect((await browser.deliver(callback)).status).toBe(303)
  const { data } = await browser.execute('{ viewer { connections { status } } }')
  expect(data).toEqual({ viewer: { connections: [{ status: 'LIVE' }] } })
})

test('guessing the password is limited for each address, in every way it can be sent', async () => {
  await using own = await startStaging({ PATCHBAY_TRUSTED_PROXIES: '127.0.0.0/8,::1' })
  const from = (address: string) => ({ 'x-forwarded-for': address })
  const form = (secret: string, address: string) =>
    send(own, '/staging/sign-in', {
      headers: { ...from(address), origin: own.url, 'content-type': 'application/x-www-form-urlencoded' },
      body: String(new URLSearchParams({ secret, to: '/' })),
    })
  const program = (url: string, secret: string, address: string) =>
    send({ url }, '/control/api', { headers: { ...from(address), authorization: basic(secret) } })
  const guesses = await Promise.all(
    Array.from({ length: 8 }, (_, index) => [
      form(`guess ${index}`, '192.0.2.1'),
      program(own.url, `guess ${index}`, '192.0.2.1'),
      program(own.sandboxUrl, `guess ${index}`, '192.0.2.1'),
    ]).flat(),
  )
  expect(guesses.filter(({ status }) => status === 401)).toHaveLength(10)
  expect(guesses.filter(({ status }) => status === 429)).toHaveLength(14)
  const refused = await form(STAGING_PASSWORD, '192.0.2.1')
  expect([refused.status, refused.headers['retry-after'], refused.headers['set-cookie']]).toEqual([
    429,
    expect.stringMatching(/^\d$/),
    undefined,
  ])
  expect((await program(own.sandboxUrl, STAGING_PASSWORD, '192.0.2.1')).status).toBe(429)
  expect((await form(STAGING_PASSWORD, '192.0.2.2')).status).toBe(303)
})

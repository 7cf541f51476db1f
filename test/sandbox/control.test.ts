import { readFile } from 'node:fs/promises'
import { request } from 'node:http'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.js'
import { appOf, Client, control, redirectUri } from '../support/sandbox-client.js'

let sandbox: Sandbox

beforeAll(async () => {
  const redirects = (app: string) => [redirectUri(app)]
  sandbox = await startSandbox({ hostname: 'localhost', host: '127.0.0.1', port: 0, redirectUri: redirects })
})
beforeEach(() => control(sandbox, 'POST', '/reset'))
afterAll(() => sandbox.close())

const view = async (slug = 'acme-mail') => (await control(sandbox, 'GET', `/${slug}`)).json()

test('shows the behavior, accounts, grants, counters and requests, and no secret', async () => {
  await control(sandbox, 'POST', '/acme-mail/revoke')
  const client = new Client(appOf(sandbox))
  const tokens = await client.connect({ untick: ['mail.send'] })
  await client.refresh(tokens.refresh_token)
  await client.userinfo(tokens.access_token)
  await client.post('revoke', { token: tokens.access_token })

  const text = await (await control(sandbox, 'GET', '')).text()
  for (const secret of [tokens.access_token, tokens.refresh_token ?? '', client.verifier, client.app.clientSecret]) {
    expect(text).not.toContain(secret)
  }
  const { apps } = JSON.parse(text)
  expect(apps.map((app: { slug: string }) => app.slug)).toEqual([
    'acme-mail',
    'acme-calendar',
    'acme-chat',
    'acme-desk',
  ])
  const [mail] = apps
  expect(mail.counters).toMatchObject({ authorizationRequests: 1, tokenRequests: 2, codeExchanges: 1, refreshes: 1 })
  expect(mail.counters).toMatchObject({ userinfoRequests: 1, revocations: 1 })
  expect(mail.grants).toMatchObject([{ account: 'ada-work' }])
  expect(mail.grants[0].scopes).not.toContain('mail.send')
  expect(mail.requests[0]).toMatchObject({ endpoint: 'revoke', parameters: { token: '(removed)' }, status: 200 })
})

test('merges a behavior and resets it', async () => {
  await control(sandbox, 'PATCH', '/acme-mail', { deny: true })
  await control(sandbox, 'PATCH', '/acme-mail', { slowMs: 5 })
  expect((await view()).behaviour).toMatchObject({ deny: true, slowMs: 5 })
  await control(sandbox, 'POST', '/acme-mail/reset')
  expect((await view()).behaviour).toMatchObject({ deny: false, slowMs: 0 })
})

test.each([
  ['PATCH', '/acme-mail', { denny: true }, 400, 'denny'],
  ['PATCH', '/acme-mail', { slowMs: 60_001 }, 400, 'slowMs'],
  ['PATCH', '/acme-mail', { tokenStatus: 200 }, 400, 'tokenStatus'],
  ['PATCH', '/acme-mail', { dropScopes: ['chat.read'] }, 400, 'dropScopes'],
  ['PATCH', '/acme-mail', [], 400, 'object'],
  ['POST', '/acme-mail/revoke', { account: 'nobody' }, 400, 'account'],
  ['POST', '/acme-mail/reset', { hard: true }, 400, 'hard'],
  ['PATCH', '/acme-pigeon', {}, 404, 'acme-chat'],
  ['GET', '/acme-mail/held?atLeast=x', undefined, 400, 'atLeast'],
] as const)('%s %s %o gets an error message', async (method, path, body, status, words) => {
  const response = await control(sandbox, method, path, body)
  expect(response.status).toBe(status)
  expect((await response.json()).error).toContain(words)
})

test('accepts only JSON, and nothing from other sites', async () => {
  const url = `${sandbox.url}/control/api/acme-mail`
  const plain = await fetch(url, { method: 'PATCH', body: '{"deny":true}' })
  expect(plain.status).toBe(415)
  expect((await fetch(`${url}/revoke`, { method: 'POST' })).status).toBe(415)
  expect((await control(sandbox, 'PATCH', '/acme-mail', '{')).status).toBe(400)
  const headers = { 'content-type': 'application/json', origin: 'https://evil.example' }
  expect((await fetch(url, { method: 'PATCH', headers, body: '{"deny":true}' })).status).toBe(403)
  expect((await view()).behaviour.deny).toBe(false)
})

test('people get a page with a link for an address that doesn’t exist, and programs don’t', async () => {
  for (const path of ['/nothing', '/acme-mail/nothing', '/acme-mail/sign-in/nothing']) {
    const page = await fetch(`${sandbox.url}${path}`, { headers: { accept: 'text/html,*/*;q=0.8' } })
    expect(page.status, path).toBe(404)
    const text = await page.text()
    expect(text, path).toContain('<h1>Page not found</h1>')
    expect(text, path).toContain(`href="${sandbox.url}"`)
    const line = await fetch(`${sandbox.url}${path}`)
    expect(line.status, path).toBe(404)
    expect(await line.text(), path).not.toContain('<')
  }
})

test('answers only under its own name', async () => {
  const { port } = new URL(sandbox.url)
  const status = await new Promise((resolve, reject) => {
    const headers = { host: `rebound.example:${port}` }
    request({ host: '127.0.0.1', port, path: '/control/api', headers }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end()
  })
  expect(status).toBe(421)
})

test('the page for people is at / and /control', async () => {
  for (const path of ['/', '/control']) {
    const page = await fetch(sandbox.url + path)
    expect(page.status).toBe(200)
    expect(page.headers.get('content-security-policy')).toContain("script-src 'sha256-")
    expect(await page.text()).toContain('Acme Calendar')
  }
})

test('pages are set in the type that the sandbox was given, and without one in the system’s', async () => {
  const font = fileURLToPath(import.meta.url)
  const options = {
    hostname: 'localhost',
    host: '127.0.0.1',
    port: 0,
    redirectUri: (app: string) => [redirectUri(app)],
  }
  const given = await startSandbox({ ...options, font })
  try {
    const page = await fetch(given.url)
    const [, path = ''] = /@font-face\{[^}]*src:url\(([^)]+)\)/.exec(await page.text()) ?? []
    expect(page.headers.get('content-security-policy')).toContain("font-src 'self'")
    const served = await fetch(`${given.url}${path}`)
    expect(served.headers.get('content-type')).toBe('font/woff2')
    expect(await served.text()).toBe(await readFile(font, 'utf8'))
    expect(await fetch(`${sandbox.url}${path}`)).toMatchObject({ status: 404 })
  } finally {
    await given.close()
  }
})

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Browser } from '../../support/browser.js'
import { configureConnector, openConsent, startAfresh, withParameters } from '../../support/connecting.js'
import { type Patchbay, startPatchbay } from '../../support/patchbay.js'

let patchbay: Patchbay

beforeAll(async () => {
  patchbay = await startPatchbay({ PATCHBAY_RETURN_ORIGINS: 'https://app.example' })
  const endpoints = { authorizationUrl: 'http://localhost:9/authorize', tokenUrl: 'http://localhost:9/token' }
  await configureConnector(patchbay, 'posting', { ...endpoints, responseMode: 'form_post' })
})
beforeEach(() => startAfresh(patchbay))
afterAll(() => patchbay.close())

const mail = { connector: 'acme-mail' }
const allow = { account: 'ada-work', allow: true }

interface Answer {
  kind: string
  response: Response
  body: string
}

/** Every kind of page and redirect of the routes, and the secrets that went through them. */
async function everyAnswer(): Promise<{ answers: Answer[]; secrets: string[] }> {
  const answers: Answer[] = []
  const keep = async (kind: string, response: Response) => {
    answers.push({ kind, response, body: await response.clone().text() })
    return response
  }
  const browser = new Browser(patchbay, 'ada')
  const stranger = new Browser(patchbay, 'cleo')
  const attempt = await browser.authorize(mail)
  const denied = await browser.authorize(mail)
  await keep('unknown', await fetch(`${patchbay.url}/connect/00000000-0000-4000-8000-000000000000`))
  await keep('wrong browser', await stranger.person.open(attempt.url))
  await keep('to the consent screen', await browser.person.open(attempt.url))
  await keep('HEAD', await browser.person.open(attempt.url, { method: 'HEAD' }))
  await keep('prefetch', await browser.person.open(attempt.url, { headers: { purpose: 'prefetch' } }))
  const { state, redirectUri, location } = await openConsent(browser, denied)
  await keep('bad callback', await browser.person.open(withParameters(redirectUri, { code: 'a-code' })))
  await keep('unknown state', await browser.person.open(withParameters(redirectUri, { state: 'x', code: 'a-code' })))
  await keep('POST', await browser.person.open(redirectUri, { method: 'POST', body: new URLSearchParams({ state }) }))
  const callback = await browser.consent(attempt.url, allow)
  await keep('wrong browser’s callback', await stranger.deliver(callback))
  const finished = await keep('to the result', await browser.deliver(callback))
  await keep('result', await browser.person.open(new URL(finished.headers.get('location') ?? '', patchbay.url)))
  await keep('already handled', await browser.deliver(callback))
  await keep('superseded', await browser.person.open(denied.url))
  const request = { ...mail, display: 'REDIRECT' as const, returnTo: 'https://app.example/done' }
  const redirected = await browser.authorize(request)
  const again = await browser.consent(redirected.url, allow)
  await keep('to the host', await browser.deliver(again))
  const form = { state: 'a-posted-state', code: 'a-posted-code' }
  const post = { method: 'POST', body: new URLSearchParams(form) }
  await keep('second post', await fetch(`${patchbay.url}/oauth/callback/posting`, post))
  await keep('second post, again', await fetch(`${patchbay.url}/oauth/callback/posting?reposted`, post))
  const parameters = [callback, again].map(({ callbackUrl }) => new URL(callbackUrl).searchParams)
  const sent = parameters.flatMap((each) => [each.get('code') ?? '-', each.get('state') ?? '-'])
  const cookies = (await browser.person.jar.getCookies(patchbay.url)).map(({ value }) => value)
  return { answers, secrets: [...sent, ...cookies, state, location, ...(await storedTokens())] }
}

async function storedTokens(): Promise<string[]> {
  const rows = await patchbay.database.db.connectionToken.findMany()
  return rows.map(({ sealed }) => Buffer.from(sealed).toString('base64'))
}

test('O17: no page or redirect is cached, sends a referrer or can be framed', async () => {
  const { answers } = await everyAnswer()
  for (const { kind, response, body } of answers) {
    const headers = Object.fromEntries(response.headers)
    expect({ kind, ...headers }).toMatchObject({
      kind,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    })
    expect([kind, headers['set-cookie']]).toEqual([kind, undefined])
    if (!body) continue
    const policy = headers['content-security-policy'] ?? ''
    expect([kind, policy]).toEqual([kind, expect.stringContaining("frame-ancestors 'none'")])
    expect(policy).toMatch(/^default-src 'none';/)
    expect(policy).toMatch(/base-uri 'none'/)
    expect(policy).not.toMatch(/unsafe|\*|data:/)
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
  }
  const kinds = answers.map(({ kind, response: { status } }) => `${kind}: ${status}`)
  expect(kinds).toEqual([
    'unknown: 404',
    'wrong browser: 403',
    'to the consent screen: 303',
    'HEAD: 405',
    'prefetch: 503',
    'bad callback: 400',
    'unknown state: 404',
    'POST: 405',
    'wrong browser’s callback: 403',
    'to the result: 303',
    'result: 200',
    'already handled: 409',
    'superseded: 200',
    'to the host: 303',
    'second post: 200',
    'second post, again: 404',
  ])
})

test('O17: no page contains a code, state or cookie, or loads anything from elsewhere', async () => {
  const { answers, secrets } = await everyAnswer()
  expect(secrets.length).toBeGreaterThan(5)
  for (const { kind, body } of answers.filter(({ body }) => body !== '')) {
    for (const secret of secrets) expect([kind, body.includes(secret)]).toEqual([kind, false])
    expect([kind, body.match(/\b(src|href|srcset|background)=|url\((?!\/assets\/)|@import|https?:\/\//)]).toEqual([
      kind,
      null,
    ])
    const scripts = body.match(/<script[^>]*>/g) ?? []
    for (const script of scripts) expect([kind, script]).toEqual([kind, expect.stringMatching(/ nonce="[^"]{20,}"/)])
  }
})

test('O17: the address after the callback contains no secret', async () => {
  const { answers, secrets } = await everyAnswer()
  const locationOf = (kind: string) =>
    answers.find((each) => each.kind === kind)?.response.headers.get('location') ?? ''
  expect(locationOf('to the result')).toMatch(/^\/connect\/[0-9a-f-]{36}\/result$/)
  const returned = new URL(locationOf('to the host'))
  expect(returned.origin).toBe('https://app.example')
  expect([...returned.searchParams.keys()].sort()).toEqual([
    'authorization',
    'patchbay_authorization',
    'patchbay_status',
    'status',
  ])
  for (const secret of secrets) expect(returned.href).not.toContain(secret)
})

test('O17: each page has its own nonce', async () => {
  const address = `${patchbay.url}/connect/00000000-0000-4000-8000-000000000000`
  const nonces = await Promise.all(
    Array.from({ length: 5 }, async () => (await fetch(address)).headers.get('content-security-policy')),
  )
  expect(new Set(nonces).size).toBe(5)
})

test('O16: the result page closes itself and sends nothing to anyone', async () => {
  const { answers } = await everyAnswer()
  const page = answers.find(({ kind }) => kind === 'result')
  expect(page?.body).toContain('window.close()')
  expect(page?.body).not.toMatch(
    /postMessage|opener|BroadcastChannel|localStorage|fetch\(|XMLHttp|sendBeacon|WebSocket/,
  )
  expect(page?.response.headers.get('content-security-policy')).not.toContain('connect-src')
})

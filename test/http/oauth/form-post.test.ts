import type { Page, Request } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Sandbox, type SandboxApp, startSandbox } from '../../../src/sandbox/sandbox.js'
import { Browser } from '../../support/browser.js'
import { type Chromium, openChromium } from '../../support/chromium.js'
import { attemptOf, configureConnector, openConsent, startAfresh } from '../../support/connecting.js'
import { freePort } from '../../support/free-port.js'
import { answers, type HostileServer, startHostileServer } from '../../support/hostile-server.js'
import { connectorId, type Patchbay, startPatchbay } from '../../support/patchbay.js'
import { PATIENT } from '../../support/patience.js'
import { appOf } from '../../support/sandbox-client.js'

let patchbay: Patchbay
/** Patchbay is at localhost. These apps are at 127.0.0.1, which is another site. */
let elsewhere: Sandbox
let host: HostileServer
let app: SandboxApp

beforeAll(async () => {
  host = await startHostileServer()
  const port = await freePort()
  const hostOrigin = host.url.replace('localhost', '127.0.0.1')
  patchbay = await startPatchbay({
    PATCHBAY_PORT: String(port),
    PATCHBAY_RETURN_ORIGINS: `https://other.example,${hostOrigin}`,
  })
  elsewhere = await startSandbox({
    hostname: '127.0.0.1',
    host: '127.0.0.1',
    port: 0,
    redirectUri: () => [`${patchbay.url}/oauth/callback/posting`],
  })
  app = appOf(elsewhere)
  const { issuer, clientId, clientSecret } = app
  const oauth2 = {
    authorizationUrl: `${issuer}/authorize`,
    tokenUrl: `${issuer}/token`,
    issuer,
    requiresIssuer: true,
    responseMode: 'form_post',
    identityScopes: ['openid', 'email', 'mail.read'],
    identity: { url: `${issuer}/userinfo`, idPath: 'sub', labelPaths: ['email'] },
  }
  await configureConnector(patchbay, 'posting', oauth2, { credentials: { clientId, clientSecret } })
})
beforeEach(() => startAfresh(patchbay))
afterAll(async () => {
  await elsewhere.close()
  await patchbay.close()
  await host[Symbol.asyncDispose]()
})

const posting = { connector: 'posting' }
const allow = { account: 'ada-work', allow: true }
const statusOf = async (id: string) => (await attemptOf(patchbay, 'ada', id)).status

async function posted(browser: Browser) {
  const attempt = await browser.authorize(posting)
  const { callbackUrl, method, form } = await browser.consent(attempt.url, allow)
  expect([callbackUrl, method]).toEqual([`${patchbay.url}/oauth/callback/posting`, 'POST'])
  return { attempt, callbackUrl, body: form ?? new URLSearchParams() }
}

test('O15: a form_post without cookies changes nothing, and its same-origin second post completes it', async () => {
  const browser = new Browser(patchbay, 'ada')
  const { attempt, callbackUrl, body } = await posted(browser)
  const crossSite = await fetch(callbackUrl, { method: 'POST', body, redirect: 'manual' })
  const html = await crossSite.text()
  expect([crossSite.status, crossSite.headers.getSetCookie()]).toEqual([200, []])
  expect(html).toContain('<form method="post" action="/oauth/callback/posting?reposted">')
  expect(await statusOf(attempt.id)).toBe('OPENED')

  const second = { method: 'POST', body }
  const stranger = await fetch(`${callbackUrl}?reposted`, { ...second, redirect: 'manual' })
  expect([stranger.status, await stranger.text()]).toEqual([403, expect.not.stringContaining('<form')])
  expect(await statusOf(attempt.id)).toBe('OPENED')

  expect((await browser.person.open(`${callbackUrl}?reposted`, second)).status).toBe(303)
  expect(await statusOf(attempt.id)).toBe('SUCCEEDED')
  expect((await browser.person.open(`${callbackUrl}?reposted`, second)).status).toBe(409)
})

test('O15: the page that posts again may redirect only to where this authorization returns', async () => {
  const browser = new Browser(patchbay, 'ada')
  const origin = host.url.replace('localhost', '127.0.0.1')
  for (const [input, target] of [
    [{}, "'self'"],
    [{ display: 'REDIRECT' as const, returnTo: `${origin}/done` }, `'self' ${origin}`],
  ] as const) {
    const { url } = await browser.authorize({ ...posting, ...input })
    const { callbackUrl, form } = await browser.consent(url, allow)
    const answer = await fetch(callbackUrl, { method: 'POST', body: form ?? '' })
    expect(answer.headers.get('content-security-policy')).toContain(`; form-action ${target};`)
  }
  const stranger = await fetch(`${patchbay.url}/oauth/callback/posting`, {
    method: 'POST',
    body: new URLSearchParams({ state: 'unknown', code: 'a' }),
  })
  expect(stranger.headers.get('content-security-policy')).toContain(`; form-action 'self';`)
})

test('O14: a form_post that is malformed, too large or not a form is refused immediately', async () => {
  const browser = new Browser(patchbay, 'ada')
  const attempt = await browser.authorize(posting)
  const { state, redirectUri } = await openConsent(browser, attempt)
  const form = (fields: string) => new URLSearchParams(fields)
  for (const address of [redirectUri, `${redirectUri}?reposted`]) {
    const post = async (body: URLSearchParams | string, headers = {}) =>
      (await browser.person.open(address, { method: 'POST', body, headers })).status
    expect(await post(form('code=a'))).toBe(400)
    expect(await post(form(`state=${state}&code=a&code=b`))).toBe(400)
    expect(await post(form(`state=${state}&code=a&error=b`))).toBe(400)
    expect(await post(form(`state=${state}&code=${'x'.repeat(60_000)}`))).toBe(400)
    expect(await post(form(`state=${state}&code=${'x'.repeat(66_000)}`))).toBe(413)
    expect(await post(`{"state":"${state}","code":"a"}`, { 'content-type': 'application/json' })).toBe(400)
    expect(await post(`state=${state}&code=a`, { 'content-type': 'text/plain' })).toBe(400)
  }
  expect(await statusOf(attempt.id)).toBe('OPENED')
})

test('O13: posted values are shown as text only', async () => {
  const fields = { state: '"><script>alert(1)</script>', code: '<img src=x onerror=alert(1)>', 'a"b': '1' }
  const response = await fetch(`${patchbay.url}/oauth/callback/posting`, {
    method: 'POST',
    body: new URLSearchParams(fields),
  })
  const html = await response.text()
  expect(html).not.toMatch(/<script>|<img|a"b/)
  expect(html.match(/<input /g)).toHaveLength(3)
})

describe('in Chromium, from another site', { tags: 'chromium' }, () => {
  let chromium: Chromium

  beforeAll(async () => {
    chromium = await openChromium()
  })
  afterAll(() => chromium?.close())

  /** Starts an authorization from a page of Patchbay's origin, so that the browser keeps its cookie, and consents. */
  async function consentIn(page: Page, input: object) {
    await page.goto(`${patchbay.url}/development/token?as=ada`) // a small page of this origin
    const call = {
      token: await patchbay.tokenFor('ada'),
      query: `mutation ($input: AuthorizeConnectorInput!) {
        authorizeConnector(input: $input) { ... on Authorization { id url } ... on Error { message } }
      }`,
      variables: { input: { connectorId: connectorId('posting'), ...input } },
    }
    const { id, url } = await page.evaluate(async ({ token, query, variables }) => {
      const response = await fetch('/graphql', {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      })
      return (await response.json()).data.authorizeConnector
    }, call)
    await page.goto(url)
    expect(new URL(page.url()).origin).toBe(elsewhere.url)
    await page.locator('[data-testid="account-form"] button[value="ada-work"]').click()
    await page.locator('[data-testid="consent-form"] button[value="allow"]').click()
    return { id: String(id), url: String(url) }
  }

  test('O15: a form_post from a different site is completed by its same-origin second post', PATIENT, async () => {
    const context = await chromium.newContext()
    const page = await context.newPage()
    const posts: Request[] = []
    page.on('request', (request) => {
      if (request.method() === 'POST' && request.url().includes('/oauth/callback/')) posts.push(request)
    })
    const { id, url } = await consentIn(page, {})
    await page.waitForURL(`${url}/result`)
    expect(await page.textContent('h1')).toBe('posting is connected')
    expect(await statusOf(id)).toBe('SUCCEEDED')
    const callback = `${patchbay.url}/oauth/callback/posting`
    expect(posts.map((post) => post.url())).toEqual([callback, `${callback}?reposted`])
    const cookies = await Promise.all(posts.map((post) => post.headerValue('cookie')))
    expect(cookies).toEqual([null, expect.stringMatching(/^pb-/)])
    await context.close()
  })

  test('O15: with display REDIRECT, the second post ends at the host, on the host’s own origin', PATIENT, async () => {
    host.on('/done', answers('<h1>Back</h1>', { type: 'text/html' }))
    const returnTo = `${host.url.replace('localhost', '127.0.0.1')}/done`
    const context = await chromium.newContext()
    const page = await context.newPage()
    const { id } = await consentIn(page, { display: 'REDIRECT', returnTo })
    await page.waitForURL(`${returnTo}?*`)
    expect(new URL(page.url()).searchParams.get('status')).toBe('succeeded')
    expect(await statusOf(id)).toBe('SUCCEEDED')
    await context.close()
  })
})

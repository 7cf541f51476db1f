import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { allowedReturnTo } from '../../../src/domain/authorization/return-to.js'
import { Browser } from '../../support/browser.js'
import { type Chromium, openChromium } from '../../support/chromium.js'
import { attemptOf, countersOf, mutate, openConsent, startAfresh, withParameters } from '../../support/connecting.js'
import { type Patchbay, startPatchbay } from '../../support/patchbay.js'
import { PATIENT } from '../../support/patience.js'

const SCHEME = 'com.example.app:/oauth/callback'
const LISTED = [
  SCHEME,
  'com.example.two://done',
  'http://127.0.0.1/callback',
  'http://[::1]/callback',
  'http://127.0.0.1:7777/fixed',
]

let patchbay: Patchbay
beforeAll(async () => {
  patchbay = await startPatchbay({
    PATCHBAY_NATIVE_RETURNS: LISTED.join(', '),
    PATCHBAY_RETURN_ORIGINS: 'http://localhost:3000',
  })
})
beforeEach(() => startAfresh(patchbay))
afterAll(() => patchbay.close())

const confirmed = { connector: 'acme-mail', binding: 'CONFIRM' as const }
const settings = { returnOrigins: new Set(['http://localhost:3000']), nativeReturns: LISTED }
const accepts = (returnTo: string) => {
  try {
    return allowedReturnTo(returnTo, settings, 'CONFIRM')
  } catch {
    return null
  }
}

/** Consents at the app, and returns the page that Patchbay shows then. */
async function pageAfter(returnTo: string, allow = true) {
  const browser = new Browser(patchbay, 'ada')
  const attempt = await browser.authorize({ ...confirmed, returnTo })
  expect(attempt.message).toBeUndefined()
  const callback = await browser.consent(attempt.url, { account: 'ada-work', allow })
  const response = await browser.deliver(callback)
  const text = await response.text()
  const href = /<a class="button" href="([^"]*)">/.exec(text)?.[1] ?? ''
  return { attempt, browser, callback, response, text, href: href.replaceAll('&#39;', "'").replaceAll('&amp;', '&') }
}

test.each([
  SCHEME,
  `${SCHEME}?session=1`,
  `${SCHEME}?q=http://evil.example/#x`,
  `${SCHEME}#fragment`,
  'com.example.two://done',
  'http://127.0.0.1/callback',
  'http://127.0.0.1:1/callback',
  'http://127.0.0.1:53121/callback?state=a%20b',
  'http://[::1]:65535/callback',
  'http://127.0.0.1:7777/fixed',
])('O12: %s is accepted as it is', (returnTo) => {
  expect(accepts(returnTo)).toBe(returnTo)
})

test.each([
  'com.example.app:/oauth/callback/',
  'com.example.app:/oauth/callback/more',
  'com.example.app:/oauth/Callback',
  'com.example.app:/oauth/%63allback',
  'com.example.app:/oauth/./callback',
  'com.example.app:/x/../oauth/callback',
  'com.example.app:/oauth/callback;x=1',
  'com.example.app://oauth/callback',
  'com.example.app:///oauth/callback',
  'com.example.app:oauth/callback',
  'com.example.app://evil.example/oauth/callback',
  'Com.Example.App:/oauth/callback',
  'com.example.app.evil:/oauth/callback',
  'com.example.ap:/oauth/callback',
  'com.example.app:/oauth/callback\\@evil',
  'com.example.app:/oauth/callback\n',
  'com.example.two://user@done',
  'com.example.two://done:80',
  'javascript:alert(1)',
  'intent://127.0.0.1/callback#Intent;scheme=com.example.app;end',
  'http://127.0.0.1:0/callback',
  'http://127.0.0.1:080/callback',
  'http://127.0.0.1:65536/callback',
  'http://127.0.0.1:/callback',
  'http://127.0.0.1:53121/callback/more',
  'http://127.0.0.1:53121/other',
  'http://127.0.0.1:53121',
  'http://127.0.0.1:53121@evil.example/callback',
  'http://user@127.0.0.1:53121/callback',
  'http://:@127.0.0.1:53121/callback',
  'http://127.0.0.1.evil.example:53121/callback',
  'http://127.0.0.2:53121/callback',
  'http://127.1:53121/callback',
  'http://2130706433:53121/callback',
  'http://0x7f.1:53121/callback',
  'http://127.0.0.1.:53121/callback',
  'http://0.0.0.0:53121/callback',
  'http://[::]:53121/callback',
  'http://[0:0:0:0:0:0:0:1]:53121/callback',
  'http://[::ffff:127.0.0.1]:53121/callback',
  'http://localhost:53121/callback',
  'HTTP://127.0.0.1:53121/callback',
  'https://127.0.0.1:53121/callback',
  'http://127.0.0.1:7778/fixed',
  'http://127.0.0.1/fixed',
])('O12: %j is refused', (returnTo) => {
  expect(accepts(returnTo)).toBeNull()
})

test('localhost is accepted with any port if an operator listed it', () => {
  const listed = { ...settings, nativeReturns: ['http://localhost/callback'] }
  const address = 'http://localhost:53121/callback'
  expect(allowedReturnTo(address, listed, 'CONFIRM')).toBe(address)
})

test('a native app needs the binding CONFIRM, because no cookie binds its browser', async () => {
  const browser = new Browser(patchbay, 'ada')
  for (const display of ['POPUP', 'REDIRECT'] as const) {
    expect(await browser.authorize({ connector: 'acme-mail', display, returnTo: SCHEME })).toMatchObject({
      __typename: 'InvalidReturnToError',
      message: 'returnTo leads to a native app, so start the authorization with binding CONFIRM.',
    })
  }
  expect(await patchbay.database.db.authorization.count()).toBe(0)
})

test.each([`${SCHEME}?session=1#tab`, 'http://127.0.0.1:53121/callback?session=1#tab'])(
  'the person confirms before the result goes to %s, and then its user confirms it',
  async (returnTo) => {
    const { attempt, browser, callback, response, text, href } = await pageAfter(returnTo)
    expect([response.status, response.headers.get('location'), response.headers.get('refresh')]).toEqual([
      200,
      null,
      null,
    ])
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(text).toContain(returnTo.startsWith('http:') ? '127.0.0.1:53121' : 'com.example.app')
    expect(text).not.toMatch(/<script|http-equiv|Acme/)
    const { searchParams, hash } = new URL(href)
    expect(href.startsWith(returnTo.replace('#tab', '&'))).toBe(true)
    expect([searchParams.get('session'), hash]).toEqual(['1', '#tab'])
    expect([...searchParams.keys()]).toEqual(['session', 'patchbay_authorization', 'patchbay_confirmation'])
    expect(searchParams.get('patchbay_authorization')).toBe(attempt.id)
    expect(href).not.toContain(new URL(callback.callbackUrl).searchParams.get('code') ?? '-')
    expect((await countersOf(patchbay)).tokenRequests).toBe(0)

    const replay = await browser.deliver(callback)
    const replayed = await replay.text()
    expect([replay.status, replayed]).toEqual([409, expect.not.stringContaining('patchbay_confirmation')])
    expect(replayed).toContain('start again there')
    const code = searchParams.get('patchbay_confirmation')
    const input = { authorizationId: attempt.id, code }
    expect(await mutate(patchbay, 'ada', 'confirmAuthorization', input)).toMatchObject({ __typename: 'Authorization' })
    expect(await attemptOf(patchbay, 'ada', attempt.id)).toMatchObject({ status: 'SUCCEEDED' })
  },
)

test('a denial goes to the app with its status and no code, after a click as well', async () => {
  const { attempt, response, href } = await pageAfter(SCHEME, false)
  expect(response.status).toBe(200)
  expect(href.startsWith(`${SCHEME}?`)).toBe(true)
  expect(Object.fromEntries(new URL(href).searchParams)).toEqual({
    patchbay_authorization: attempt.id,
    patchbay_status: 'denied',
  })
})

test('a denial is named on the page, and a consent is not', async () => {
  const denied = await pageAfter(SCHEME, false)
  expect(denied.text).toContain('Acme Mail isn’t connected')
  expect(denied.text).toContain('You didn’t give access to Acme Mail.')
  expect(denied.text).toContain('The result goes to com.example.app.')
  expect(denied.text).not.toContain('Go back to your app')
  expect((await pageAfter(SCHEME)).text).toContain('Go back to your app')
})

test('what the app adds to returnTo can’t become a part of the page', async () => {
  const { text, href } = await pageAfter(`${SCHEME}?q="><script>alert(1)</script>'onclick='x`)
  expect(text).not.toContain('<script>')
  expect(text).not.toContain(`'onclick='`)
  expect(new URL(href).searchParams.get('q')).toBe(`"><script>alert(1)</script>'onclick='x`)
})

test('an origin that may be returned to is still redirected to', async () => {
  const { response } = await pageAfter('http://localhost:3000/callback')
  expect([response.status, response.headers.get('location')]).toEqual([
    303,
    expect.stringMatching(/^http:\/\/localhost:3000\/callback\?patchbay_authorization=/),
  ])
})

test('in Chromium, a click reaches a listener on this computer, and asks for the app of a scheme', {
  ...PATIENT,
  tags: 'chromium',
}, async () => {
  const arrived: string[] = []
  const listener = createServer(({ url = '' }, response) => {
    arrived.push(url)
    response.end('You can close this window.')
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  await using chromium: Chromium = await openChromium()
  const page = await (await chromium.newContext()).newPage()
  const open = async (returnTo: string) => {
    const browser = new Browser(patchbay, 'ada')
    const attempt = await browser.authorize({ ...confirmed, returnTo })
    const { state, redirectUri, location } = await openConsent(browser, attempt)
    const iss = new URL(location).href.replace(/\/authorize.*/, '')
    await page.goto(withParameters(redirectUri, { state, iss, code: 'of-the-app' }))
    return page.getByRole('link', { name: 'Open the app' })
  }
  try {
    const toListener = await open(`http://127.0.0.1:${(listener.address() as AddressInfo).port}/callback`)
    expect(arrived).toEqual([])
    await toListener.click()
    await page.getByText('You can close this window.').waitFor()
    expect(arrived.filter((url) => url.startsWith('/callback?patchbay_authorization='))).toHaveLength(1)

    const toScheme = await open(SCHEME)
    const asked = page.waitForEvent('requestfailed')
    const refused: string[] = []
    page.on('console', (message) => refused.push(message.text()))
    await toScheme.click()
    expect((await asked).url()).toMatch(/^com\.example\.app:\/oauth\/callback\?patchbay_authorization=/)
    expect(refused.filter((text) => text.includes('Content Security Policy'))).toEqual([])
  } finally {
    listener.closeAllConnections()
    listener.close()
  }
})

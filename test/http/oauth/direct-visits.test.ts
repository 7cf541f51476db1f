import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Browser } from '../../support/browser.js'
import { startAfresh } from '../../support/connecting.js'
import { type Patchbay, startPatchbay } from '../../support/patchbay.js'

/** An empty purpose says nothing, but such a request goes to the routes. */
const THROUGH_ROUTES = { 'x-moz': '' }
const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000'
const allow = { account: 'ada-work', allow: true }

let patchbay: Patchbay

beforeAll(async () => {
  patchbay = await startPatchbay({ PATCHBAY_RETURN_ORIGINS: 'https://app.example' })
})
beforeEach(() => startAfresh(patchbay))
afterAll(() => patchbay.close())

/** The whole answer, without what differs from one request to the next. */
async function answer(browser: Browser, url: string | URL, headers: Record<string, string>) {
  const response = await browser.person.open(url, { headers })
  const text = `${JSON.stringify(Object.fromEntries(response.headers))}\n${await response.text()}`
  const said = text
    .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>')
    .replaceAll(/(nonce[-=]"?)[A-Za-z0-9+/=]+/g, '$1<nonce>')
    .replaceAll(/((?:authorization|confirmation|state|code_challenge)=)[^&"]+/g, '$1<value>')
    .replaceAll(/"date":"[^"]*"/g, '')
  return { status: response.status, said }
}

test('a visit gets the same answer directly as through the routes', async () => {
  const browser = new Browser(patchbay, 'ada')
  const stranger = new Browser(patchbay, 'cleo')
  const callback = `${patchbay.url}/oauth/callback/acme-mail`
  const { url } = await browser.authorize({ connector: 'acme-mail' })
  const addresses: [Browser, string][] = [
    [browser, url],
    [stranger, url],
    [browser, `${patchbay.url}/connect/${UNKNOWN_ID}`],
    [browser, `${patchbay.url}/connect/not-an-id`],
    [browser, callback],
    [browser, `${callback}?state=x`],
    [browser, `${callback}?state=x&state=y&code=z`],
    [browser, `${callback}?state=x&code=a%20code+%C3%A4&iss=https://x.example`],
    [browser, `${callback}?state=x&code=y&error=z`],
    [browser, `${patchbay.url}/oauth/callback/unknown?state=x&code=y`],
    [browser, `${patchbay.url}/oauth/callback/acme-mail/more?state=x&code=y`],
    [browser, `${patchbay.url}/oauth/callback/%61cme-mail?state=x&code=y`],
  ]
  for (const [visitor, address] of addresses) {
    const [direct, routed] = [await answer(visitor, address, {}), await answer(visitor, address, THROUGH_ROUTES)]
    expect(direct, address).toEqual(routed)
  }
})

test('a callback gets the same answer directly as through the routes, and so does its repetition', async () => {
  const browser = new Browser(patchbay, 'ada')
  const stranger = new Browser(patchbay, 'cleo')
  const requests = [
    { connector: 'acme-mail' },
    { connector: 'acme-mail', display: 'REDIRECT' as const, returnTo: 'https://app.example/done' },
    { connector: 'acme-mail', binding: 'CONFIRM' as const, returnTo: 'https://app.example/done' },
  ]
  for (const request of requests) {
    const ways: object[][] = []
    for (const headers of [{}, THROUGH_ROUTES]) {
      const { url } = await browser.authorize(request)
      const { callbackUrl } = await browser.consent(url, allow)
      const got = []
      if (!('binding' in request)) got.push(await answer(stranger, callbackUrl, headers))
      got.push(await answer(browser, callbackUrl, headers))
      got.push(await answer(browser, callbackUrl, headers))
      ways.push(got)
    }
    expect(ways[0]).toEqual(ways[1])
  }
})

test('HEAD and prefetching change nothing', async () => {
  const browser = new Browser(patchbay, 'ada')
  const { url } = await browser.authorize({ connector: 'acme-mail' })
  const { callbackUrl } = await browser.consent(url, allow)
  expect((await browser.person.open(callbackUrl, { method: 'HEAD' })).status).toBe(405)
  expect((await browser.person.open(callbackUrl, { headers: { 'sec-purpose': 'prefetch' } })).status).toBe(503)
  expect((await browser.person.open(callbackUrl)).status).toBe(303)
})

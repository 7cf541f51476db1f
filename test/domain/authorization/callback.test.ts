import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Browser } from '../../support/browser.js'
import {
  type AttemptSeen,
  attemptOf,
  countersOf,
  LIVE_ATTEMPT,
  openConsent,
  script,
  startAfresh,
  withParameters,
} from '../../support/connecting.js'
import { type Patchbay, startPatchbay } from '../../support/patchbay.js'
import { subscribe } from '../../support/subscriber.js'

let patchbay: Patchbay

beforeAll(async () => {
  patchbay = await startPatchbay()
})
beforeEach(() => startAfresh(patchbay))
afterAll(() => patchbay.close())

const mail = { connector: 'acme-mail' }
const allow = { account: 'ada-work', allow: true }

async function opened(connector = 'acme-mail') {
  const browser = new Browser(patchbay, 'ada')
  const attempt = await browser.authorize({ connector })
  const { location, state, redirectUri } = await openConsent(browser, attempt)
  const good = { state, iss: location.replace(/\/authorize.*/, ''), code: 'a-code' }
  const status = async () => (await attemptOf(patchbay, 'ada', attempt.id)).status
  return { browser, attempt, redirectUri, good, status }
}

async function screenOf(id: string) {
  const screen = await subscribe<{ authorizationStatus: AttemptSeen }>(patchbay, 'ada', LIVE_ATTEMPT, { id })
  await screen.until(({ authorizationStatus }) => authorizationStatus.status === 'OPENED')
  return screen
}

test.each([
  ['access_denied', 'DENIED', 'DENIED_BY_USER', null],
  ['server_error', 'FAILED', 'APP_UNAVAILABLE', 'server_error'],
  ['temporarily_unavailable', 'FAILED', 'APP_UNAVAILABLE', 'temporarily_unavailable'],
  ['invalid_scope', 'FAILED', 'SCOPE_REFUSED', 'invalid_scope'],
  ['never-heard-of', 'FAILED', 'APP_REFUSED', 'never-heard-of'],
  ['<img src=x onerror=alert(1)>', 'FAILED', 'APP_REFUSED', null],
])('O13: the error %s is pushed as %s with %s, and its text is never shown', async (error, status, code, detail) => {
  const { browser, attempt, redirectUri, good } = await opened()
  await using screen = await screenOf(attempt.id)
  const description = '<script>alert(1)</script><b>call 555-0100</b> javascript:alert(2)'
  const { state, iss } = good
  const error_uri = 'https://evil.example/<script>'
  const response = await browser.person.open(
    withParameters(redirectUri, { state, iss, error, error_description: description, error_uri }),
  )
  const { authorizationStatus } = await screen.until((data) => data.authorizationStatus.status !== 'OPENED')
  expect(authorizationStatus).toMatchObject({ status, failure: { code }, connection: null })
  await screen.ended

  const page = await browser.person.open(new URL(response.headers.get('location') ?? '', patchbay.url))
  const text = `${await page.text()}${JSON.stringify(authorizationStatus)}`
  for (const received of ['alert(', '555-0100', 'evil.example', 'onerror', '&lt;']) expect(text).not.toContain(received)
  expect(await patchbay.database.db.authorization.findFirst()).toMatchObject({ failureDetail: detail })
  expect((await countersOf(patchbay)).tokenRequests).toBe(0)
})

test('O13: a denial on the consent screen and an error from the app are pushed to subscribers', async () => {
  const browser = new Browser(patchbay, 'ada')
  for (const [behaviour, status, code] of [
    [{ deny: true }, 'DENIED', 'DENIED_BY_USER'],
    [{ deny: false, authorizationError: 'server_error' }, 'FAILED', 'APP_UNAVAILABLE'],
  ] as const) {
    await script(patchbay, behaviour)
    const attempt = await browser.authorize(mail)
    await openConsent(browser, attempt)
    await using screen = await screenOf(attempt.id)
    await browser.deliver(await browser.consent(attempt.url, allow))
    const { authorizationStatus } = await screen.until((data) => data.authorizationStatus.status !== 'OPENED')
    expect(authorizationStatus).toMatchObject({ status, failure: { code } })
  }
})

test.each([
  ['user_cancelled_login', 'DENIED', 'DENIED_BY_USER', true],
  ['login_required', 'FAILED', 'INTERACTION_REQUIRED', true],
  ['admin_policy_enforced', 'FAILED', 'APPROVAL_PENDING', false],
] as const)('O13: an app that sends back %s ends it as %s with %s', async (error, status, code, retryable) => {
  await script(patchbay, { authorizationError: error })
  const browser = new Browser(patchbay, 'ada')
  const attempt = await browser.connect(mail, allow)
  expect(await attemptOf(patchbay, 'ada', attempt.id)).toMatchObject({ status, failure: { code, retryable } })
})

test.each([
  ['state_only', 'NO_CODE_RECEIVED', true],
  ['setup_request', 'APPROVAL_PENDING', false],
  ['setup_install', 'APPROVAL_GRANTED', true],
  ['admin_consent', 'APPROVAL_GRANTED', true],
] as const)(
  'O13: an app that comes back without a code (%s) ends it as %s, pushed',
  async (withoutCode, code, again) => {
    await script(patchbay, { withoutCode })
    const browser = new Browser(patchbay, 'ada')
    const attempt = await browser.authorize(mail)
    await openConsent(browser, attempt)
    await using screen = await screenOf(attempt.id)
    const response = await browser.deliver(await browser.consent(attempt.url, allow))
    const { authorizationStatus } = await screen.until((data) => data.authorizationStatus.status !== 'OPENED')
    expect(authorizationStatus).toMatchObject({ status: 'FAILED', failure: { code, retryable: again } })
    await screen.ended
    const page = await browser.person.open(new URL(response.headers.get('location') ?? '', patchbay.url))
    expect(await page.text()).toContain(authorizationStatus.failure?.message.slice(0, 20))
    expect((await countersOf(patchbay)).tokenRequests).toBe(0)
  },
)

test('O13: an empty code ends the authorization in its own browser, and changes nothing in another', async () => {
  const { browser, redirectUri, good, attempt, status } = await opened()
  const stranger = await new Browser(patchbay, 'ben').person.open(withParameters(redirectUri, { ...good, code: '' }))
  expect(stranger.status).toBe(403)
  expect(await status()).toBe('OPENED')
  const response = await browser.person.open(withParameters(redirectUri, { ...good, code: '' }))
  expect(response.status).toBe(303)
  const failure = { code: 'NO_CODE_RECEIVED' }
  expect(await attemptOf(patchbay, 'ada', attempt.id)).toMatchObject({ status: 'FAILED', failure })
})

const long = (length: number) => 'x'.repeat(length)

test.each<[string, (good: Record<string, string>) => string, number[]]>([
  ['without a state', ({ code, iss }) => `?code=${code}&iss=${iss}`, [400]],
  ['with an empty state', ({ code, iss }) => `?state=&code=${code}&iss=${iss}`, [400]],
  ['with two codes', ({ state, code, iss }) => `?state=${state}&code=${code}&code=b&iss=${iss}`, [400]],
  ['with two states', ({ state, code, iss }) => `?state=${state}&state=${state}&code=${code}&iss=${iss}`, [400]],
  ['with two issuers', ({ state, code, iss }) => `?state=${state}&code=${code}&iss=${iss}&iss=${iss}`, [400]],
  ['with two errors', ({ state, iss }) => `?state=${state}&error=a&error=b&iss=${iss}`, [400]],
  ['with both a code and an error', ({ state, code, iss }) => `?state=${state}&code=${code}&error=b&iss=${iss}`, [400]],
  ['with a code of 9 KB', ({ state, iss }) => `?state=${state}&code=${long(9_000)}&iss=${iss}`, [400]],
  ['with an unknown parameter of 9 KB', ({ state, code }) => `?state=${state}&code=${code}&more=${long(9_000)}`, [400]],
  ['with a code of 64 KB', ({ state }) => `?state=${state}&code=${long(65_536)}`, [414, 431]],
  ['without parameters', () => '', [400]],
  ['with malformed escapes', () => '?state=%E0%A4%A&code=%', [404]],
])('O14: a callback %s is refused immediately and consumes nothing', async (_name, query, statuses) => {
  const { browser, redirectUri, good, status } = await opened()
  const response = await browser.person.open(`${redirectUri}${query(good)}`)
  expect(statuses).toContain(response.status)
  expect(await status()).toBe('OPENED')
  expect((await countersOf(patchbay)).tokenRequests).toBe(0)
})

test.each([
  ['HEAD', 'HEAD', {}],
  ['Sec-Purpose: prefetch', 'GET', { 'sec-purpose': 'prefetch' }],
  ['Sec-Purpose: prefetch;prerender', 'GET', { 'sec-purpose': 'prefetch;prerender' }],
  ['Purpose: prefetch', 'GET', { purpose: 'prefetch' }],
  ['X-Moz: prefetch', 'GET', { 'x-moz': 'prefetch' }],
  ['Purpose: preview', 'GET', { purpose: 'preview' }],
  ['PUT', 'PUT', {}],
  ['OPTIONS', 'OPTIONS', {}],
])('O15: %s on the start page or the callback changes nothing', async (_name, method, headers) => {
  const { browser, redirectUri, good, status } = await opened()
  const pending = await browser.authorize(mail)
  const start = await browser.person.open(pending.url, { method, headers })
  const response = await browser.person.open(withParameters(redirectUri, good), { method, headers })
  expect(start.status).toBeGreaterThanOrEqual(400)
  expect([405, 503]).toContain(response.status)
  expect([start.headers.get('location'), response.headers.get('location')]).toEqual([null, null])
  expect(await status()).toBe('OPENED')
  expect((await attemptOf(patchbay, 'ada', pending.id)).status).toBe('PENDING')
  expect((await countersOf(patchbay)).tokenRequests).toBe(0)
})

test('O15: a POST callback is refused and consumes nothing if the provider does not use form_post', async () => {
  const { browser, redirectUri, good, status } = await opened()
  for (const address of [redirectUri, `${redirectUri}?reposted`, withParameters(redirectUri, good)]) {
    const response = await browser.person.open(address, { method: 'POST', body: new URLSearchParams(good) })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET'])
  }
  expect(await status()).toBe('OPENED')
  expect((await countersOf(patchbay)).tokenRequests).toBe(0)
})

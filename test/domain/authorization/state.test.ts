import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Browser } from '../../support/browser.js'
import { codePoint } from '../../support/code-point.js'
import {
  type AttemptSeen,
  attemptOf,
  connectionsOf,
  countersOf,
  LIVE_ATTEMPT,
  meetBeforeWriting,
  openConsent,
  passDeadline,
  sealedTokens,
  startAfresh,
  withoutDueWork,
  withParameters,
} from '../../support/connecting.js'
import { COUNTED, count, record } from '../../support/counts.js'
import { type Patchbay, startPatchbay } from '../../support/patchbay.js'
import { subscribe } from '../../support/subscriber.js'

const FUZZ_RUNS = count(10_000, 100)

let patchbay: Patchbay

beforeAll(async () => {
  patchbay = await startPatchbay()
})
beforeEach(() => startAfresh(patchbay))
afterAll(() => patchbay.close())

const mail = { connector: 'acme-mail' }

async function consented(person: 'ada' | 'cleo' = 'ada', account = 'ada-work') {
  const browser = new Browser(patchbay, person)
  const attempt = await browser.authorize(mail)
  return { browser, attempt, callback: await browser.consent(attempt.url, { account, allow: true }) }
}

test('O4: replaying a state 100 times after success makes no second exchange and no second write', async () => {
  const { browser, attempt, callback } = await consented()
  expect((await browser.deliver(callback)).status).toBe(303)
  const [connection] = await connectionsOf(patchbay, 'ada')
  const stored = await sealedTokens(patchbay, connection?.id ?? '')
  const before = await patchbay.database.db.user.findFirstOrThrow()

  for (let replay = 0; replay < 100; replay++) {
    const page = await browser.deliver(callback)
    expect(page.status).toBe(409)
    expect(await page.text()).toContain('Already handled')
  }
  expect((await countersOf(patchbay)).tokenRequests).toBe(1)
  expect(await patchbay.database.db.user.findFirstOrThrow()).toEqual(before)
  expect(await sealedTokens(patchbay, connection?.id ?? '')).toBe(stored)
  expect(await attemptOf(patchbay, 'ada', attempt.id)).toMatchObject({ status: 'SUCCEEDED' })
})

test('O5: of 50 concurrent callbacks, exactly one exchanges the code', async () => {
  const { browser, attempt, callback } = await consented()
  using _meeting = meetBeforeWriting(patchbay, 50)
  const pages = await Promise.all(Array.from({ length: 50 }, () => browser.deliver(callback)))
  expect(pages.filter(({ status }) => status === 303)).toHaveLength(1)
  expect(pages.filter(({ status }) => status === 409)).toHaveLength(49)
  expect((await countersOf(patchbay)).tokenRequests).toBe(1)
  expect(await attemptOf(patchbay, 'ada', attempt.id)).toMatchObject({ status: 'SUCCEEDED' })
})

const forgeries = (state: string) => {
  const position = fc.nat({ max: state.length - 1 })
  const oneBitChanged = fc.tuple(position, fc.nat({ max: 6 })).map(([at, bit]) => {
    const changed = String.fromCharCode(state.charCodeAt(at) ^ (1 << bit))
    return state.slice(0, at) + changed + state.slice(at + 1)
  })
  return fc.oneof(
    fc.string({ minLength: 1, maxLength: 200, unit: codePoint }),
    fc.string({ minLength: state.length, maxLength: state.length, unit: fc.constantFrom(...'aZ09-_') }),
    position.map((length) => state.slice(0, length)),
    position.map((start) => state.slice(start + 1)),
    oneBitChanged,
    fc.string({ minLength: 1, maxLength: 8 }).map((more) => state + more),
    fc.constantFrom(
      state.toLowerCase(),
      state.toUpperCase(),
      encodeURIComponent(`${state}\0`),
      ` ${state}`,
      `${state}=`,
    ),
  )
}

test('O6: forged, truncated or one-bit-changed states are never accepted and never cause a server error', {
  ...COUNTED,
  timeout: 600_000,
}, async () => {
  const { browser, attempt, callback } = await consented()
  const state = new URL(callback.callbackUrl).searchParams.get('state') ?? ''
  const forged = forgeries(state).filter((text) => text !== state)
  await fc.assert(
    fc.asyncProperty(forged, async (text) => {
      const callbackUrl = withParameters(callback.callbackUrl, { state: text })
      const { status } = await browser.deliver({ callbackUrl, method: 'GET' })
      expect([400, 404]).toContain(status)
    }),
    { numRuns: FUZZ_RUNS },
  )
  record('O6', 'states that were forged, cut off or changed', { states: FUZZ_RUNS })
  expect((await countersOf(patchbay)).tokenRequests).toBe(0)
  expect(await attemptOf(patchbay, 'ada', attempt.id)).toMatchObject({ status: 'OPENED' })
  expect((await browser.deliver(callback)).status).toBe(303)
})

test('O7: a callback after the deadline ends the authorization as EXPIRED and exchanges nothing', async () => {
  const { browser, attempt, callback } = await consented()
  using _paused = withoutDueWork(patchbay)
  await passDeadline(patchbay, attempt.id)
  expect((await browser.deliver(callback)).status).toBe(303)
  expect(await attemptOf(patchbay, 'ada', attempt.id)).toMatchObject({
    status: 'EXPIRED',
    failure: { code: 'DEADLINE_PASSED', retryable: true },
  })
  expect((await countersOf(patchbay)).tokenRequests).toBe(0)
})

test('O7: a start page opened after the deadline does not lead to a consent screen', async () => {
  const browser = new Browser(patchbay, 'ada')
  const [fresh, opened] = [await browser.authorize(mail), await browser.authorize(mail)]
  await openConsent(browser, opened)
  using _paused = withoutDueWork(patchbay)
  for (const { id, url } of [fresh, opened]) {
    await passDeadline(patchbay, id)
    const page = await browser.person.open(url)
    expect([page.status, page.headers.get('location')]).toEqual([200, null])
    expect(await attemptOf(patchbay, 'ada', id)).toMatchObject({ status: 'EXPIRED' })
  }
})

test('O7: an authorization whose consent screen never appears is pushed as EXPIRED, with a hint to sign in first', async () => {
  const browser = new Browser(patchbay, 'ada')
  const attempt = await browser.authorize(mail)
  await openConsent(browser, attempt)
  await using screen = await subscribe<{ authorizationStatus: AttemptSeen }>(patchbay, 'ada', LIVE_ATTEMPT, {
    id: attempt.id,
  })
  await screen.until(({ authorizationStatus }) => authorizationStatus.status === 'OPENED')
  await passDeadline(patchbay, attempt.id)
  await patchbay.instance.runJobs()
  const { authorizationStatus } = await screen.until(({ authorizationStatus: { status } }) => status !== 'OPENED')
  expect(authorizationStatus).toMatchObject({
    status: 'EXPIRED',
    failure: { code: 'DEADLINE_PASSED', retryable: true, hint: 'Sign in to Acme Mail first, then try again.' },
  })
  await screen.ended
})

test('O8: a victim’s code in the attacker’s authorization fails PKCE', async () => {
  const victim = await consented('ada', 'ada-work')
  const attacker = await consented('cleo', 'ada-private')
  const code = new URL(victim.callback.callbackUrl).searchParams.get('code') ?? ''
  const callbackUrl = withParameters(attacker.callback.callbackUrl, { code })
  await attacker.browser.deliver({ callbackUrl, method: 'GET' })
  expect(await attemptOf(patchbay, 'cleo', attacker.attempt.id)).toMatchObject({
    status: 'FAILED',
    failure: { code: 'APP_REFUSED' },
    connection: null,
  })
  expect(await connectionsOf(patchbay, 'cleo')).toEqual([])
})

test.each([
  ['another app’s', (issuer: string) => issuer.replace('mail', 'chat')],
  ['a look-alike', (issuer: string) => `${issuer}/`],
  ['an empty', () => ''],
  ['a missing', () => undefined],
])('O10: %s iss ends the authorization without a token request', async (_name, forge) => {
  const { browser, attempt, callback } = await consented()
  const issuer = new URL(callback.callbackUrl).searchParams.get('iss') ?? ''
  expect(issuer).toMatch(/acme-mail$/)
  await browser.deliver({ callbackUrl: withParameters(callback.callbackUrl, { iss: forge(issuer) }), method: 'GET' })
  expect(await attemptOf(patchbay, 'ada', attempt.id)).toMatchObject({
    status: 'FAILED',
    failure: { code: 'ISSUER_MISMATCH' },
  })
  expect((await countersOf(patchbay)).tokenRequests).toBe(0)
})

test('O11: a state issued for one connector is refused at another’s callback and not consumed', async () => {
  const { browser, attempt, callback } = await consented()
  for (const other of ['acme-chat', 'acme-calendar', 'github', 'unknown', 'acme-mail%2F', '%00', '%ff']) {
    const callbackUrl = callback.callbackUrl.replace('callback/acme-mail', `callback/${other}`)
    expect((await browser.deliver({ callbackUrl, method: 'GET' })).status).toBe(404)
  }
  const counters = await Promise.all(
    ['acme-mail', 'acme-chat', 'acme-calendar'].map((app) => countersOf(patchbay, app)),
  )
  expect(counters.map(({ tokenRequests }) => tokenRequests)).toEqual([0, 0, 0])
  expect(await attemptOf(patchbay, 'ada', attempt.id)).toMatchObject({ status: 'OPENED' })
  expect((await browser.deliver(callback)).status).toBe(303)
  expect(await attemptOf(patchbay, 'ada', attempt.id)).toMatchObject({ status: 'SUCCEEDED' })
})

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { FAIR_USE } from '../../../src/http/graphql/fair-use.js'
import { Browser } from '../../support/browser.js'
import {
  attemptOf,
  connectionsOf,
  countersOf,
  meetBeforeWriting,
  mutate,
  passDeadline,
  startAfresh,
  withoutDueWork,
} from '../../support/connecting.js'
import { type Patchbay, type PersonName, startPatchbay } from '../../support/patchbay.js'

let patchbay: Patchbay

beforeAll(async () => {
  patchbay = await startPatchbay({ PATCHBAY_RETURN_ORIGINS: 'https://app.example' })
})
beforeEach(() => startAfresh(patchbay))
afterAll(() => patchbay.close())

const RETURN_TO = 'https://app.example/connected?tab=apps#top'
const allow = { account: 'ada-work', allow: true }

/** The owner starts. Whoever consents brings the browser back to the application, with the one-time code. */
async function consented({ owner = 'ada', by = 'ada' }: { owner?: PersonName; by?: PersonName } = {}) {
  const request = { connector: 'acme-mail', binding: 'CONFIRM' as const, returnTo: RETURN_TO }
  const attempt = await new Browser(patchbay, owner).authorize(request)
  const browser = new Browser(patchbay, by)
  const callback = await browser.consent(attempt.url, allow)
  const response = await browser.deliver(callback)
  const location = new URL(response.headers.get('location') ?? '')
  return {
    attempt,
    browser,
    callback,
    response,
    location,
    code: location.searchParams.get('patchbay_confirmation') ?? '',
  }
}

function confirm(person: PersonName, authorizationId: string, code: string) {
  const selection = '... on Authorization { status connection { account { id } } }'
  return mutate(patchbay, person, 'confirmAuthorization', { authorizationId, code }, selection)
}

test('CONFIRM: the browser returns to the host with a one-time code, and the signed-in owner confirms it', async () => {
  const { attempt, response, location, callback, code } = await consented()
  expect(response.status).toBe(303)
  expect(response.headers.getSetCookie()).toEqual([])
  expect(`${location.origin}${location.pathname}${location.hash}`).toBe('https://app.example/connected#top')
  const added = ['authorization', 'confirmation', 'patchbay_authorization', 'patchbay_confirmation']
  expect([...location.searchParams.keys()].sort()).toEqual([...added, 'tab'])
  expect(location.searchParams.get('patchbay_authorization')).toBe(attempt.id)
  const providerCode = new URL(callback.callbackUrl).searchParams.get('code') ?? '-'
  expect(location.href).not.toContain(providerCode)
  expect(await attemptOf(patchbay, 'ada', attempt.id)).toMatchObject({ status: 'AWAITING_CONFIRMATION' })
  expect((await countersOf(patchbay)).tokenRequests).toBe(0)

  expect(await confirm('ada', attempt.id, code)).toEqual({
    __typename: 'Authorization',
    status: 'SUCCEEDED',
    connection: { account: { id: 'ada-work' } },
  })
  expect((await countersOf(patchbay)).codeExchanges).toBe(1)
})

test('O2: a confirmation by another signed-in user is refused, and the provider’s code is never exchanged', async () => {
  const { attempt, code } = await consented({ owner: 'cleo', by: 'ada' })
  expect(await confirm('ada', attempt.id, code)).toMatchObject({ __typename: 'NotFoundError' })
  expect(await attemptOf(patchbay, 'cleo', attempt.id)).toMatchObject({
    status: 'FAILED',
    failure: { code: 'CONFIRMED_BY_ANOTHER_USER' },
  })
  expect(await confirm('cleo', attempt.id, code)).toMatchObject({ __typename: 'AuthorizationEndedError' })
  expect((await countersOf(patchbay)).tokenRequests).toBe(0)
  expect([...(await connectionsOf(patchbay, 'ada')), ...(await connectionsOf(patchbay, 'cleo'))]).toEqual([])
})

test('O2: a stranger who knows the authorization but not the code cannot end it', async () => {
  const { attempt, code } = await consented()
  expect(await confirm('cleo', attempt.id, 'guessed')).toMatchObject({ __typename: 'NotFoundError' })
  expect(await confirm('ada', attempt.id, code)).toMatchObject({ status: 'SUCCEEDED' })
})

test('CONFIRM: a wrong code is refused and leaves the authorization unchanged', async () => {
  const { attempt, code } = await consented()
  const wrong = `${code.slice(0, -1)}${code.endsWith('A') ? 'B' : 'A'}`
  for (const other of [wrong, '', code.slice(1), `${code}=`]) {
    expect(await confirm('ada', attempt.id, other)).toMatchObject({ __typename: 'ConfirmationRefusedError' })
  }
  expect(await attemptOf(patchbay, 'ada', attempt.id)).toMatchObject({ status: 'AWAITING_CONFIRMATION' })
  expect((await countersOf(patchbay)).tokenRequests).toBe(0)
  expect(await confirm('ada', attempt.id, code)).toMatchObject({ status: 'SUCCEEDED' })
})

test('CONFIRM: the code of one authorization does not confirm another', async () => {
  const first = await consented()
  const second = await consented()
  expect(await confirm('ada', second.attempt.id, first.code)).toMatchObject({ __typename: 'ConfirmationRefusedError' })
})

test('CONFIRM: simultaneous confirmations and a later one make a single exchange', async () => {
  const { attempt, browser, callback, code } = await consented()
  const atOnce = FAIR_USE.user.atOnce
  using _meeting = meetBeforeWriting(patchbay, atOnce)
  const answers = await Promise.all(Array.from({ length: atOnce }, () => confirm('ada', attempt.id, code)))
  expect(answers.filter(({ __typename }) => __typename === 'Authorization')).toHaveLength(1)
  expect(answers.filter(({ __typename }) => __typename === 'AuthorizationEndedError')).toHaveLength(atOnce - 1)
  expect(await confirm('ada', attempt.id, code)).toMatchObject({ __typename: 'AuthorizationEndedError' })
  expect((await browser.deliver(callback)).status).toBe(409)
  expect((await countersOf(patchbay)).codeExchanges).toBe(1)
})

test('CONFIRM: a replayed callback neither creates a second code nor invalidates the first', async () => {
  const { attempt, browser, callback, code } = await consented()
  const replay = await browser.deliver(callback)
  expect([replay.status, replay.headers.get('location')]).toEqual([409, null])
  expect(await confirm('ada', attempt.id, code)).toMatchObject({ status: 'SUCCEEDED' })
})

test('CONFIRM: a denial returns to the host with its status and no code', async () => {
  const request = { connector: 'acme-mail', binding: 'CONFIRM' as const, returnTo: RETURN_TO }
  const browser = new Browser(patchbay, 'ada')
  const attempt = await browser.authorize(request)
  const response = await browser.deliver(await browser.consent(attempt.url, { ...allow, allow: false }))
  const { searchParams } = new URL(response.headers.get('location') ?? '')
  expect(Object.fromEntries(searchParams)).toEqual({
    tab: 'apps',
    patchbay_authorization: attempt.id,
    patchbay_status: 'denied',
    authorization: attempt.id,
    status: 'denied',
  })
  expect(await confirm('ada', attempt.id, 'any')).toMatchObject({ __typename: 'AuthorizationEndedError' })
})

test('O7: a confirmation after the deadline exchanges nothing', async () => {
  const { attempt, code } = await consented()
  using _paused = withoutDueWork(patchbay)
  await passDeadline(patchbay, attempt.id)
  expect(await confirm('ada', attempt.id, code)).toMatchObject({
    __typename: 'AuthorizationEndedError',
    message: expect.stringContaining('EXPIRED'),
  })
  expect((await countersOf(patchbay)).tokenRequests).toBe(0)
})

test('CONFIRM: the pages of an authorization tell a browser without its cookie nothing', async () => {
  const { attempt, code } = await consented()
  await confirm('ada', attempt.id, code)
  for (const url of [attempt.url, `${attempt.url}/result`]) {
    const page = await fetch(url)
    const text = await page.text()
    expect([page.status, text]).toEqual([200, expect.stringContaining('Continue in your application')])
    expect(text).not.toContain('Acme')
  }
})

test('CONFIRM: returnTo is required', async () => {
  const attempt = await new Browser(patchbay, 'ada').authorize({ connector: 'acme-mail', binding: 'CONFIRM' })
  expect(attempt.__typename).toBe('InvalidReturnToError')
})

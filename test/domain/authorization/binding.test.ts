import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Browser } from '../../support/browser.js'
import { attemptOf, connectionsOf, countersOf, mutate, openConsent, startAfresh } from '../../support/connecting.js'
import { COUNTED, count, record } from '../../support/counts.js'
import { connectorId, type Patchbay, startPatchbay } from '../../support/patchbay.js'
import { subscribe } from '../../support/subscriber.js'

let patchbay: Patchbay

beforeAll(async () => {
  patchbay = await startPatchbay()
})
beforeEach(() => startAfresh(patchbay))
afterAll(() => patchbay.close())

const mail = { connector: 'acme-mail' }
const allow = { account: 'ada-work', allow: true }

test('O1: a victim who opens an attacker’s link gets no consent screen', async () => {
  const attempt = await new Browser(patchbay, 'cleo').authorize(mail)
  const page = await new Browser(patchbay, 'ada').person.open(attempt.url)
  expect(page.status).toBe(403)
  expect(page.headers.get('location')).toBeNull()
  expect(await page.text()).toContain('This was started in another browser')
  expect(await attemptOf(patchbay, 'cleo', attempt.id)).toMatchObject({ status: 'PENDING' })
})

test('O1: a victim who consents on the attacker’s consent screen links nothing to the attacker', async () => {
  const attacker = new Browser(patchbay, 'cleo')
  const victim = new Browser(patchbay, 'ada')
  const attempt = await attacker.authorize(mail)
  const { location } = await openConsent(attacker, attempt)
  const callback = await victim.person.consent(location, allow)
  expect((await victim.deliver(callback)).status).toBe(403)
  expect(await attemptOf(patchbay, 'cleo', attempt.id)).toMatchObject({ status: 'OPENED', connection: null })
  expect((await countersOf(patchbay)).tokenRequests).toBe(0)
})

test('O1: an attacker’s callback delivered in the victim’s browser links nothing and consumes nothing', async () => {
  const attacker = new Browser(patchbay, 'cleo')
  const victim = new Browser(patchbay, 'ada')
  const own = await victim.authorize(mail)
  const attempt = await attacker.authorize(mail)
  const callback = await attacker.consent(attempt.url, { account: 'ada-private', allow: true })
  expect((await victim.deliver(callback)).status).toBe(403)
  expect((await countersOf(patchbay)).tokenRequests).toBe(0)
  expect(await connectionsOf(patchbay, 'ada')).toEqual([])
  expect(await attemptOf(patchbay, 'ada', own.id)).toMatchObject({ status: 'PENDING' })

  expect((await attacker.deliver(callback)).status).toBe(303)
  expect(await attemptOf(patchbay, 'cleo', attempt.id)).toMatchObject({ status: 'SUCCEEDED' })
  expect(await connectionsOf(patchbay, 'ada')).toEqual([])
})

test('O1: the cookie of one authorization does not open another', async () => {
  const browser = new Browser(patchbay, 'cleo')
  const attempt = await browser.authorize(mail)
  const elsewhere = await new Browser(patchbay, 'cleo').authorize(mail)
  const [cookie] = await browser.person.jar.getCookies(patchbay.url)
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'lax', path: '/', value: expect.stringMatching(/^.{43}$/) })
  const forged = `${cookie?.key.replace(/-.*/, '')}-${Buffer.from(elsewhere.id, 'base64').toString().split(':')[1]}=${cookie?.value}`
  const page = await fetch(elsewhere.url, { headers: { cookie: forged }, redirect: 'manual' })
  expect(page.status).toBe(403)
  expect((await browser.person.open(attempt.url)).status).toBe(303)
})

test(
  'O25: a user who starts and cancels again and again in one browser can still start and finish',
  COUNTED,
  async () => {
    const starts = count(200, 25)
    const browser = new Browser(patchbay, 'cleo')
    const cancel = 'mutation ($id: ID!) { cancelAuthorization(input: { authorizationId: $id }) { __typename } }'
    for (let times = 0; times < starts; times++) {
      const { id } = await browser.authorize(mail)
      const { data } = await browser.execute<{ cancelAuthorization: { __typename: string } }>(cancel, { id })
      expect(data.cancelAuthorization.__typename).toBe('Authorization')
    }
    const open = await browser.authorize(mail)
    for (let others = 0; others < 15; others++) await browser.authorize({ connector: 'acme-chat' })
    await browser.deliver(await browser.consent(open.url, allow))
    expect(await attemptOf(patchbay, 'cleo', open.id)).toMatchObject({ status: 'SUCCEEDED' })
    record('O25', 'authorizations started and canceled in one browser', { starts })
  },
)

test('O1: the result page opens only in the browser that started the authorization', async () => {
  const browser = new Browser(patchbay, 'ada')
  const attempt = await browser.connect(mail)
  expect((await browser.person.open(`${attempt.url}/result`)).status).toBe(200)
  expect((await new Browser(patchbay, 'cleo').person.open(`${attempt.url}/result`)).status).toBe(403)
})

const AUTHORIZE = `mutation ($input: AuthorizeConnectorInput!) {
  authorizeConnector(input: $input) { __typename ... on Error { message } }
}`

test.each(['cross-site', 'none', undefined])('O1: starting with Sec-Fetch-Site %s points to CONFIRM', async (site) => {
  const token = await patchbay.tokenFor('ada')
  const response = await fetch(`${patchbay.url}/graphql`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      ...(site && { 'sec-fetch-site': site }),
    },
    body: JSON.stringify({ query: AUTHORIZE, variables: { input: { connectorId: connectorId('acme-mail') } } }),
  })
  expect(response.headers.getSetCookie()).toEqual([])
  const { data } = await response.json()
  expect(data.authorizeConnector).toMatchObject({
    __typename: 'BindingImpossibleError',
    message: expect.stringContaining('CONFIRM'),
  })
})

test('O1: starting over WebSocket fails with BindingImpossibleError', async () => {
  const input = { connectorId: connectorId('acme-mail') }
  await using call = await subscribe<{ authorizeConnector: object }>(patchbay, 'ada', AUTHORIZE, { input })
  const { data } = await call.next()
  expect(data.authorizeConnector).toMatchObject({ __typename: 'BindingImpossibleError' })
})

test('O3: a user who is logged out of the host connects only their own account and gets no session', async () => {
  const browser = new Browser(patchbay, 'ada')
  const attempt = await browser.authorize(mail)
  const callback = await browser.consent(attempt.url, allow)
  const cookies = await browser.person.jar.getCookieString(patchbay.url)

  const response = await browser.deliver(callback) // a navigation, which has no token of the host
  const result = await browser.person.open(new URL(response.headers.get('location') ?? '', patchbay.url))
  expect([response.status, result.status]).toEqual([303, 200])
  expect([...response.headers.getSetCookie(), ...result.headers.getSetCookie()]).toEqual([])

  expect(await connectionsOf(patchbay, 'ada')).toHaveLength(1)
  expect(await connectionsOf(patchbay, 'ben')).toEqual([])
  expect(await connectionsOf(patchbay, 'cleo')).toEqual([])
  const unsigned = await fetch(`${patchbay.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie: cookies, 'sec-fetch-site': 'same-origin' },
    body: JSON.stringify({ query: '{ viewer { connections { id } } }' }),
  })
  expect(await unsigned.json()).toMatchObject({ errors: [expect.anything()] })
})

test('O3: only the owner can see or cancel an authorization', async () => {
  const attempt = await new Browser(patchbay, 'ada').authorize(mail)
  expect(await attemptOf(patchbay, 'ben', attempt.id)).toBeNull()
  const refused = await mutate(patchbay, 'ben', 'cancelAuthorization', { authorizationId: attempt.id })
  expect(refused.__typename).toBe('NotFoundError')
  expect(await attemptOf(patchbay, 'ada', attempt.id)).toMatchObject({ status: 'PENDING' })
})

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { expireAuthorizations } from '../../../src/domain/authorization/expire-authorizations.js'
import type { SqlDatabase } from '../../../src/domain/ports/sql.js'
import { Browser } from '../../support/browser.js'
import {
  type AttemptSeen,
  attemptOf,
  connectionsOf,
  countersOf,
  LIVE_ATTEMPT,
  mutate,
  openConsent,
  passDeadline,
  rowId,
  script,
  startAfresh,
} from '../../support/connecting.js'
import { type Patchbay, startPatchbay } from '../../support/patchbay.js'
import { control } from '../../support/sandbox-client.js'
import { silentTelemetry } from '../../support/silent-telemetry.js'
import { subscribe } from '../../support/subscriber.js'

let patchbay: Patchbay
let browser: Browser

beforeAll(async () => {
  patchbay = await startPatchbay()
})
beforeEach(async () => {
  await startAfresh(patchbay)
  browser = new Browser(patchbay, 'ada')
})
afterAll(() => patchbay.close())

const mail = { connector: 'acme-mail' }
const work = { account: 'ada-work', allow: true }
const statusOf = async (id: string) => (await attemptOf(patchbay, 'ada', id)).status

function screenOf(id: string) {
  return subscribe<{ authorizationStatus: AttemptSeen }>(patchbay, 'ada', LIVE_ATTEMPT, { id })
}

/** An authorization whose code is being exchanged: the app has made the tokens and holds its response back. */
async function heldExchange() {
  await script(patchbay, { holdToken: true })
  const attempt = await browser.authorize(mail)
  const callback = await browser.consent(attempt.url, work)
  const delivered = browser.deliver(callback)
  const held = await control(patchbay.sandbox, 'GET', '/acme-mail/held')
  expect(held.status).toBe(200)
  const release = async () => {
    await control(patchbay.sandbox, 'POST', '/acme-mail/release', {})
    return delivered
  }
  return { attempt, release }
}

test('O25: a 21st open authorization is refused until one of the others ends', async () => {
  const attempts = await Promise.all(Array.from({ length: 20 }, () => browser.authorize(mail)))
  expect(attempts.map(({ __typename }) => __typename)).toEqual(Array(20).fill('Authorization'))
  const refused = await browser.authorize({ connector: 'acme-chat' })
  expect(refused).toMatchObject({ __typename: 'TooManyAuthorizationsError', message: expect.stringContaining('20') })
  expect((await new Browser(patchbay, 'ben').authorize(mail)).__typename).toBe('Authorization')

  await mutate(patchbay, 'ada', 'cancelAuthorization', { authorizationId: attempts[0]?.id })
  expect((await browser.authorize(mail)).__typename).toBe('Authorization')
  expect((await browser.authorize(mail)).__typename).toBe('TooManyAuthorizationsError')
  await passDeadline(patchbay, attempts[1]?.id ?? '')
  expect((await browser.authorize(mail)).__typename).toBe('Authorization')
})

test('O25: of 40 authorizations started at once, 20 are accepted', async () => {
  const attempts = await Promise.all(Array.from({ length: 40 }, () => browser.authorize(mail)))
  expect(attempts.filter(({ __typename }) => __typename === 'Authorization')).toHaveLength(20)
  expect(await patchbay.database.db.authorization.count()).toBe(20)
})

test('starting again leaves open authorizations valid, and the first success supersedes the others', async () => {
  const [first, second, third] = [
    await browser.authorize(mail),
    await browser.authorize(mail),
    await browser.authorize(mail),
  ]
  const elsewhere = await browser.authorize({ connector: 'acme-chat' })
  const callbacks = [await browser.consent(first.url, work), await browser.consent(second.url, work)] as const
  expect([await statusOf(first.id), await statusOf(second.id), await statusOf(third.id)]).toEqual([
    'OPENED',
    'OPENED',
    'PENDING',
  ])
  await using screen = await screenOf(second.id)
  await screen.until(({ authorizationStatus }) => authorizationStatus.status === 'OPENED')

  await browser.deliver(callbacks[0])
  expect(await statusOf(first.id)).toBe('SUCCEEDED')
  await screen.until(({ authorizationStatus }) => authorizationStatus.status === 'SUPERSEDED')
  await screen.ended
  expect([await statusOf(third.id), await statusOf(elsewhere.id)]).toEqual(['SUPERSEDED', 'PENDING'])
  expect(await patchbay.database.db.authorizationSecret.count()).toBe(1)

  expect((await browser.deliver(callbacks[1])).status).toBe(409)
  expect((await countersOf(patchbay)).codeExchanges).toBe(1)
})

test('a canceled authorization never exchanges a code', async () => {
  const attempt = await browser.authorize(mail)
  const callback = await browser.consent(attempt.url, work)
  const cancel = () => mutate(patchbay, 'ada', 'cancelAuthorization', { authorizationId: attempt.id })
  expect((await cancel()).__typename).toBe('Authorization')
  expect((await cancel()).__typename).toBe('Authorization')
  const page = await browser.deliver(callback)
  expect([page.status, await page.text()]).toEqual([409, expect.stringContaining('was canceled')])
  expect((await countersOf(patchbay)).tokenRequests).toBe(0)
  expect((await browser.person.open(attempt.url)).headers.get('location')).toBeNull()
})

test('canceling during the code exchange makes no connection and revokes the new tokens', async () => {
  const { attempt, release } = await heldExchange()
  expect(await statusOf(attempt.id)).toBe('EXCHANGING')
  const canceled = await mutate(patchbay, 'ada', 'cancelAuthorization', { authorizationId: attempt.id })
  expect(canceled.__typename).toBe('Authorization')
  await release()
  expect(await statusOf(attempt.id)).toBe('CANCELED')
  expect(await connectionsOf(patchbay, 'ada')).toEqual([])

  await patchbay.instance.runJobs()
  expect(await patchbay.database.db.revocation.count()).toBe(0)
  expect((await countersOf(patchbay)).revocations).toBeGreaterThan(0)
})

test('a callback repeated during the exchange shows that the app is still being connected', async () => {
  const attempt = await browser.authorize(mail)
  const callback = await browser.consent(attempt.url, work)
  await script(patchbay, { holdToken: true })
  const delivered = browser.deliver(callback)
  await control(patchbay.sandbox, 'GET', '/acme-mail/held')
  const repeated = await browser.deliver(callback)
  expect([repeated.status, await repeated.text()]).toEqual([409, expect.stringContaining('Connecting Acme Mail')])
  await control(patchbay.sandbox, 'POST', '/acme-mail/release', {})
  expect((await delivered).status).toBe(303)
  expect(await statusOf(attempt.id)).toBe('SUCCEEDED')
})

test('a denial is pushed to subscribers, and the user can try again', async () => {
  const attempt = await browser.authorize(mail)
  await using screen = await screenOf(attempt.id)
  await browser.deliver(await browser.consent(attempt.url, { ...work, allow: false }))
  const { authorizationStatus } = await screen.until((data) => data.authorizationStatus.status === 'DENIED')
  expect(authorizationStatus.failure).toMatchObject({ code: 'DENIED_BY_USER', retryable: true })
  await screen.ended
  await browser.connect(mail, work)
  expect(await connectionsOf(patchbay, 'ada')).toHaveLength(1)
})

test('an exchange that begins just after its authorization was found overdue is left to finish', async () => {
  const { attempt, release } = await heldExchange()
  const { db } = patchbay.database
  const due = [await db.authorization.findUniqueOrThrow({ where: { id: rowId(attempt.id) } })]
  // What the database returned a moment ago, when the authorization was still open and past its deadline.
  const late = { run: async () => due } as unknown as SqlDatabase
  const notifier = { notify: () => {}, notifyCatalogue: () => {} }
  const telemetry = silentTelemetry({ authorizationEnded: () => expect.unreachable() })
  expect(await expireAuthorizations({ db, sql: late, notifier, telemetry })).toBe(0)
  await release()
  expect(await statusOf(attempt.id)).toBe('SUCCEEDED')
})

test('an exchange that a crash interrupted is pushed as FAILED with INTERRUPTED, and is retryable', async () => {
  const attempt = await browser.authorize(mail)
  const { db } = patchbay.database
  await openConsent(browser, attempt)
  await using screen = await screenOf(attempt.id)
  await screen.until(({ authorizationStatus }) => authorizationStatus.status === 'OPENED')
  const started = (seconds: number) => db.$executeRaw`
    UPDATE "Authorization" SET status = 'EXCHANGING', "exchangeStartedAt" = now() - make_interval(secs => ${seconds}::double precision)
    WHERE id = ${rowId(attempt.id)}::uuid`
  await started(20)
  await patchbay.instance.runJobs()
  expect(await statusOf(attempt.id)).toBe('EXCHANGING')

  await started(31)
  await patchbay.instance.runJobs()
  const { authorizationStatus } = await screen.until((data) => data.authorizationStatus.status === 'FAILED')
  expect(authorizationStatus.failure).toMatchObject({ code: 'INTERRUPTED', retryable: true })
  await screen.ended
  expect(await db.authorizationSecret.count()).toBe(0)
})

test('an exchange that finishes after it was given up as interrupted has its tokens revoked', async () => {
  const { attempt, release } = await heldExchange()
  await patchbay.database.db.$executeRaw`
    UPDATE "Authorization" SET "exchangeStartedAt" = now() - interval '31 seconds' WHERE id = ${rowId(attempt.id)}::uuid`
  await patchbay.instance.runJobs()
  await release()
  expect(await statusOf(attempt.id)).toBe('FAILED')
  expect(await connectionsOf(patchbay, 'ada')).toEqual([])
  await patchbay.instance.runJobs()
  expect((await countersOf(patchbay)).revocations).toBeGreaterThan(0)
})

test('two simultaneous exchanges for the same account make one connection', async () => {
  await script(patchbay, { holdToken: true })
  const attempts = [await browser.authorize(mail), await browser.authorize(mail)]
  const callbacks = [
    await browser.consent(attempts[0]?.url ?? '', work),
    await browser.consent(attempts[1]?.url ?? '', work),
  ]
  const delivered = callbacks.map((callback) => browser.deliver(callback))
  await control(patchbay.sandbox, 'GET', '/acme-mail/held?atLeast=2')
  await control(patchbay.sandbox, 'POST', '/acme-mail/release', {})
  expect((await Promise.all(delivered)).map(({ status }) => status)).toEqual([303, 303])
  for (const { id } of attempts) expect(await statusOf(id)).toBe('SUCCEEDED')
  expect(await connectionsOf(patchbay, 'ada')).toHaveLength(1)
})

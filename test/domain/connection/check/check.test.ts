import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { VaultError } from '../../../../src/domain/ports/vault.js'
import { insertConnection } from '../../../support/insert-connection.js'
import { type Keeper, type Keepers, startKeepers, userOf } from '../../../support/keepers.js'
import { answersWith, type RotatingApp, startRotatingApp } from '../../../support/rotating-app.js'

const HOUR = 3_600_000
const inAnHour = () => new Date(Date.now() + HOUR)
/** A live token whose check is due. */
const unchecked = () => ({ accessTokenExpiresAt: inAnHour(), refreshDueAt: inAnHour(), verifyDueAt: new Date(0) })

let app: RotatingApp
let keepers: Keepers
let keeper: Keeper
const notify = vi.fn()
beforeAll(async () => {
  app = await startRotatingApp()
  keepers = await startKeepers(app)
  keeper = keepers.keeper(() => ({ notifier: { notify, notifyCatalogue: notify } }))
})
afterAll(async () => {
  await keepers[Symbol.asyncDispose]()
  await app[Symbol.asyncDispose]()
})
beforeEach(async () => {
  await keepers.database.db.user.deleteMany()
  Object.assign(app, { tokenCalls: 0, reuses: 0, identityCalls: 0 })
  app.refusesRefresh = app.refusesIdentity = undefined
  notify.mockClear()
})

test('a connection that the app still accepts is checked once per interval, without notifying subscribers', async () => {
  await keepers.connect('ada', unchecked())
  expect(await keeper.checkDue()).toBe(1)
  expect(await keeper.checkDue()).toBe(0)
  expect(app).toMatchObject({ identityCalls: 1, tokenCalls: 0 })
  const { verifyDueAt, lastVerifiedAt } = (await keepers.connection('ada')) as unknown as Record<string, Date>
  expect(verifyDueAt?.getTime()).toBeLessThanOrEqual(Date.now() + HOUR)
  expect(verifyDueAt?.getTime()).toBeGreaterThan(Date.now() + HOUR * 0.6)
  expect(lastVerifiedAt).toBeInstanceOf(Date)
  expect(notify).not.toHaveBeenCalled()
})

test('several instances together check a connection once', async () => {
  await keepers.connect('ada', unchecked())
  const counts = await Promise.all([keeper, keepers.keeper(), keepers.keeper()].map((each) => each.checkDue()))
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1)
  expect(app.identityCalls).toBe(1)
})

test.each([
  ['with a refresh token', true],
  ['without a refresh token', false],
])(
  'a connection %s whose access was revoked becomes BROKEN at the check, and subscribers are notified',
  async (_what, refreshable) => {
    await keepers.connect('ada', { ...unchecked(), refreshable })
    app.revoke('ada')
    await keeper.checkDue()
    expect(await keepers.connection('ada')).toMatchObject({ status: 'BROKEN', problemCode: 'ACCESS_REVOKED' })
    expect(notify).toHaveBeenCalledTimes(1)
  },
)

test('an access token that the app ended early is refreshed silently', async () => {
  await keepers.connect('ada', unchecked())
  app.refusesIdentity = answersWith(401, { error: 'invalid_token' })
  await keeper.checkDue()
  expect(await keepers.connection('ada')).toMatchObject({ status: 'LIVE', tokenVersion: 2 })
  expect(notify).not.toHaveBeenCalled()
})

test.each([
  ['a 503', answersWith(503, {})],
  ['a 403, which is about scopes', answersWith(403, {})],
  ['a 429', answersWith(429, {}, { 'retry-after': '30' })],
  ['another account', answersWith(200, { id: 'somebody-else' })],
  ['no account', answersWith(200, {})],
])(
  'a connection remains LIVE, and is checked again later, if the app’s identity endpoint answers with %s',
  async (_what, answer) => {
    await keepers.connect('ada', { ...unchecked(), refreshable: false })
    app.refusesIdentity = answer
    await keeper.checkDue()
    const { status, lastVerifiedAt, verifyDueAt } = (await keepers.connection('ada')) as unknown as {
      status: string
      lastVerifiedAt: Date | null
      verifyDueAt: Date
    }
    expect({ status, lastVerifiedAt }).toEqual({ status: 'LIVE', lastVerifiedAt: null })
    expect(verifyDueAt.getTime()).toBeGreaterThan(Date.now() + 20_000)
  },
)

test('an app that hangs does not delay checks of other apps', async () => {
  await using other = await startRotatingApp()
  await keepers.configure('other', other)
  let release = () => {}
  const hung = new Promise<void>((resolve) => {
    release = resolve
  })
  const asked = new Promise<void>((resolve) => {
    app.refusesIdentity = async (_request, response) => {
      resolve()
      await hung
      answersWith(503, {})(_request, response)
    }
  })
  await keepers.connect('ada', unchecked())
  const round = keeper.checkDue()
  await asked
  const answered = new Promise<void>((resolve) => {
    other.refusesIdentity = (request, response) => {
      answersWith(200, { id: 'ben' })(request, response)
      resolve()
    }
  })
  const { database, vault } = keepers
  const facts = { ...unchecked(), connectorSlug: 'other' }
  await insertConnection({ db: database.db, vault, app: other }, userOf('ben'), 'ben', facts)
  await answered
  release()
  expect(await round).toBe(2)
})

test('an app that asks for a pause longer than the check interval gets it', async () => {
  await keepers.connect('ada', unchecked())
  app.refusesIdentity = answersWith(429, {}, { 'retry-after': '7200' })
  await keeper.checkDue()
  const { verifyDueAt } = (await keepers.connection('ada')) as unknown as { verifyDueAt: Date }
  expect(verifyDueAt.getTime()).toBeGreaterThan(Date.now() + 1.9 * HOUR)
})

test('new tokens that cannot be sealed are kept in memory, and neither checks nor callers wait for them', async () => {
  await keepers.connect('ada', unchecked())
  app.refusesIdentity = answersWith(401, { error: 'invalid_token' })
  const { seal } = keepers.vault
  let keyIsAway = true
  const waiting = keepers.keeper(
    ({ vault }) => ({
      vault: {
        ...vault,
        seal: (text, binding) =>
          keyIsAway ? Promise.reject(new VaultError('KEY_SERVICE_UNAVAILABLE')) : seal(text, binding),
      },
    }),
    { waitMs: 100 },
  )
  expect(await waiting.checkDue()).toBe(1)
  await expect(waiting.issue('ada', { rejectedVersion: 1 })).rejects.toMatchObject({ reason: 'APP_UNAVAILABLE' })
  expect(await keepers.connection('ada')).toMatchObject({ status: 'LIVE', tokenVersion: 1 })
  keyIsAway = false
  await waiting.refresher.close()
  expect(await keepers.connection('ada')).toMatchObject({ status: 'LIVE', tokenVersion: 2 })
  expect(app.tokenCalls).toBe(1)
})

test('an instance that dies during a check leaves the check to others', async () => {
  await keepers.connect('ada', unchecked())
  const dying = keepers.keeper(({ oauth }) => ({
    oauth: { ...oauth, identify: () => Promise.reject(new Error('the process ended')) },
  }))
  await expect(dying.checkDue()).rejects.toThrow('the process ended')
  expect(await keeper.checkDue()).toBe(0)
  await keepers.database.db.$executeRaw`UPDATE "Connection" SET "verifyDueAt" = "verifyDueAt" - interval '1 minute'`
  expect(await keeper.checkDue()).toBe(1)
})

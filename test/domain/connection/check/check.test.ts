import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { VaultError } from '../../../../src/domain/ports/vault.js'
import { insertConnection } from '../../../support/insert-connection.js'
import { type Keeper, type Keepers, startKeepers, userOf } from '../../../support/keepers.js'
import { answersWith, type RotatingApp, startRotatingApp } from '../../../support/rotating-app.js'

const HOUR = 3_600_000
const inAnHour = () => new Date(Date.now() + HOUR)
/** A token that lives, whose check is due. */
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

test('what the app still accepts is asked about once in an interval, and no screen hears of it', async () => {
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

test('several instances ask once', async () => {
  await keepers.connect('ada', unchecked())
  const counts = await Promise.all([keeper, keepers.keeper(), keepers.keeper()].map((each) => each.checkDue()))
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1)
  expect(app.identityCalls).toBe(1)
})

test.each([
  ['with a refresh token, which is refused too', true],
  ['without one', false],
])(
  'access that was taken back is found by the check: BROKEN, ACCESS_REVOKED, on every screen; %s',
  async (_what, refreshable) => {
    await keepers.connect('ada', { ...unchecked(), refreshable })
    app.revoke('ada')
    await keeper.checkDue()
    expect(await keepers.connection('ada')).toMatchObject({ status: 'BROKEN', problemCode: 'ACCESS_REVOKED' })
    expect(notify).toHaveBeenCalledTimes(1)
  },
)

test('an access token that ended early at the app is renewed, silently', async () => {
  await keepers.connect('ada', unchecked())
  app.refusesIdentity = answersWith(401, { error: 'invalid_token' })
  await keeper.checkDue()
  expect(await keepers.connection('ada')).toMatchObject({ status: 'LIVE', tokenVersion: 2 })
  expect(notify).not.toHaveBeenCalled()
})

test.each([
  ['503', answersWith(503, {})],
  ['403, which is about scopes', answersWith(403, {})],
  ['429', answersWith(429, {}, { 'retry-after': '30' })],
  ['somebody else’s account', answersWith(200, { id: 'somebody-else' })],
  ['no account', answersWith(200, {})],
])(
  'an app that answers %s has said nothing: the connection stays live and is asked about again',
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

test('an app that hangs keeps the checks of no other app waiting', async () => {
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

test('an app that asks to be left alone for longer than the interval is left alone', async () => {
  await keepers.connect('ada', unchecked())
  app.refusesIdentity = answersWith(429, {}, { 'retry-after': '7200' })
  await keeper.checkDue()
  const { verifyDueAt } = (await keepers.connection('ada')) as unknown as { verifyDueAt: Date }
  expect(verifyDueAt.getTime()).toBeGreaterThan(Date.now() + 1.9 * HOUR)
})

test('new tokens that cannot be sealed are held, and nobody waits for them: neither checks nor callers', async () => {
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

test('an instance that dies while it asks leaves the check to others', async () => {
  await keepers.connect('ada', unchecked())
  const dying = keepers.keeper(({ oauth }) => ({
    oauth: { ...oauth, identify: () => Promise.reject(new Error('the process ended')) },
  }))
  await expect(dying.checkDue()).rejects.toThrow('the process ended')
  expect(await keeper.checkDue()).toBe(0)
  await keepers.database.db.$executeRaw`UPDATE "Connection" SET "verifyDueAt" = "verifyDueAt" - interval '1 minute'`
  expect(await keeper.checkDue()).toBe(1)
})

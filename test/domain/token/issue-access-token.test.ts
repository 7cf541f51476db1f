import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { setupIdOf, userIdOf } from '../../../src/domain/identity/viewer.js'
import { VaultError } from '../../../src/domain/ports/vault.js'
import { publishPlugin } from '../../../src/domain/publishing/publish-plugin.js'
import { AccessTokenUnavailableError } from '../../../src/domain/token/token-unavailable.js'
import { CONNECTOR } from '../../support/insert-connection.js'
import { type Keeper, type Keepers, startKeepers, userOf } from '../../support/keepers.js'
import { answersWith, type RotatingApp, startRotatingApp } from '../../support/rotating-app.js'

const HOUR = 3_600_000
const inAnHour = () => new Date(Date.now() + HOUR)
const fresh = () => ({ accessTokenExpiresAt: inAnHour(), refreshDueAt: inAnHour() })

let app: RotatingApp
let keepers: Keepers
let keeper: Keeper
beforeAll(async () => {
  app = await startRotatingApp()
  keepers = await startKeepers(app)
  keeper = keepers.keeper()
  const { db } = keepers.database
  await publishPlugin(
    { db, notifier: { notify: () => {}, notifyCatalogue: () => {} } },
    {
      slug: 'reader',
      name: 'Reader',
      summary: 'Reads and writes.',
      version: '1.0.0',
      connectors: [{ connector: CONNECTOR, scopes: ['read', 'write'], reason: 'To read and write.' }],
      skills: [
        {
          slug: 'read',
          name: 'Read',
          summary: 'Reads.',
          instructions: 'Read.',
          uses: [{ connector: CONNECTOR, scopes: ['read'] }],
        },
        {
          slug: 'write',
          name: 'Write',
          summary: 'Writes.',
          instructions: 'Write.',
          uses: [{ connector: CONNECTOR, scopes: ['write'] }],
        },
        { slug: 'think', name: 'Think', summary: 'Thinks.', instructions: 'Think.', uses: [] },
      ],
    },
  )
})
afterAll(async () => {
  await keepers[Symbol.asyncDispose]()
  await app[Symbol.asyncDispose]()
})
beforeEach(async () => {
  await keepers.database.db.user.deleteMany()
  Object.assign(app, { tokenCalls: 0, reuses: 0, identityCalls: 0 })
  app.beforeRefresh = app.afterRefresh = app.refusesRefresh = app.refusesIdentity = undefined
})

const refusalOf = async (issue: Promise<unknown>): Promise<AccessTokenUnavailableError> => {
  const error = await issue.then(
    () => new Error('it was issued'),
    (error) => error,
  )
  if (!(error instanceof AccessTokenUnavailableError)) throw error
  return error
}
const skill = (slug: string) => ({ pluginSlug: 'reader', slug })

test('every issued token appears in the user’s activity with its key and skill, but without the token itself', async () => {
  await keepers.connect('ada', fresh())
  const { accessToken, account, expiresInMs } = await keeper.issue('ada', { skill: skill('read') })
  expect(account).toEqual({ id: 'ada', label: 'ada@app.example' })
  expect(expiresInMs).toBeGreaterThan(HOUR - 60_000)
  const activity = await keepers.database.db.activity.findMany()
  expect(activity).toMatchObject([
    {
      userId: userIdOf(userOf('ada')),
      kind: 'TOKEN_ISSUED',
      connectorSlug: CONNECTOR,
      accountLabel: 'ada@app.example',
      apiKeyName: 'The runtime',
      skillSlug: 'read',
    },
  ])
  expect(JSON.stringify(activity)).not.toContain(accessToken)
  expect(keeper.heard).toContain(`tokenIssued ${CONNECTOR}`)
})

test('a token is not issued if the issue cannot be recorded', async () => {
  await keepers.connect('ada', fresh())
  const { sql } = keepers.database
  const deaf = keepers.keeper(() => ({
    sql: {
      ...sql,
      run: (statement, ...values) =>
        statement.text.includes('TOKEN_ISSUED')
          ? Promise.reject(new Error('the database went away'))
          : sql.run(statement, ...values),
    },
  }))
  await expect(deaf.issue('ada')).rejects.toThrow('the database went away')
})

test('a token is not issued, and nothing is recorded, if its connection is removed meanwhile', async () => {
  await keepers.connect('ada', fresh())
  const { db } = keepers.database
  let removed = false
  using _tap = keepers.database.tap(async (sql) => {
    if (removed || !sql.includes('TOKEN_ISSUED')) return
    removed = true
    await db.connection.deleteMany()
  })
  expect(await refusalOf(keeper.issue('ada'))).toMatchObject({ reason: 'NOT_CONNECTED' })
  expect(await db.activity.count()).toBe(0)
})

test('a fresh token takes one read and one write, and callers of one moment share both', async () => {
  await keepers.connect('ada', fresh())
  await keepers.connect('ben', fresh())
  await keeper.issue('ada') // the catalogue is in memory now
  const statements = await keepers.database.countStatements(async () => {
    const issued = await Promise.all(
      ['ada', 'ben', 'ada', 'nobody'].map((account) => keeper.issue(account).catch(() => null)),
    )
    expect(issued.map((token) => token?.account?.id)).toEqual(['ada', 'ben', 'ada', undefined])
  })
  expect(statements).toEqual([
    expect.stringContaining('FROM "ConnectionToken"'),
    expect.stringContaining('TOKEN_ISSUED'),
  ])
  expect(await keepers.database.db.activity.count()).toBe(4)
})

test.each([
  ['an unknown user', {}, 'NOT_CONNECTED', 'CONNECT'],
  ['a broken connection', { status: 'BROKEN', problemCode: 'ACCESS_REVOKED' }, 'CONNECTION_BROKEN', 'REAUTHORIZE'],
  ['an expired connection', { status: 'EXPIRED', problemCode: 'ACCESS_EXPIRED' }, 'CONNECTION_EXPIRED', 'REAUTHORIZE'],
  [
    'an expired token that cannot be refreshed',
    { refreshable: false, accessTokenExpiresAt: new Date(0) },
    'CONNECTION_EXPIRED',
    'REAUTHORIZE',
  ],
  [
    'a token that expires soon and cannot be refreshed',
    {
      refreshable: false,
      // Read when the test begins, because the tests before it may take longer than that.
      get accessTokenExpiresAt() {
        return new Date(Date.now() + 30_000)
      },
    },
    'LIFETIME_TOO_SHORT',
    null,
  ],
] as const)('%s yields a reason instead of a token', async (what, facts, reason, remedy) => {
  if (what !== 'an unknown user') await keepers.connect('ada', { ...fresh(), ...facts })
  expect(await refusalOf(keeper.issue('ada'))).toMatchObject({ reason, remedy })
  expect(keeper.heard).toContain(`tokenRefused ${CONNECTOR} ${reason}`)
  expect(await keepers.database.db.activity.count()).toBe(0)
})

test('a skill gets no token while its own scopes are missing, although another skill of the plugin does', async () => {
  await keepers.connect('ada', fresh())
  expect(await refusalOf(keeper.issue('ada', { skill: skill('write') }))).toMatchObject({
    reason: 'MISSING_SCOPES',
    remedy: 'GRANT_SCOPES',
    missingScopes: ['write'],
  })
  expect((await keeper.issue('ada', { skill: skill('read') })).version).toBe(1)
  await expect(keeper.issue('ada', { skill: skill('think') })).rejects.toThrow('Think doesn’t use Rotating')
  await expect(keeper.issue('ada', { skill: skill('sleep') })).rejects.toThrow('This skill doesn’t exist')
})

test('with several accounts, the setup decides which one is used, and Patchbay never guesses', async () => {
  const { db } = keepers.database
  const work = await keepers.connect('ada', fresh())
  const home = await keepers.connect('ada', { ...fresh(), accountId: 'home', accountLabel: 'home' })
  expect(await refusalOf(keeper.issue('ada'))).toMatchObject({ reason: 'AMBIGUOUS_CONNECTION', remedy: null })
  expect((await keeper.issue('ada', { connectionId: home })).connectionId).toBe(home)
  expect((await keeper.issue('ada', { skill: skill('read') })).connectionId).toBe(work)
  const userId = userIdOf(userOf('ada'))
  const setupId = setupIdOf(userId, 'reader')
  await db.setup.create({ data: { id: setupId, userId, pluginSlug: 'reader', startedAt: new Date() } })
  const binding = { setupId, connectorSlug: CONNECTOR, boundAt: new Date(), authorized: false }
  await db.stepBinding.create({ data: { ...binding, connectionId: home } })
  expect((await keeper.issue('ada', { setupId })).connectionId).toBe(home)
  expect((await keeper.issue('ada', { skill: skill('read') })).connectionId).toBe(home)
  await db.connection.delete({ where: { id: home } })
  expect(await refusalOf(keeper.issue('ada', { setupId }))).toMatchObject({ reason: 'NOT_CONNECTED' })
})

test('issuing for another user’s setup or connection fails as if it did not exist', async () => {
  await keepers.connect('ada', fresh())
  const other = await keepers.connect('ben', fresh())
  const setupId = setupIdOf(userIdOf(userOf('ben')), 'reader')
  await keepers.database.db.setup.create({
    data: { id: setupId, userId: userIdOf(userOf('ben')), pluginSlug: 'reader', startedAt: new Date() },
  })
  await expect(keeper.issue('ada', { connectionId: other })).rejects.toThrow('connection doesn’t exist')
  await expect(keeper.issue('ada', { setupId })).rejects.toThrow('setup doesn’t exist')
  await expect(keeper.issue('ada', { connectorSlug: 'nothing' })).rejects.toThrow('connector doesn’t exist')
})

test('a token that the app refused is refreshed once, however many callers report it', async () => {
  await keepers.connect('ada', fresh())
  const issued = await Promise.all([1, 2, 3, 4].map(() => keeper.issue('ada', { rejectedVersion: 1 })))
  expect(issued.map(({ version }) => version)).toEqual([2, 2, 2, 2])
  expect(app).toMatchObject({ tokenCalls: 1, reuses: 0 })
  expect((await keeper.issue('ada', { rejectedVersion: 1 })).version).toBe(2)
  expect(app.tokenCalls).toBe(1)
})

test('a refused token that cannot be refreshed is checked, and either issued again or its connection breaks', async () => {
  await keepers.connect('ada', { ...fresh(), refreshable: false })
  expect((await keeper.issue('ada', { rejectedVersion: 1 })).version).toBe(1)
  app.revoke('ada')
  expect(await refusalOf(keeper.issue('ada', { rejectedVersion: 1 }))).toMatchObject({ reason: 'CONNECTION_BROKEN' })
  expect(await keepers.connection('ada')).toMatchObject({ status: 'BROKEN', problemCode: 'ACCESS_REVOKED' })
})

test('a refused token that cannot be refreshed is not issued again while the app is unavailable', async () => {
  await keepers.connect('ada', { ...fresh(), refreshable: false })
  app.refusesIdentity = answersWith(503, {}, { 'retry-after': '45' })
  expect(await refusalOf(keeper.issue('ada', { rejectedVersion: 1 }))).toMatchObject({
    reason: 'APP_UNAVAILABLE',
    remedy: 'WAIT',
    retryAfterSeconds: 45,
  })
  expect((await keeper.issue('ada')).version).toBe(1) // for callers that didn't see it rejected
})

test('G21: one connection’s tokens are renewed only so often in a minute, however often they are reported as refused', async () => {
  const limited = keepers.keeper(undefined, { refreshesPerMinute: 6 })
  await keepers.connect('ada', fresh())
  await keepers.connect('ben', fresh())
  for (let version = 1; version <= 6; version++) {
    expect((await limited.issue('ada', { rejectedVersion: version })).version).toBe(version + 1)
  }
  const refused = limited.issue('ada', { rejectedVersion: 7 })
  await expect(refused).rejects.toMatchObject({ name: 'RateLimitedError', limit: 'refreshes' })
  expect(app.tokenCalls).toBe(6)
  expect((await limited.issue('ada')).version).toBe(7)
  expect((await limited.issue('ben', { rejectedVersion: 1 })).version).toBe(2)
})

test('G21: callers who ask again and again while an app is unavailable are told so, because the app isn’t asked', async () => {
  const limited = keepers.keeper(undefined, { refreshesPerMinute: 2 })
  await keepers.connect('ada')
  app.refusesRefresh = answersWith(503, {}, { 'retry-after': '600' })
  for (let index = 0; index < 5; index++) {
    expect(await refusalOf(limited.issue('ada'))).toMatchObject({ reason: 'APP_UNAVAILABLE' })
  }
  expect(app.tokenCalls).toBe(1)
  await keepers.database.db.providerPause.deleteMany()
})

test('G21: an app is asked only so often in a minute about a refused token that can’t be renewed', async () => {
  const limited = keepers.keeper(undefined, { refreshesPerMinute: 2 })
  await keepers.connect('ada', { ...fresh(), refreshable: false })
  const report = () => limited.issue('ada', { rejectedVersion: 1 })
  expect([(await report()).version, (await report()).version]).toEqual([1, 1])
  await expect(report()).rejects.toMatchObject({ name: 'RateLimitedError', limit: 'refreshes' })
  expect((await limited.issue('ada')).version).toBe(1)
})

test('the first issue that needs a refresh after access is revoked finds the connection broken', async () => {
  await keepers.connect('ada')
  app.revoke('ada')
  expect(await refusalOf(keeper.issue('ada'))).toMatchObject({ reason: 'CONNECTION_BROKEN', remedy: 'REAUTHORIZE' })
})

test('a lifetime that the app’s tokens never have is refused without asking the app', async () => {
  await keepers.connect('ada', { accessTokenIssuedAt: new Date(), accessTokenExpiresAt: new Date(Date.now() + 90_000) })
  expect(await refusalOf(keeper.issue('ada', { minTtlSeconds: 600 }))).toMatchObject({ reason: 'LIFETIME_TOO_SHORT' })
  expect(app.tokenCalls).toBe(0)
})

test.each([-1, 3_601])('a minTtlSeconds of %i is refused, and no token is issued', async (seconds) => {
  await keepers.connect('ada', fresh())
  await expect(keeper.issue('ada', { minTtlSeconds: seconds })).rejects.toMatchObject({
    name: 'InvalidInputError',
    faults: [{ path: 'minTtlSeconds', message: 'must be between 0 and 3600' }],
  })
  expect(app.tokenCalls).toBe(0)
  expect(await keepers.database.db.activity.count()).toBe(0)
})

test('T4: while the key is missing, issuing fails with VAULT_UNAVAILABLE and the connection remains LIVE', async () => {
  await keepers.connect('ada')
  const locked = keepers.keeper(({ vault }) => ({
    vault: { ...vault, open: () => Promise.reject(new VaultError('UNKNOWN_KEY', { keyId: 'gone' })) },
  }))
  await locked.refresher.refreshDue()
  expect(app.tokenCalls).toBe(0)
  await keepers.database.db.connection.updateMany({ data: { ...fresh(), refreshAttempts: 0 } })
  expect(await refusalOf(locked.issue('ada'))).toMatchObject({ reason: 'VAULT_UNAVAILABLE', remedy: 'ASK_OPERATOR' })
  expect(await keepers.connection('ada')).toMatchObject({ status: 'LIVE', problemCode: null, refreshStartedAt: null })
  expect((await keeper.issue('ada')).version).toBe(1)
})

test('a connector without credentials issues no tokens, even for live connections', async () => {
  await keepers.connect('ada', fresh())
  const { db } = keepers.database
  const credential = await db.connectorCredential.findFirstOrThrow()
  await db.connectorCredential.deleteMany()
  await db.catalogue.updateMany({ data: { revision: { increment: 1 } } })
  expect(await refusalOf(keeper.issue('ada'))).toMatchObject({
    reason: 'CONNECTOR_UNAVAILABLE',
    remedy: 'ASK_OPERATOR',
  })
  await db.connectorCredential.create({ data: credential })
  await db.catalogue.updateMany({ data: { revision: { increment: 1 } } })
})

test('a refusal says how long the app asked to wait', async () => {
  await keepers.connect('ada')
  app.refusesRefresh = answersWith(503, {}, { 'retry-after': new Date(Date.now() + 90_000).toUTCString() })
  const refusal = await refusalOf(keeper.issue('ada'))
  expect(refusal).toMatchObject({ reason: 'APP_UNAVAILABLE', remedy: 'WAIT' })
  expect(refusal.retryAfterSeconds).toBeGreaterThan(80)
  await keepers.database.db.providerPause.deleteMany()
})

test('a token is not issued for a user of an issuer that isn’t configured', async () => {
  await keepers.connect('ada', fresh())
  const user = { ...userOf('ada'), issuer: 'https://typo.example' }
  await expect(keeper.issue('ada', { user })).rejects.toMatchObject({
    name: 'InvalidInputError',
    faults: [{ path: 'user.issuer', message: expect.stringContaining('Pass https://host.example, or leave it out') }],
  })
})

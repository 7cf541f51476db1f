import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { openTokens } from '../../../../src/domain/credential/tokens.js'
import { AccessTokenUnavailableError } from '../../../../src/domain/token/token-unavailable.js'
import { CONNECTOR, described } from '../../../support/insert-connection.js'
import { type Keeper, type Keepers, ORGANIZATION, startKeepers } from '../../../support/keepers.js'
import { type Answer, answersWith, type RotatingApp, startRotatingApp } from '../../../support/rotating-app.js'

let app: RotatingApp
let keepers: Keepers
beforeAll(async () => {
  app = await startRotatingApp()
  keepers = await startKeepers(app)
})
afterAll(async () => {
  await keepers[Symbol.asyncDispose]()
  await app[Symbol.asyncDispose]()
})
beforeEach(async () => {
  const { db } = keepers.database
  await db.user.deleteMany()
  await db.revocation.deleteMany()
  await db.providerPause.deleteMany()
  Object.assign(app, { tokenCalls: 0, reuses: 0, accessTokenSeconds: 3_600 })
  app.beforeRefresh = app.afterRefresh = app.refusesRefresh = app.writesTokens = undefined
})

const says =
  (status: number, type: string, text: string): Answer =>
  (_request, response) =>
    void response.writeHead(status, { 'content-type': type }).end(text)

/** Ends every pause, and moves what was recorded into the past. */
const pass = (minutes: number) =>
  keepers.database.db.$executeRawUnsafe(
    `UPDATE "Connection" SET "refreshDueAt" = now() - interval '1 millisecond',
      "refreshRefusedSince" = "refreshRefusedSince" - interval '${minutes} minutes',
      "accessTokenIssuedAt" = "accessTokenIssuedAt" - interval '${minutes} minutes'`,
  )

async function refresh(keeper: Keeper, times: number, minutesBetween: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    if (time > 0) await pass(minutesBetween)
    await keeper.refresher.refreshDue()
  }
}

describe('R10: an app that says that a grant is dead', () => {
  test.each<[string, Answer]>([
    ['in plain text', says(400, 'text/plain', 'invalid_grant')],
    ['in a list', answersWith(400, { errors: ['invalid_grant - revoked'] })],
    ['as a status', answersWith(400, { status: 'BAD_REFRESH_TOKEN' })],
    ['with 200', answersWith(200, { error: 'bad_refresh_token' })],
  ])('%s: the connection breaks right away and subscribers are notified', async (_what, answer) => {
    await keepers.connect('ada')
    app.refusesRefresh = answer
    const notify = vi.fn()
    const keeper = keepers.keeper(() => ({ notifier: { notify, notifyCatalogue: notify } }))
    const refused = await keeper.issue('ada').catch((error) => error)
    expect(refused).toMatchObject({ reason: 'CONNECTION_BROKEN', remedy: 'REAUTHORIZE' })
    expect(await keepers.connection('ada')).toMatchObject({ status: 'BROKEN', problemCode: 'ACCESS_REVOKED' })
    expect(notify).toHaveBeenCalledTimes(1)
  })

  test.each<[string, Answer]>([
    ['plain text', says(400, 'text/plain', 'Bad request')],
    ['404', answersWith(404, { message: 'Not found' })],
    ['200 without a token', answersWith(200, { nothing: true })],
    ['Meta’s error', answersWith(400, { error: { code: 190, type: 'OAuthException' } })],
    ['401 invalid_token', answersWith(401, { error: 'invalid_token' })],
    ['401 without a body', says(401, 'text/plain', '')],
  ])('with %s: the connection breaks after five refusals over six hours, and not before', async (_what, answer) => {
    await keepers.connect('ada')
    app.refusesRefresh = answer
    const notify = vi.fn()
    const keeper = keepers.keeper(() => ({ notifier: { notify, notifyCatalogue: notify } }))
    await refresh(keeper, 4, 120)
    expect(await keepers.connection('ada')).toMatchObject({ status: 'LIVE', refreshRefusals: 4 })
    await pass(0)
    expect(await keeper.issue('ada').catch((error) => error)).toMatchObject({ remedy: 'REAUTHORIZE' })
    expect(await keepers.connection('ada')).toMatchObject({
      status: 'BROKEN',
      problemCode: 'RENEWAL_REFUSED',
      refreshRefusals: 0,
      refreshRefusedSince: null,
    })
    expect(notify).toHaveBeenCalledTimes(1)
    expect(await keepers.database.db.activity.findMany()).toMatchObject([
      { kind: 'CONNECTION_BROKEN', detail: 'RENEWAL_REFUSED' },
    ])
  })

  test('many refusals in a short time break nothing', async () => {
    await keepers.connect('ada')
    app.refusesRefresh = answersWith(404, {})
    await refresh(keepers.keeper(), 20, 5)
    expect(await keepers.connection('ada')).toMatchObject({ status: 'LIVE', refreshRefusals: 20 })
  })

  test('a refresh that works starts the count again', async () => {
    await keepers.connect('ada')
    const keeper = keepers.keeper()
    app.refusesRefresh = answersWith(404, {})
    await refresh(keeper, 4, 120)
    app.refusesRefresh = undefined
    await pass(120)
    expect(await keeper.refresher.refreshDue()).toBe(1)
    expect(await keepers.connection('ada')).toMatchObject({ refreshRefusals: 0, refreshRefusedSince: null })
  })

  test('R4: outages in between neither count nor break anything', async () => {
    await keepers.connect('ada')
    const keeper = keepers.keeper()
    app.refusesRefresh = answersWith(404, {})
    await refresh(keeper, 4, 120)
    for (const outage of [
      says(502, 'text/html', '<h1>Bad gateway</h1>'),
      says(404, 'text/html', '<h1>Not found</h1>'),
      says(200, 'text/html', '<h1>Welcome</h1>'),
      answersWith(429, {}),
      answersWith(403, {}, { 'retry-after': '1' }),
    ] satisfies Answer[]) {
      app.refusesRefresh = outage
      await keepers.database.db.providerPause.deleteMany()
      await pass(120)
      await keeper.refresher.refreshDue()
    }
    expect(await keepers.connection('ada')).toMatchObject({ status: 'LIVE', refreshRefusals: 4, refreshAttempts: 9 })
  })
})

describe('R6, R10: an app that refuses the client', () => {
  /** Refuses this account, and no one else. */
  function refuseOnly(account: string, answer: Answer) {
    const refreshToken = app.grantOf(account)?.refreshToken ?? ''
    app.refusesTokens = new Map([[refreshToken, answer]])
  }

  test.each<[string, Answer]>([
    [
      'Atlassian’s 403',
      answersWith(403, { error: 'unauthorized_client', error_description: 'refresh_token is invalid' }),
    ],
    ['401 invalid_client', answersWith(401, { error: 'invalid_client' })],
    ['404', answersWith(404, {})],
  ])('for one grant with %s while it accepts it for others: this grant ends', async (_what, answer) => {
    await keepers.connect('ada')
    refuseOnly('ada', answer)
    const keeper = keepers.keeper()
    await refresh(keeper, 4, 20)
    expect(await keepers.connection('ada')).toMatchObject({ status: 'LIVE', refreshRefusals: 4 })
    await keepers.connect('ben', { accessTokenIssuedAt: new Date(0) })
    await pass(0)
    await keeper.refresher.refreshDue() // in either order: a refusal counts the refreshes that others have stored by then
    await pass(0)
    await keeper.refresher.refreshDue()
    expect(await keepers.connection('ben')).toMatchObject({ status: 'LIVE' })
    expect(await keepers.connection('ada')).toMatchObject({ status: 'BROKEN', problemCode: 'RENEWAL_REFUSED' })
  })

  test.each(['invalid_client', 'unauthorized_client'])(
    'for everyone with %s: no connection breaks, and an operator is alerted',
    async (error) => {
      for (const name of ['ada', 'ben', 'cem']) await keepers.connect(name)
      app.refusesRefresh = answersWith(401, { error })
      const keeper = keepers.keeper()
      await refresh(keeper, 12, 120)
      for (const name of ['ada', 'ben', 'cem']) expect(await keepers.connection(name)).toMatchObject({ status: 'LIVE' })
      expect(keeper.heard.filter((line) => line === `clientRefused rotating ${error}`)).toHaveLength(36)
    },
  )

  test('accepted for others only before the first refusal, as after a secret was replaced: nothing breaks', async () => {
    await keepers.connect('ben')
    const keeper = keepers.keeper()
    await keeper.refresher.refreshDue()
    await keepers.connect('ada')
    refuseOnly('ada', answersWith(401, { error: 'invalid_client' }))
    await refresh(keeper, 6, 0)
    await keepers.database.db.$executeRaw`UPDATE "Connection" SET "refreshRefusedSince" = now() - interval '1 hour'
      WHERE "refreshRefusals" > 0`
    await keepers.database.db.$executeRaw`UPDATE "Connection" SET "accessTokenIssuedAt" = now() - interval '2 hours'
      WHERE "refreshRefusals" = 0`
    await pass(0)
    await keepers.database.db.$executeRaw`UPDATE "Connection" SET "refreshDueAt" = NULL WHERE "refreshRefusals" = 0`
    await keeper.refresher.refreshDue()
    expect(await keepers.connection('ada')).toMatchObject({ status: 'LIVE', refreshRefusals: 7 })
  })

  test('changed settings start the count again, and the refresh is tried right away', async () => {
    await keepers.connect('ada')
    app.refusesRefresh = answersWith(404, {})
    const keeper = keepers.keeper()
    await refresh(keeper, 4, 120)
    await keepers.configure(CONNECTOR, app)
    expect(await keepers.connection('ada')).toMatchObject({ refreshRefusals: 0, refreshRefusedSince: null })
    app.refusesRefresh = undefined
    expect((await keeper.issue('ada')).version).toBe(2)
  })
})

describe('R9: a good response to a refresh in an odd form', () => {
  /** The members that the app answers with, given its new tokens. */
  type Writes = NonNullable<RotatingApp['writesTokens']>

  test.each<[string, Writes]>([
    ['null members', (tokens) => ({ ...tokens, scope: null, expires_in: null, id_token: null })],
    ['a lifetime that means nothing', (tokens) => ({ ...tokens, expires_in: -5 })],
    ['an endless lifetime', (tokens) => ({ ...tokens, expires_in: 1e308 })],
    ['a scope that is an object', (tokens) => ({ ...tokens, scope: { read: true } })],
    ['an empty scope', (tokens) => ({ ...tokens, scope: '' })],
    ['a list of scopes', (tokens) => ({ ...tokens, scope: ['read'] })],
    ['no token type', ({ token_type: _, ...tokens }) => tokens],
    ['camel case', (tokens) => ({ accessToken: tokens.access_token, refreshToken: tokens.refresh_token })],
    ['a form', (tokens) => `access_token=${tokens.access_token}&refresh_token=${tokens.refresh_token}`],
  ])('%s: the new tokens are used', async (_what, writes) => {
    await keepers.connect('ada')
    app.writesTokens = writes
    const keeper = keepers.keeper()
    expect(await keeper.issue('ada')).toMatchObject({
      accessToken: app.grantOf('ada')?.accessToken,
      version: 2,
      scopes: ['read'],
    })
    app.writesTokens = undefined
    await pass(0)
    await keepers.database.db.connection.updateMany({ data: { refreshDueAt: new Date(0) } })
    expect(await keeper.refresher.refreshDue()).toBe(1)
    expect(app).toMatchObject({ tokenCalls: 2, reuses: 0 })
  })

  test.each<[string, Writes]>([
    ['a token type that needs a key', (tokens) => ({ ...tokens, token_type: 'DPoP' })],
    ['tokens nested where no one looks', (tokens) => ({ result: { tokens } })],
    ['a response cut off in the middle', (tokens) => `{"refresh_token":"${tokens.refresh_token}","access_to`],
    ['a list of two', (tokens) => [tokens, tokens]],
  ])(
    '%s: the new refresh token is kept and used next, and no one is told that access was revoked',
    async (_what, writes) => {
      await keepers.connect('ada')
      app.writesTokens = writes
      const keeper = keepers.keeper()
      const unavailable = await keeper.issue('ada').catch((error) => error)
      expect(unavailable).toBeInstanceOf(AccessTokenUnavailableError)
      expect(unavailable).toMatchObject({ reason: 'APP_UNAVAILABLE', remedy: 'WAIT' })
      await refresh(keeper, 6, 120)
      expect(await keepers.connection('ada')).toMatchObject({ status: 'LIVE', tokenVersion: 1, refreshRefusals: 0 })
      app.writesTokens = undefined
      await pass(0)
      expect(await keeper.issue('ada')).toMatchObject({ accessToken: app.grantOf('ada')?.accessToken, version: 2 })
      expect(app.reuses).toBe(0)
    },
  )

  test('corrected settings read the kept response, and the app isn’t asked again', async () => {
    const id = await keepers.connect('ada')
    const writes: Writes = (tokens) => ({ token: tokens.access_token, renewal: tokens.refresh_token, ttl: 3_600 })
    app.writesTokens = writes
    const keeper = keepers.keeper()
    await keeper.refresher.refreshDue()
    const { userId } = await keepers.database.db.connection.findUniqueOrThrow({ where: { id } })
    const { sealed } = await keepers.database.db.connectionToken.findUniqueOrThrow({ where: { connectionId: id } })
    expect(Buffer.from(sealed).toString('latin1')).not.toContain('renewal')
    const owner = { organization: ORGANIZATION, userId, recordId: id }
    expect((await openTokens(keepers.vault, owner, sealed)).unread?.text).toContain('renewal')
    expect(((await keepers.connection('ada')).refreshDueAt as Date).getTime()).toBeGreaterThan(Date.now() + 14 * 60_000)

    await keepers.configure(CONNECTOR, app, undefined, {
      ...described(app),
      tokenResponse: { renamed: { access_token: 'token', refresh_token: 'renewal', expires_in: 'ttl' } },
    })
    expect(await keeper.issue('ada')).toMatchObject({ accessToken: app.grantOf('ada')?.accessToken, version: 2 })
    expect(app).toMatchObject({ tokenCalls: 1, reuses: 0 })
    await keepers.database.db.connection.updateMany({ data: { refreshDueAt: new Date(0) } })
    expect(await keeper.refresher.refreshDue()).toBe(1)
    expect(app).toMatchObject({ tokenCalls: 2, reuses: 0 })
    await keepers.configure(CONNECTOR, app)
  })

  test('a grant that ended because its old refresh token was used again is interrupted, not revoked', async () => {
    await keepers.connect('ada')
    app.writesTokens = (tokens) => ({ token: tokens.access_token, renewal: tokens.refresh_token })
    const keeper = keepers.keeper()
    await keeper.refresher.refreshDue()
    await pass(0)
    await keeper.refresher.refreshDue()
    expect(await keepers.connection('ada')).toMatchObject({ status: 'BROKEN', problemCode: 'REFRESH_INTERRUPTED' })
  })

  test('a user who disconnects while a response is kept has its refresh token revoked', async () => {
    await keepers.connect('ada')
    app.writesTokens = (tokens) => ({ ...tokens, token_type: 'mac' })
    app.afterRefresh = async () => void (await keepers.database.db.connection.deleteMany())
    await keepers.keeper().refresher.refreshDue()
    const [revocation] = await keepers.database.db.revocation.findMany()
    if (!revocation) return expect.unreachable('nothing is revoked')
    expect(await openTokens(keepers.vault, revocation, revocation.sealed)).toMatchObject({
      refreshToken: app.grantOf('ada')?.refreshToken,
    })
  })

  test('R8: a response is kept although the database fails at first', async () => {
    await keepers.connect('ada')
    app.writesTokens = (tokens) => ({ ...tokens, token_type: 'mac' })
    let failures = 0
    const keeper = keepers.keeper(({ sql }) => ({
      sql: {
        ...sql,
        async run(statement, ...values) {
          if (statement.name === 'keep-unread' && failures++ < 1) throw new Error('the database went away')
          return sql.run(statement, ...values)
        },
      },
    }))
    await keeper.refresher.refreshDue()
    expect(keeper.heard.filter((line) => line.startsWith('tokensHeld'))).toHaveLength(1)
    app.writesTokens = undefined
    await pass(0)
    expect((await keeper.issue('ada')).version).toBe(2)
    expect(app.reuses).toBe(0)
  })
})

describe('a token without a lifetime', () => {
  test('is renewed when a runtime reports that the app rejects it', async () => {
    await keepers.connect('ada', { accessTokenExpiresAt: null, refreshDueAt: null })
    const keeper = keepers.keeper()
    const first = await keeper.issue('ada')
    expect(first).toMatchObject({ version: 1, expiresInMs: null })
    expect(await keeper.issue('ada', { rejectedVersion: 1 })).toMatchObject({ version: 2 })
    expect(app.tokenCalls).toBe(1)
  })

  test('is refreshed in time if the provider’s data says how long its tokens last', async () => {
    await keepers.configure(CONNECTOR, app, undefined, {
      ...described(app),
      tokenResponse: { accessTokenLifetime: 7_200 },
    })
    await keepers.connect('ada')
    app.writesTokens = ({ expires_in: _, ...tokens }) => tokens
    await keepers.keeper().refresher.refreshDue()
    const { accessTokenExpiresAt, refreshDueAt } = (await keepers.connection('ada')) as unknown as Record<string, Date>
    expect(accessTokenExpiresAt?.getTime()).toBeGreaterThan(Date.now() + 7_000_000)
    expect(refreshDueAt?.getTime()).toBeLessThan(Date.now() + 7_200_000)
    await keepers.configure(CONNECTOR, app)
  })
})

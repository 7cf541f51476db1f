import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Deps } from '../../../../src/domain/deps.js'
import { AccessTokenUnavailableError } from '../../../../src/domain/token/token-unavailable.js'
import { createGuardedFetch } from '../../../../src/outbound/guarded-fetch.js'
import { createOAuthClient } from '../../../../src/outbound/oauth-client.js'
import { count, record } from '../../../support/counts.js'
import { CONNECTOR, insertConnection } from '../../../support/insert-connection.js'
import { type Keeper, type Keepers, startKeepers, userOf } from '../../../support/keepers.js'
import { answersWith, type RotatingApp, startRotatingApp } from '../../../support/rotating-app.js'

const MINUTE = 60_000

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
  Object.assign(app, { tokenCalls: 0, reuses: 0, identityCalls: 0, mostAtATime: 0, accessTokenSeconds: 3_600 })
  app.beforeRefresh = app.afterRefresh = app.refusesRefresh = app.refusesIdentity = undefined
})

const accounts = (length: number) => Array.from({ length }, (_, index) => `account-${index}`)
const elapse = (column: string, ms: number) =>
  keepers.database.db.$executeRawUnsafe(
    `UPDATE "Connection" SET "${column}" = "${column}" - interval '${ms} milliseconds' WHERE "${column}" IS NOT NULL`,
  )
/** Ends every pause after failures. */
const nowDue = () => keepers.database.db.connection.updateMany({ data: { refreshDueAt: new Date(0) } })
const reasonOf = (issue: Promise<unknown>) =>
  issue.then(
    () => 'ISSUED',
    (error) => {
      if (!(error instanceof AccessTokenUnavailableError)) throw error
      return error.reason
    },
  )

test('R1: many callers at four instances cause one refresh per token, and no refresh token is used twice', {
  timeout: 300_000,
}, async () => {
  const names = accounts(count(200, 10))
  const callers = count(5_000, 80)
  for (const name of names) await keepers.connect(name)
  const instances = [1, 2, 3, 4].map(() => keepers.keeper())
  const due = instances.map(({ refresher }) => refresher.refreshDue())
  const issued = await Promise.all(
    Array.from({ length: callers }, (_, caller) => {
      const instance = instances[Math.floor(caller / names.length) % instances.length]
      return instance?.issue(names[caller % names.length] ?? '')
    }),
  )
  await Promise.all(due)
  expect(app.tokenCalls).toBe(names.length)
  expect(app.reuses).toBe(0)
  expect(app.mostAtATime).toBeLessThanOrEqual(10)
  expect(new Set(issued.map((token) => token?.accessToken)).size).toBe(names.length)
  record('R1', 'callers at four instances that all want tokens about to expire', {
    callers,
    connections: names.length,
    'token calls': app.tokenCalls,
    'refresh tokens used twice': app.reuses,
  })
  for (const name of names) {
    expect(await keepers.connection(name)).toMatchObject({
      status: 'LIVE',
      tokenVersion: 2,
      refreshLeaseUntil: null,
      refreshStartedAt: null,
      refreshAttempts: 0,
    })
  }
})

test('a token that lives long enough is issued without asking the app', async () => {
  await keepers.connect('ada', { accessTokenExpiresAt: new Date(Date.now() + 10 * MINUTE) })
  const keeper = keepers.keeper()
  const issued = await keeper.issue('ada')
  expect(issued).toMatchObject({ accessToken: app.grantOf('ada')?.accessToken, version: 1, scopes: ['read'] })
  expect(app.tokenCalls).toBe(0)
  expect((await keeper.issue('ada', { minTtlSeconds: 900 })).version).toBe(2)
  expect(app.tokenCalls).toBe(1)
})

test('a due refresh is silent: it records an activity and schedules the next one, but raises no revision', async () => {
  await keepers.connect('ada')
  const { db } = keepers.database
  const before = await db.user.findFirstOrThrow()
  const rings = vi.fn()
  const keeper = keepers.keeper(() => ({ notifier: { notify: rings, notifyCatalogue: rings } }))
  expect(await keeper.refresher.refreshDue()).toBe(1)
  expect(await keeper.refresher.refreshDue()).toBe(0)
  const connection = (await keepers.connection('ada')) as unknown as { refreshDueAt: Date; accessTokenExpiresAt: Date }
  const margin = connection.accessTokenExpiresAt.getTime() - connection.refreshDueAt.getTime()
  expect(margin).toBeGreaterThanOrEqual(12 * MINUTE * 0.8)
  expect(margin).toBeLessThanOrEqual(12 * MINUTE * 1.2)
  expect((await db.user.findFirstOrThrow()).revision).toBe(before.revision)
  expect(rings).not.toHaveBeenCalled()
  expect(await db.activity.findMany({ select: { kind: true, connectorSlug: true, accountLabel: true } })).toEqual([
    { kind: 'CONNECTION_REFRESHED', connectorSlug: 'rotating', accountLabel: 'ada@app.example' },
  ])
})

describe('R3: an instance paused during a refresh', () => {
  /** Stops a refresh at a given point, lets others act, and continues it. */
  async function stopped(
    where: 'before the request' | 'before the commit',
    meanwhile: (other: Keeper) => Promise<void>,
  ) {
    let arrive = () => {}
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve
    })
    let goOn = () => {}
    const paused = new Promise<void>((resolve) => {
      goOn = resolve
    })
    const pause = async () => {
      arrive()
      await paused
    }
    let late = false
    const clock = vi.spyOn(performance, 'now')
    const real = clock.getMockImplementation() ?? Date.now
    clock.mockImplementation(() => real() + (late ? MINUTE : 0))
    const first = keepers.keeper(({ oauth, vault }) => ({
      vault: {
        ...vault,
        open: async (sealed, binding) => {
          if (where === 'before the request' && binding.field === 'connection.tokens') await pause()
          return vault.open(sealed, binding)
        },
      },
      oauth: {
        ...oauth,
        refresh: async (target, token, scopes) => {
          const tokens = await oauth.refresh(target, token, scopes)
          if (where === 'before the commit') await pause()
          return tokens
        },
      },
    }))
    const refreshing = first.refresher.refreshDue()
    await arrived
    await elapse('refreshLeaseUntil', MINUTE) // as if a minute had passed
    late = true
    await meanwhile(keepers.keeper())
    goOn()
    await refreshing
    clock.mockRestore()
    return first
  }

  test('sends no request on resuming if another instance has refreshed meanwhile', async () => {
    await keepers.connect('ada')
    const first = await stopped('before the request', async (other) => {
      expect(await other.refresher.refreshDue()).toBe(1)
    })
    expect(app).toMatchObject({ tokenCalls: 1, reuses: 0 })
    expect(first.heard.some((line) => line.includes('overtaken'))).toBe(true)
    expect(await keepers.connection('ada')).toMatchObject({ status: 'LIVE', tokenVersion: 2 })
    expect((await keepers.keeper().issue('ada')).accessToken).toBe(app.grantOf('ada')?.accessToken)
  })

  test('stores the answer it already had if no other instance has used the refresh token', async () => {
    await keepers.connect('ada', { accessTokenExpiresAt: new Date(Date.now() + 4 * MINUTE) })
    await stopped('before the commit', async (other) => {
      expect(await other.refresher.refreshDue()).toBe(0)
    })
    expect(app).toMatchObject({ tokenCalls: 1, reuses: 0 })
    expect(await keepers.connection('ada')).toMatchObject({ status: 'LIVE', tokenVersion: 2 })
    expect((await keepers.keeper().issue('ada')).accessToken).toBe(app.grantOf('ada')?.accessToken)
  })

  test('does not overwrite newer tokens, and revokes its own', async () => {
    await keepers.connect('ada')
    await stopped('before the commit', async () => {
      await keepers.database.db.connection.updateMany({
        data: { tokenVersion: 7, refreshDueAt: new Date(Date.now() + MINUTE) },
      }) // authorized again
    })
    expect(await keepers.connection('ada')).toMatchObject({ status: 'LIVE', tokenVersion: 7 })
    expect(await keepers.database.db.revocation.count()).toBe(1)
  })

  test('revives a connection that was given up as interrupted, and has it checked with the app immediately', async () => {
    await keepers.connect('ada')
    await stopped('before the commit', async (other) => {
      // The token is about to expire, so the others have to try, and their refresh token is used up by then.
      expect(await reasonOf(other.issue('ada'))).toBe('CONNECTION_BROKEN')
      expect(await keepers.connection('ada')).toMatchObject({ status: 'BROKEN', problemCode: 'REFRESH_INTERRUPTED' })
    })
    expect(await keepers.connection('ada')).toMatchObject({ status: 'LIVE', tokenVersion: 2, problemCode: null })
    // This app ends a grant whose old refresh token is used again, so it is over in the end.
    const keeper = keepers.keeper()
    await keeper.checkDue()
    expect(await keepers.connection('ada')).toMatchObject({ status: 'BROKEN', problemCode: 'ACCESS_REVOKED' })
  })
})

describe('R4: an app that fails', () => {
  const fails: [string, Partial<RotatingApp> | 'unreachable' | 'silent'][] = [
    ['503', { refusesRefresh: answersWith(503, {}) }],
    ['429 with Retry-After', { refusesRefresh: answersWith(429, {}, { 'retry-after': '120' }) }],
    ['500 with invalid_grant', { refusesRefresh: answersWith(500, { error: 'invalid_grant' }) }],
    ['400 temporarily_unavailable', { refusesRefresh: answersWith(400, { error: 'temporarily_unavailable' }) }],
    ['answers without a token', { refusesRefresh: answersWith(200, { nothing: true }) }],
    ['reset connections', { refusesRefresh: (request) => request.socket.destroy() }],
    ['failed DNS lookups', 'unreachable'],
    ['requests that time out', 'silent'],
  ]
  test.each(fails)(
    'is asked a bounded number of times during an hour of %s, and no connection breaks',
    async (what, failure) => {
      await keepers.connect('ada')
      const impatient = createGuardedFetch({ allowPrivate: true, timeoutMs: 100 })
      const keeper = keepers.keeper(({ oauth }) =>
        failure === 'silent'
          ? { oauth: createOAuthClient(impatient.fetch, { allowInsecure: true }) }
          : failure === 'unreachable'
            ? {
                oauth: {
                  ...oauth,
                  refresh: (target, token, scopes) => {
                    app.tokenCalls++
                    const tokenUrl = 'http://no-such-host.invalid/token'
                    return oauth.refresh({ ...target, provider: { ...target.provider, tokenUrl } }, token, scopes)
                  },
                },
              }
            : {},
      )
      if (failure === 'silent') app.refusesRefresh = () => {}
      else if (failure !== 'unreachable') Object.assign(app, failure)
      for (let minute = 0; minute < 60; minute++) {
        await keeper.refresher.refreshDue()
        expect(await reasonOf(keeper.issue('ada'))).toBe('APP_UNAVAILABLE')
        await elapse('refreshDueAt', MINUTE)
        await keepers.database.db.$executeRaw`UPDATE "ProviderPause" SET until = until - interval '1 minute'`
      }
      expect(await keepers.connection('ada')).toMatchObject({ status: 'LIVE', problemCode: null, tokenVersion: 1 })
      expect(app.tokenCalls).toBeGreaterThan(3)
      expect(app.tokenCalls).toBeLessThanOrEqual(60)
      await impatient.close()
      record('R4', `an hour of ${what}`, { 'token calls': app.tokenCalls, broken: 0 })
      // The app works again, and so does the connection.
      app.refusesRefresh = undefined
      await nowDue()
      await keepers.database.db.providerPause.deleteMany()
      expect(await keepers.keeper().refresher.refreshDue()).toBe(1)
      expect(await keepers.connection('ada')).toMatchObject({ status: 'LIVE', tokenVersion: 2, refreshAttempts: 0 })
    },
  )

  test('is left alone by every instance, for all of its connections, until Retry-After has passed', async () => {
    for (const name of accounts(15)) await keepers.connect(name)
    app.refusesRefresh = answersWith(429, {}, { 'retry-after': '120' })
    await keepers.keeper().refresher.refreshDue()
    expect(app.tokenCalls).toBeLessThanOrEqual(10)
    const asked = app.tokenCalls
    await nowDue()
    const other = keepers.keeper()
    await other.refresher.refreshDue()
    const refused = await other.issue('account-0').catch((error) => error)
    expect(refused).toMatchObject({ reason: 'APP_UNAVAILABLE', remedy: 'WAIT' })
    expect(refused.retryAfterSeconds).toBeGreaterThan(100)
    expect(app.tokenCalls).toBe(asked)
  })

  test('does not keep Patchbay from issuing a token that is still valid', async () => {
    await keepers.connect('ada', { accessTokenExpiresAt: new Date(Date.now() + 4 * MINUTE) })
    app.refusesRefresh = answersWith(503, {})
    const keeper = keepers.keeper()
    await keeper.refresher.refreshDue()
    expect((await keeper.issue('ada')).version).toBe(1)
    expect(await reasonOf(keeper.issue('ada', { minTtlSeconds: 600 }))).toBe('APP_UNAVAILABLE')
  })
})

describe('R5: an app that no longer accepts the refresh token', () => {
  test.each([
    ['400', 400, { error: 'invalid_grant', error_description: 'gone' }, undefined],
    ['401 and a challenge', 401, { error: 'invalid_grant' }, { 'www-authenticate': 'Bearer error="invalid_token"' }],
    ['403', 403, { error: 'invalid_grant' }, undefined],
    ['400 and a null error_description', 400, { error: 'invalid_grant', error_description: null }, undefined],
    ['with its own error code', 400, { error: 'bad_refresh_token' }, undefined],
    ['200 and its own error code', 200, { error: 'bad_refresh_token' }, undefined],
  ])('breaks the connection and notifies subscribers by answering %s', async (_what, status, body, headers) => {
    await keepers.connect('ada')
    app.refusesRefresh = answersWith(status, body, headers)
    const rings = vi.fn()
    const keeper = keepers.keeper(() => ({ notifier: { notify: rings, notifyCatalogue: rings } }))
    const refused = await keeper.issue('ada').catch((error) => error)
    expect(refused).toMatchObject({ reason: 'CONNECTION_BROKEN', remedy: 'REAUTHORIZE', retryAfterSeconds: null })
    expect(await keepers.connection('ada')).toMatchObject({
      status: 'BROKEN',
      problemCode: 'ACCESS_REVOKED',
      refreshDueAt: null,
      verifyDueAt: null,
    })
    expect(rings).toHaveBeenCalledTimes(1)
    expect(await keepers.database.db.user.findFirstOrThrow()).toMatchObject({ revision: 1 })
    expect(await keepers.database.db.activity.findMany()).toMatchObject([
      { kind: 'CONNECTION_BROKEN', detail: 'ACCESS_REVOKED' },
    ])
    expect(await keeper.refresher.refreshDue()).toBe(0)
    expect(app.tokenCalls).toBe(1)
  })

  test('breaks the connection as interrupted, not as revoked, if an earlier refresh was cut off', async () => {
    await keepers.connect('ada')
    app.afterRefresh = () => Promise.reject(new Error('never answered'))
    const cutOff = keepers.keeper()
    app.afterRefresh = undefined
    app.refusesRefresh = (request) => {
      const grant = app.grantOf('ada')
      if (grant) grant.ended = true // replaced, and the response got lost
      request.socket.destroy()
    }
    expect(await reasonOf(cutOff.issue('ada'))).toBe('APP_UNAVAILABLE')
    app.refusesRefresh = undefined
    await nowDue()
    expect(await reasonOf(cutOff.issue('ada'))).toBe('CONNECTION_BROKEN')
    expect(await keepers.connection('ada')).toMatchObject({ status: 'BROKEN', problemCode: 'REFRESH_INTERRUPTED' })
  })

  test('does not break newer tokens by refusing older ones', async () => {
    await keepers.connect('ada')
    app.refusesRefresh = async (_request, response) => {
      await keepers.database.db.connection.updateMany({ data: { tokenVersion: 5 } })
      answersWith(400, { error: 'invalid_grant' })(_request, response)
    }
    await keepers.keeper().refresher.refreshDue()
    expect(await keepers.connection('ada')).toMatchObject({ status: 'LIVE', tokenVersion: 5 })
  })
})

test('R6: refused client credentials alert the operator and break no user’s connection', async () => {
  await keepers.connect('ada')
  app.refusesRefresh = answersWith(401, { error: 'invalid_client' })
  const keeper = keepers.keeper()
  await keeper.refresher.refreshDue()
  expect(await keepers.connection('ada')).toMatchObject({ status: 'LIVE', refreshAttempts: 1 })
  expect(keeper.heard).toContain('clientRefused rotating invalid_client')
  const due = (await keepers.connection('ada')).refreshDueAt as Date
  expect(due.getTime() - Date.now()).toBeGreaterThan(4 * MINUTE)
  // Once the operator has acted, no one waits for the pause to end.
  app.refusesRefresh = undefined
  await keepers.configure(CONNECTOR, app)
  expect((await keeper.issue('ada')).version).toBe(2)
})

test('R6: a refusal of credentials that an operator replaced meanwhile causes no pause', async () => {
  await keepers.connect('ada')
  app.refusesRefresh = async (request, response) => {
    app.refusesRefresh = undefined
    await keepers.configure(CONNECTOR, app)
    answersWith(401, { error: 'invalid_client' })(request, response)
  }
  expect((await keepers.keeper().issue('ada')).version).toBe(2)
  expect(await keepers.connection('ada')).toMatchObject({ refreshRefusals: 0 })
})

test('R7: two instances together work through many due refreshes, at most ten at a time', {
  timeout: 600_000,
}, async () => {
  const names = accounts(count(10_000, 60))
  // Long enough for the others to claim more, if they could.
  app.beforeRefresh = async () => {
    for (let trip = 0; trip < 5; trip++) await keepers.database.db.$queryRaw`SELECT 1`
  }
  for (const name of names) await keepers.connect(name)
  const startedAtMs = performance.now()
  const counts = await Promise.all([keepers.keeper(), keepers.keeper()].map(({ refresher }) => refresher.refreshDue()))
  record('R7', 'refreshes due at the same moment, two instances', {
    due: names.length,
    'token calls': app.tokenCalls,
    'most at a time': app.mostAtATime,
    seconds: Math.round((performance.now() - startedAtMs) / 1_000),
  })
  expect(counts.reduce((sum, each) => sum + each, 0)).toBe(names.length)
  expect(app).toMatchObject({ tokenCalls: names.length, reuses: 0 })
  expect(app.mostAtATime).toBeLessThanOrEqual(10)
  const dueAt = (await keepers.database.db.connection.findMany()).map(
    ({ refreshDueAt }) => refreshDueAt?.getTime() ?? 0,
  )
  expect(Math.max(...dueAt) - Math.min(...dueAt)).toBeGreaterThan(MINUTE) // they won't become due at the same time again
})

test('refreshes that are being stored leave their places at the app to others', async () => {
  const names = accounts(25)
  for (const name of names) await keepers.connect(name)
  // No tokens are stored before the app was asked for more than its limit.
  const asked = new Promise<void>((resolve) => {
    app.beforeRefresh = () => {
      if (app.tokenCalls > 10) resolve()
    }
  })
  const keeper = keepers.keeper(({ sql }) => ({
    sql: {
      ...sql,
      async run(statement, ...values) {
        if (statement.text.includes('CONNECTION_REFRESHED')) await asked
        return sql.run(statement, ...values)
      },
    },
  }))
  expect(await keeper.refresher.refreshDue()).toBe(names.length)
  expect(app).toMatchObject({ tokenCalls: names.length, reuses: 0 })
  expect(app.mostAtATime).toBeLessThanOrEqual(10)
})

test('a due refresh takes no statement of its own except the one that stores it', async () => {
  const keeper = keepers.keeper()
  await keepers.connect('first')
  await keeper.refresher.refreshDue() // the catalogue is in memory now
  for (const name of accounts(10)) await keepers.connect(name)
  const statements = await keepers.database.countStatements(() => keeper.refresher.refreshDue())
  const shared = /providerKey|pg_advisory_xact_lock/
  const stores = statements.filter((sql) => sql.includes('CONNECTION_REFRESHED'))
  expect(stores.length).toBeLessThanOrEqual(10)
  expect(statements.filter((sql) => !shared.test(sql) && !stores.includes(sql))).toEqual([])
})

test('new credentials are used by the next refresh', async () => {
  const keeper = keepers.keeper()
  await keepers.connect('ada')
  app.refusesRefresh = answersWith(401, { error: 'invalid_client' })
  await keeper.refresher.refreshDue()
  const sent: (string | undefined)[] = []
  app.refusesRefresh = (request, response) => {
    sent.push(request.headers.authorization)
    answersWith(200, { access_token: 'new', token_type: 'bearer' })(request, response)
  }
  await keepers.configure(CONNECTOR, app, { clientId: 'patchbay', clientSecret: 'another' })
  expect(await keeper.refresher.refreshDue()).toBe(1)
  expect(sent).toEqual([`Basic ${Buffer.from('patchbay:another').toString('base64')}`])
  await keepers.configure(CONNECTOR, app)
})

test('R7: an app that hangs does not delay refreshes of other apps that come due meanwhile', async () => {
  await using other = await startRotatingApp()
  await keepers.configure('other', other)
  let release = () => {}
  const hung = new Promise<void>((resolve) => {
    release = resolve
  })
  const asked = new Promise<void>((resolve) => {
    app.beforeRefresh = () => {
      resolve()
      return hung
    }
  })
  await keepers.connect('ada')
  const round = keepers.keeper().refresher.refreshDue()
  await asked
  const answered = new Promise<void>((resolve) => {
    other.afterRefresh = resolve
  })
  const { database, vault } = keepers
  await insertConnection({ db: database.db, vault, app: other }, userOf('ben'), 'ben', { connectorSlug: 'other' })
  await answered
  release()
  expect(await round).toBe(2)
})

describe('R8: if the database fails when new tokens arrive', () => {
  /** A database whose writes fail this often. The first one may have been committed without a confirmation. */
  const failing = (usual: Deps, times: number, carriedOut: boolean): Partial<Deps> => {
    let failures = 0
    const run: Deps['sql']['run'] = async (statement, ...values) => {
      const stores = statement.text.includes('CONNECTION_REFRESHED')
      if (!stores || failures >= times) return usual.sql.run(statement, ...values)
      failures++
      if (carriedOut && failures === 1) await usual.sql.run(statement, ...values)
      throw new Error('the database went away')
    }
    return { sql: { ...usual.sql, run } }
  }

  test.each([
    ['Patchbay holds the tokens and stores them afterward', false],
    ['Patchbay recognizes its own write that took effect but was reported as failed', true],
  ])('%s', async (_what, carriedOut) => {
    await keepers.connect('ada')
    const keeper = keepers.keeper((usual) => failing(usual, carriedOut ? 1 : 2, carriedOut))
    expect((await keeper.issue('ada')).accessToken).toBe(app.grantOf('ada')?.accessToken)
    expect(keeper.heard.filter((line) => line.startsWith('tokensHeld'))).toHaveLength(carriedOut ? 1 : 2)
    expect(await keepers.connection('ada')).toMatchObject({ status: 'LIVE', tokenVersion: 2 })
    expect(await keepers.database.db.revocation.count()).toBe(0)
    expect((await keepers.keeper().issue('ada')).accessToken).toBe(app.grantOf('ada')?.accessToken)
    expect(app.tokenCalls).toBe(1)
  })
})

test('a refresh that returns fewer scopes updates the connection and raises the revision', async () => {
  await keepers.connect('ada', { grantedScopes: ['read', 'write'] })
  app.refusesRefresh = answersWith(200, {
    access_token: 'less',
    token_type: 'bearer',
    expires_in: 3_600,
    scope: 'read',
  })
  expect(await keepers.keeper().issue('ada')).toMatchObject({ accessToken: 'less', scopes: ['read'] })
  expect(await keepers.connection('ada')).toMatchObject({ grantedScopes: ['read'], tokenVersion: 2 })
  expect((await keepers.database.db.user.findFirstOrThrow()).revision).toBe(1)
})

test('a token response without a refresh token leaves the old one valid', async () => {
  await keepers.connect('ada')
  const tokens: string[] = []
  app.refusesRefresh = (request, response) => {
    tokens.push('asked')
    answersWith(200, { access_token: `a${tokens.length}`, token_type: 'bearer', expires_in: 30 })(request, response)
  }
  const keeper = keepers.keeper()
  await keeper.refresher.refreshDue()
  await nowDue()
  app.refusesRefresh = undefined
  expect(await keeper.refresher.refreshDue()).toBe(1)
  expect(app.reuses).toBe(0)
})

test('disconnecting during a refresh leaves no token behind at the app', async () => {
  await keepers.connect('ada')
  app.afterRefresh = async () => void (await keepers.database.db.connection.deleteMany())
  expect(await reasonOf(keepers.keeper().issue('ada'))).toBe('NOT_CONNECTED')
  expect(await keepers.database.db.revocation.findMany()).toMatchObject([
    { connectorSlug: 'rotating', accountId: 'ada' },
  ])
  expect(await keepers.database.db.user.findFirstOrThrow()).toMatchObject({ subject: userOf('ada').subject })
})

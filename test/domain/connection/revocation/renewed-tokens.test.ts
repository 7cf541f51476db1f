import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { carryOutRevocations } from '../../../../src/domain/connection/revocation/carry-out-revocations.js'
import { openTokens, type StoredTokens, sealTokens } from '../../../../src/domain/credential/tokens.js'
import type { Deps } from '../../../../src/domain/deps.js'
import { userIdOf } from '../../../../src/domain/identity/viewer.js'
import { VaultError } from '../../../../src/domain/ports/vault.js'
import { createGuardedFetch } from '../../../../src/outbound/guarded-fetch.js'
import { createOAuthClient } from '../../../../src/outbound/oauth-client.js'
import { described } from '../../../support/insert-connection.js'
import { type Keepers, ORGANIZATION, startKeepers, userOf } from '../../../support/keepers.js'
import { answersWith, type Grant, type RotatingApp, startRotatingApp } from '../../../support/rotating-app.js'

/** A connector whose app revokes only with a valid access token, and replaces refresh tokens. */
const BEARER = 'bearer'
const EXPIRED = 'an-expired-token'
const longAgo = new Date(0)

let app: RotatingApp
let keepers: Keepers
/** The grant whose tokens are to be revoked. Its access token has expired. */
let grant: Grant

beforeAll(async () => {
  app = await startRotatingApp()
  keepers = await startKeepers(app)
  await keepers.configure(BEARER, app, undefined, {
    ...described(app),
    revocationUrl: `${app.url}/revoke`,
    revocation: { authentication: 'access_token', tokenParameter: null },
  })
})
afterAll(async () => {
  await keepers[Symbol.asyncDispose]()
  await app[Symbol.asyncDispose]()
})
beforeEach(async () => {
  app.refusesRefresh = app.afterRefresh = app.writesTokens = undefined
  Object.assign(app, { tokenCalls: 0, reuses: 0 })
  const { refreshToken } = app.mint('ada')
  grant = app.grantOf('ada') ?? expect.unreachable()
  const { db } = keepers.database
  await db.revocation.deleteMany()
  const owner = { organization: ORGANIZATION, userId: userIdOf(userOf('ada')), recordId: randomUUID() }
  const sealed = await sealTokens(keepers.vault, owner, { accessToken: EXPIRED, refreshToken })
  const times = { createdAt: longAgo, dueAt: longAgo }
  await db.revocation.create({ data: { ...owner, connectorSlug: BEARER, accountId: 'ada', sealed, ...times } })
})

const carryOut = (change?: (deps: Deps) => Partial<Deps>) => carryOutRevocations(keepers.keeper(change).deps)
const row = () => keepers.database.db.revocation.findFirstOrThrow()
async function storedTokens(): Promise<StoredTokens> {
  const { sealed, ...owner } = await row()
  return openTokens(keepers.vault, owner, sealed)
}
const timePasses = () => keepers.database.db.revocation.updateMany({ data: { dueAt: longAgo } })

/** An instance that stops when it is about to send a request that revokes with a renewed token. */
function stoppingInstance() {
  const guarded = createGuardedFetch({ allowPrivate: true })
  let stop = () => {}
  const stopped = new Promise<void>((resolve) => {
    stop = resolve
  })
  const fetch: typeof guarded.fetch = (url, request) => {
    const isLast = url.endsWith('/revoke') && request?.headers?.authorization !== `Bearer ${EXPIRED}`
    if (!isLast) return guarded.fetch(url, request)
    stop()
    return new Promise(() => {})
  }
  void carryOut(() => ({ oauth: createOAuthClient(fetch, { allowInsecure: true }) }))
  return { stopped, [Symbol.asyncDispose]: () => guarded.close() }
}

test('the access token is renewed, and the grant ends', async () => {
  expect(await carryOut()).toBe(1)
  expect(grant.ended).toBe(true)
  expect({ tokenCalls: app.tokenCalls, reuses: app.reuses }).toEqual({ tokenCalls: 1, reuses: 0 })
  expect(await keepers.database.db.revocation.count()).toBe(0)
})

test('an instance that stops after renewing leaves the new tokens to the next one, which ends the grant', async () => {
  await using instance = stoppingInstance()
  await instance.stopped
  expect(await storedTokens()).toEqual({ accessToken: grant.accessToken, refreshToken: grant.refreshToken })
  expect(await carryOut()).toBe(0) // its lease lasts
  await timePasses()
  expect(await carryOut()).toBe(1)
  expect(grant.ended).toBe(true)
  expect({ tokenCalls: app.tokenCalls, reuses: app.reuses }).toEqual({ tokenCalls: 1, reuses: 0 })
})

test('what the next one finds may have expired as well, and is renewed with the new refresh token', async () => {
  await using instance = stoppingInstance()
  await instance.stopped
  const { sealed: _, ...owner } = await row()
  const sealed = await sealTokens(keepers.vault, owner, { ...(await storedTokens()), accessToken: EXPIRED })
  await keepers.database.db.revocation.updateMany({ data: { sealed, dueAt: longAgo } })
  expect(await carryOut()).toBe(1)
  expect(grant.ended).toBe(true)
  expect({ tokenCalls: app.tokenCalls, reuses: app.reuses }).toEqual({ tokenCalls: 2, reuses: 0 })
})

test('a response that can’t be used may have new tokens, and they are stored as well', async () => {
  app.writesTokens = (tokens) => ({
    ...tokens,
    token_type: 7,
    expires_in: 'soon',
    nested: true,
    access_token: undefined,
    accessToken: tokens.access_token,
  })
  await using instance = stoppingInstance()
  await instance.stopped
  expect(await storedTokens()).toEqual({ accessToken: grant.accessToken, refreshToken: grant.refreshToken })
})

test('a renewal that gets no clear response is tried again', async () => {
  for (const answer of [answersWith(503, {}), answersWith(200, { nothing: true })]) {
    app.refusesRefresh = answer
    expect(await carryOut()).toBe(0)
    await timePasses()
  }
  app.refusesRefresh = undefined
  expect(await carryOut()).toBe(1)
  expect(grant.ended).toBe(true)
})

test('a renewal that is refused is the end, because the grant has ended', async () => {
  app.revoke('ada')
  expect(await carryOut()).toBe(1)
  expect(app.tokenCalls).toBe(1)
})

test('renewed tokens that can’t be sealed are used all the same, because they are in memory only', async () => {
  const seal = () => Promise.reject(new VaultError('KEY_SERVICE_UNAVAILABLE'))
  expect(await carryOut(({ vault }) => ({ vault: { ...vault, seal } }))).toBe(1)
  expect(grant.ended).toBe(true)
})

test('renewed tokens don’t replace what another instance stores after the lease has run out', async () => {
  const dueAt = new Date(Date.now() + 120_000)
  app.afterRefresh = async () => {
    await keepers.database.db.revocation.updateMany({ data: { dueAt } })
  }
  await using instance = stoppingInstance()
  await instance.stopped
  expect((await storedTokens()).accessToken).toBe(EXPIRED)
})

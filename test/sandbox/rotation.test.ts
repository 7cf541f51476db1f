import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { MintedGrant } from '../../src/sandbox/mint.js'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.js'
import { Person } from '../support/person.js'
import { appOf, Client, control, redirectUri, type Tokens } from '../support/sandbox-client.js'

let sandbox: Sandbox
let client: Client
let grant: MintedGrant

const script = (behavior: object) => control(sandbox, 'PATCH', '/acme-mail', behavior)
const reuses = async () => (await (await control(sandbox, 'GET', '/acme-mail/counters')).json()).reuses
const refresh = async (token: string | null | undefined) => {
  const response = await client.refresh(token ?? '')
  return { ok: response.ok, ...((await response.json()) as Tokens & { error?: string }) }
}

beforeAll(async () => {
  const redirects = (app: string) => [redirectUri(app)]
  sandbox = await startSandbox({ hostname: 'localhost', host: '127.0.0.1', port: 0, redirectUri: redirects })
})
beforeEach(async () => {
  await control(sandbox, 'POST', '/reset')
  await script({ rotateRefreshTokens: true })
  client = new Client(appOf(sandbox))
  ;[grant] = (await sandbox.mintGrants('acme-mail', { accounts: ['ada-work'] })) as [MintedGrant]
})
afterEach(() => {
  vi.useRealTimers()
})
afterAll(() => sandbox.close())

test('an old refresh token works during the grace period and is counted; afterward it ends the grant', async () => {
  await script({ rotationGraceSeconds: 30 })
  vi.useFakeTimers({ toFake: ['Date'] })
  const first = await refresh(grant.refreshToken)
  vi.setSystemTime(Date.now() + 29_000)
  const again = await refresh(grant.refreshToken)
  expect(again).toMatchObject({ ok: true, refresh_token: expect.any(String) })
  expect(again.refresh_token).not.toBe(first.refresh_token)
  expect(await reuses()).toBe(1)

  vi.setSystemTime(Date.now() + 2000) // 31 seconds after the first use: the second one didn't extend the period
  expect(await refresh(grant.refreshToken)).toMatchObject({ error: 'invalid_grant' })
  expect(await reuses()).toBe(2)
  expect(await refresh(again.refresh_token)).toMatchObject({ error: 'invalid_grant' })
})

test('without reuse detection, an old refresh token is rejected and counted, and the grant stays', async () => {
  await script({ reuseEndsGrant: false })
  const second = await refresh(grant.refreshToken)
  expect(await refresh(grant.refreshToken)).toMatchObject({ ok: false, error: 'invalid_grant' })
  expect(await reuses()).toBe(1)
  expect((await client.userinfo(second.access_token)).status).toBe(200)
  expect(await refresh(second.refresh_token)).toMatchObject({ ok: true })
})

test('if parallel refreshes find the same token, only one of them consumes it', async () => {
  await script({ holdTokenBefore: true })
  const racing = Array.from({ length: 20 }, () => refresh(grant.refreshToken))
  await control(sandbox, 'GET', '/acme-mail/held?atLeast=20')
  await control(sandbox, 'POST', '/acme-mail/release')
  const answers = await Promise.all(racing)
  expect(answers.filter((answer) => answer.ok)).toHaveLength(1)
  // The second one ended the grant, and the others used a token that no longer existed.
  expect(await reuses()).toBeGreaterThanOrEqual(1)
  const winner = answers.find((answer) => answer.ok)
  expect(await refresh(winner?.refresh_token)).toMatchObject({ error: 'invalid_grant' })
})

test('parallel refreshes with the same token all succeed during the grace period, and all but the first are counted', async () => {
  await script({ holdTokenBefore: true, rotationGraceSeconds: 60 })
  const racing = Array.from({ length: 20 }, () => refresh(grant.refreshToken))
  await control(sandbox, 'GET', '/acme-mail/held?atLeast=20')
  await control(sandbox, 'POST', '/acme-mail/release')
  expect((await Promise.all(racing)).every((answer) => answer.ok)).toBe(true)
  expect(await reuses()).toBe(19)
})

test('hundreds of parallel refreshes of different grants each rotate once, and none is a reuse', async () => {
  await control(sandbox, 'POST', '/acme-mail/revoke')
  const accounts = Array.from({ length: 200 }, (_, index) => `bench-${index}`)
  const grants = await sandbox.mintGrants('acme-mail', { accounts })
  await script({ holdTokenBefore: true })
  const parallel = grants.map(({ refreshToken }) => refresh(refreshToken))
  await control(sandbox, 'GET', '/acme-mail/held?atLeast=200')
  await control(sandbox, 'POST', '/acme-mail/release')
  const answers = await Promise.all(parallel)
  expect(answers.every((answer) => answer.ok)).toBe(true)
  expect(new Set(answers.map((answer) => answer.refresh_token)).size).toBe(200)
  const view = await (await control(sandbox, 'GET', '/acme-mail')).json()
  expect(view.counters).toMatchObject({ refreshes: 200, reuses: 0 })
  const tokens = view.grants.map(({ accessTokens, refreshTokens }: Record<string, number>) => [
    accessTokens,
    refreshTokens,
  ])
  expect(tokens).toEqual(Array.from({ length: 200 }, () => [2, 1]))
})

test('introspecting or revoking an old refresh token doesn’t count as reuse', async () => {
  await refresh(grant.refreshToken)
  await client.post('introspect', { token: grant.refreshToken ?? '' })
  await client.post('revoke', { token: grant.refreshToken ?? '' })
  expect(await reuses()).toBe(0)
})

test('an authorization code that is sent several times in parallel is exchanged once', async () => {
  const callback = await new Person().consent(client.authorizationUrl(), { account: 'ada-work', allow: true })
  await script({ holdTokenBefore: true })
  const racing = Array.from({ length: 5 }, () => client.exchange(callback))
  await control(sandbox, 'GET', '/acme-mail/held?atLeast=5')
  await control(sandbox, 'POST', '/acme-mail/release')
  const statuses = (await Promise.all(racing)).map((response) => response.status)
  expect(statuses.sort()).toEqual([200, 400, 400, 400, 400])
})

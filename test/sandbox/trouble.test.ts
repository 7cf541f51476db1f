import { Agent, request } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { tokenErrors } from '../../src/sandbox/behavior.js'
import type { MintedGrant } from '../../src/sandbox/mint.js'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.js'
import { Person } from '../support/person.js'
import { appOf, Client, control, redirectUri } from '../support/sandbox-client.js'

let sandbox: Sandbox
let client: Client
let grant: MintedGrant

const script = (behavior: object) => control(sandbox, 'PATCH', '/acme-mail', behavior)
const view = async () => (await control(sandbox, 'GET', '/acme-mail')).json()
const held = async (query: string) => (await control(sandbox, 'GET', `/acme-mail/held?${query}`)).json()
const release = () => control(sandbox, 'POST', '/acme-mail/release')
const refresh = (token: string | null = grant.refreshToken) => client.refresh(token ?? '')

beforeAll(async () => {
  const redirects = (app: string) => [redirectUri(app)]
  sandbox = await startSandbox({ hostname: 'localhost', host: '127.0.0.1', port: 0, redirectUri: redirects })
})
beforeEach(async () => {
  await control(sandbox, 'POST', '/reset')
  client = new Client(appOf(sandbox))
  ;[grant] = (await sandbox.mintGrants('acme-mail', { accounts: ['ada-work'] })) as [MintedGrant]
})
afterAll(() => sandbox.close())

test.each(tokenErrors)('tokenError: %s in JSON, as many times as scripted, and nothing is done', async (error) => {
  await script({ tokenError: error, tokenErrorStatus: 403, tokenErrorTimes: 2, rotateRefreshTokens: true })
  for (let i = 0; i < 2; i++) {
    const refused = await refresh()
    expect(refused.status).toBe(403)
    expect(refused.headers.get('www-authenticate')).toBeNull()
    expect(await refused.json()).toEqual({ error, error_description: expect.any(String) })
  }
  expect((await refresh()).status).toBe(200)
  expect(await view()).toMatchObject({
    counters: { tokenRequests: 3, refreshes: 1, reuses: 0 },
    behaviour: { tokenError: null, tokenErrorTimes: null },
  })
})

test.each([
  ['null', { error: 'invalid_grant', error_description: null }],
  ['number', { error: 'invalid_grant', error_description: 4711 }],
  ['html', { error: 'invalid_grant', error_description: expect.stringContaining('<script>') }],
  ['absent', { error: 'invalid_grant' }],
])('tokenErrorDescription: %s', async (tokenErrorDescription, body) => {
  await script({ tokenError: 'invalid_grant', tokenErrorDescription })
  expect(await (await refresh()).json()).toEqual(body)
})

test('tokenErrorStatus and tokenErrorChallenge: 200 with an error, 401 with a challenge', async () => {
  await script({ tokenError: 'an_alias', tokenErrorStatus: 200 })
  expect((await refresh()).status).toBe(200)
  await script({ tokenError: 'invalid_client', tokenErrorStatus: 401, tokenErrorChallenge: true })
  const refused = await refresh()
  expect(refused.status).toBe(401)
  expect(refused.headers.get('www-authenticate')).toMatch(/^Basic realm=".+", error="invalid_client"$/)
})

test('tokenTroubleFor: refreshes fail while code exchanges work, and the other way around', async () => {
  await script({ tokenError: 'invalid_grant', tokenTroubleFor: 'refresh_token' })
  expect((await refresh()).status).toBe(400)
  expect(await client.connect()).toHaveProperty('access_token')
  await script({ tokenError: null, tokenStatus: 503, tokenTroubleFor: 'authorization_code' })
  expect((await refresh()).status).toBe(200)
  await expect(client.connect()).rejects.toThrow('503')
})

test('retryAfterAs: seconds, or a date that is never too early', async () => {
  await script({ tokenError: 'temporarily_unavailable', tokenErrorStatus: 503, retryAfterSeconds: 90 })
  expect((await refresh()).headers.get('retry-after')).toBe('90')
  await script({ retryAfterAs: 'date' })
  const before = Date.now()
  const date = (await refresh()).headers.get('retry-after') ?? ''
  expect(date).toMatch(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/)
  expect(Date.parse(date)).toBeGreaterThanOrEqual(before + 90_000)
  expect(Date.parse(date)).toBeLessThan(Date.now() + 91_001)
})

test.each(['reset', 'close'])('tokenCut: %s after the work loses a rotated token', async (tokenCut) => {
  await script({ rotateRefreshTokens: true, tokenCut, tokenCutTimes: 1 })
  await expect(refresh()).rejects.toThrow()
  expect(await view()).toMatchObject({
    counters: { refreshes: 1, reuses: 0 },
    requests: [{ endpoint: 'token', status: 0, error: `cut: ${tokenCut}` }],
  })
  expect(await (await refresh()).json()).toMatchObject({ error: 'invalid_grant' })
  expect((await view()).counters.reuses).toBe(1)
})

test.each(['reset', 'close'])('tokenCut: %s before the work changes nothing', async (tokenCut) => {
  await script({ rotateRefreshTokens: true, tokenCut, tokenCutWhen: 'before', tokenCutTimes: 1 })
  await expect(refresh()).rejects.toThrow()
  expect((await view()).counters.refreshes).toBe(0)
  expect((await refresh()).status).toBe(200)
  expect((await view()).counters.reuses).toBe(0)
})

test('tokenCut: an empty 200, before or after the work', async () => {
  await script({ rotateRefreshTokens: true, tokenCut: 'empty', tokenCutWhen: 'before', tokenCutTimes: 1 })
  const before = await refresh()
  expect([before.status, await before.text()]).toEqual([200, ''])
  await script({ tokenCut: 'empty', tokenCutWhen: 'after', tokenCutTimes: 1 })
  const after = await refresh()
  expect([after.status, await after.text()]).toEqual([200, ''])
  expect((await refresh()).status).toBe(400)
})

test('holdTokenBefore: nothing is done until released, and a client that gives up loses nothing', async () => {
  await script({ rotateRefreshTokens: true, holdTokenBefore: true })
  const impatience = new AbortController()
  const form = { grant_type: 'refresh_token', refresh_token: grant.refreshToken ?? '' }
  const gone = client.token(form, { signal: impatience.signal })
  expect(await held('stage=before&grantType=refresh_token')).toEqual({ held: 1 })
  expect(await view()).toMatchObject({
    held: 1,
    holding: [{ stage: 'before', grantType: 'refresh_token' }],
    counters: { refreshes: 0 },
  })
  impatience.abort()
  await expect(gone).rejects.toThrow()
  await expect.poll(async () => (await view()).held).toBe(0)

  const patient = refresh()
  await held('stage=before')
  await release()
  expect((await patient).status).toBe(200)
  expect((await view()).counters).toMatchObject({ refreshes: 1, reuses: 0 })
})

test('holdTokenBefore and holdToken: turning one off releases only what it holds', async () => {
  await script({ holdTokenBefore: true, holdToken: true })
  const waiting = refresh()
  await held('stage=before')
  await script({ holdTokenBefore: false })
  expect(await held('stage=after')).toEqual({ held: 1 })
  expect((await view()).counters.refreshes).toBe(1)
  await release()
  expect((await waiting).status).toBe(200)
})

test('held requests stay held while something else is scripted', async () => {
  for (const hold of ['holdTokenBefore', 'holdToken']) {
    await script({ [hold]: true })
    const waiting = refresh()
    await held('')
    expect(await (await script({ retryAfterSeconds: 1 })).json()).toMatchObject({ held: 1 })
    await release()
    expect((await waiting).status).toBe(200)
  }
})

test('held counts refreshes and code exchanges separately', async () => {
  const callback = await new Person().consent(client.authorizationUrl(), { account: 'ada-private', allow: true })
  await script({ holdTokenBefore: true })
  const waiting = [client.exchange(callback), refresh(), refresh()]
  expect(await held('atLeast=2&grantType=refresh_token')).toEqual({ held: 2 })
  expect(await held('grantType=authorization_code')).toEqual({ held: 1 })
  await release()
  for (const response of await Promise.all(waiting)) expect(response.status).toBe(200)
})

test('a request that is held before its work fails as scripted while it was held', async () => {
  await script({ holdTokenBefore: true })
  const waiting = refresh()
  await held('stage=before')
  await control(sandbox, 'POST', '/acme-mail/revoke', { grant: grant.grant })
  await release()
  expect(await (await waiting).json()).toMatchObject({ error: 'invalid_grant' })
})

/** Sends a form to the token endpoint in two pieces, one after the other, and returns the status of the response. */
function sendInPieces(form: string, headers: object, agent?: Agent): Promise<number | undefined> {
  const { clientId, clientSecret, issuer } = client.app
  return new Promise((resolve, reject) => {
    const sending = request(`${issuer}/token`, {
      method: 'POST',
      auth: `${clientId}:${clientSecret}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      ...(agent ? { agent } : {}),
    })
    sending.on('error', reject).on('response', (response) => {
      response.resume().on('end', () => resolve(response.statusCode))
    })
    sending.write(form.slice(0, 20), async () => {
      for (let turn = 0; turn < 10; turn++) await setImmediate()
      sending.end(form.slice(20))
    })
  })
}

test('a form that arrives in pieces, with or without its length, is read completely and passed on', async () => {
  const form = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: grant.refreshToken ?? '' }).toString()
  for (const headers of [{}, { 'content-length': form.length }]) {
    await script({ tokenStatus: 503, tokenTimes: 1, tokenTroubleFor: 'refresh_token' })
    expect(await sendInPieces(form, headers)).toBe(503)
    expect(await sendInPieces(form, headers)).toBe(200)
  }
})

test('a form that is empty or too long is rejected, and its connection stays open', async () => {
  using agent = connectionKept()
  for (const form of ['', `refresh_token=${'x'.repeat(1_000_000)}`, '', 'grant_type=nothing']) {
    expect(await sendInPieces(form, { 'content-length': form.length }, agent)).toBe(400)
  }
})

test('a form that breaks off is recorded and affects no other request', async () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': 100 }
  const sending = request(`${client.app.issuer}/token`, { method: 'POST', headers })
  sending.on('error', () => {}).write('grant_type=refresh_token')
  await expect.poll(async () => (await view()).counters.tokenRequests).toBe(1)
  sending.destroy()
  const entry = { status: 0, error: 'cut: close', parameters: { grant_type: 'refresh_token' } }
  await expect.poll(async () => (await view()).requests).toMatchObject([entry])
  expect((await refresh()).status).toBe(200)
})

function connectionKept(): Agent & Disposable {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  return Object.assign(agent, { [Symbol.dispose]: () => agent.destroy() })
}

test.each([
  ['invalid_token', 401, /^Bearer .*error="invalid_token"/, null],
  ['insufficient_scope', 403, /error="insufficient_scope"/, null],
  ['rate_limited', 429, null, '30'],
] as const)(
  'userinfoAnswer: %s is a %i, as many times as scripted',
  async (userinfoAnswer, status, challenge, retryAfter) => {
    await script({ userinfoAnswer, userinfoAnswerTimes: 2, retryAfterSeconds: 30 })
    for (let i = 0; i < 2; i++) {
      const answer = await client.userinfo(grant.accessToken)
      expect(answer.status).toBe(status)
      if (challenge) expect(answer.headers.get('www-authenticate')).toMatch(challenge)
      expect(answer.headers.get('retry-after')).toBe(retryAfter)
      expect(await answer.json()).toEqual({ error: userinfoAnswer })
    }
    expect((await client.userinfo(grant.accessToken)).status).toBe(200)
    expect((await view()).counters.userinfoRequests).toBe(3)
  },
)

test('userinfoAnswer: ok_false is a 200 with ok: false and any error code', async () => {
  await script({ userinfoAnswer: 'ok_false' })
  const answer = await client.userinfo(grant.accessToken)
  expect(answer.status).toBe(200)
  expect(await answer.json()).toEqual({ ok: false, error: 'token_revoked' })
  await script({ userinfoErrorCode: 'ratelimited' })
  expect(await (await client.userinfo(grant.accessToken)).json()).toEqual({ ok: false, error: 'ratelimited' })
})

test('userinfoAnswer: another_account returns another account, but only for a valid token', async () => {
  await script({ userinfoAnswer: 'another_account' })
  const answer = await (await client.userinfo(grant.accessToken)).json()
  expect(answer).toEqual({ sub: 'ada-private', email: 'ada.private@mail.example', email_verified: true })
  expect((await client.userinfo('nonsense')).status).toBe(401)
})

test('revocationStatus: fails as many times as scripted, and nothing is revoked', async () => {
  const token = grant.refreshToken ?? ''
  await script({ revocationStatus: 503, revocationTimes: 1, retryAfterSeconds: 5 })
  const failed = await client.post('revoke', { token })
  expect([failed.status, failed.headers.get('retry-after')]).toEqual([503, '5'])
  expect((await refresh()).status).toBe(200)
  expect((await client.post('revoke', { token })).status).toBe(200)
  expect((await refresh()).status).toBe(400)
  expect((await view()).counters.revocations).toBe(2)
})

test('revocationSlowMs: the work is done, and the response comes after that time', async () => {
  await script({ revocationSlowMs: 80 })
  const start = performance.now()
  expect((await client.post('revoke', { token: grant.refreshToken ?? '' })).status).toBe(200)
  expect(performance.now() - start).toBeGreaterThanOrEqual(75)
})

test('no secret is recorded, no matter what goes wrong', async () => {
  await script({ tokenError: 'invalid_grant', tokenErrorTimes: 1 })
  await refresh()
  await script({ tokenCut: 'reset', tokenCutWhen: 'before', tokenCutTimes: 1 })
  await refresh().catch(() => {})
  const text = await (await control(sandbox, 'GET', '/acme-mail')).text()
  expect(text).not.toContain(grant.refreshToken)
  expect(JSON.parse(text).requests).toHaveLength(2)
  expect(JSON.parse(text).requests[0].parameters).toEqual({ grant_type: 'refresh_token', refresh_token: '(removed)' })
})

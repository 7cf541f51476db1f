import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { MintedGrant } from '../../src/sandbox/mint.js'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.js'
import { appOf, Client, control, redirectUri } from '../support/sandbox-client.js'

let sandbox: Sandbox
let client: Client
let first: MintedGrant
let second: MintedGrant

beforeAll(async () => {
  const redirects = (app: string) => [redirectUri(app)]
  sandbox = await startSandbox({ hostname: 'localhost', host: '127.0.0.1', port: 0, redirectUri: redirects })
})
beforeEach(async () => {
  await control(sandbox, 'POST', '/reset')
  await control(sandbox, 'POST', '/acme-mail/revoke')
  client = new Client(appOf(sandbox))
  const minted = await sandbox.mintGrants('acme-mail', { accounts: ['ada-work', 'ada-work'] })
  ;[first, second] = minted as [MintedGrant, MintedGrant]
})
afterAll(() => sandbox.close())

const act = (action: string, which: object) => control(sandbox, 'POST', `/acme-mail/${action}`, which)

/** Which parts of a grant still work: its access token at userinfo and at the resource, and its refresh token. */
async function works({ accessToken, refreshToken }: MintedGrant) {
  const headers = { authorization: `Bearer ${accessToken}` }
  const userinfo = await client.userinfo(accessToken)
  const resource = await fetch(`${client.app.issuer}/api/messages`, { headers })
  const refresh = await client.refresh(refreshToken ?? '')
  return [userinfo.status, resource.status, refresh.status]
}

test('expire: the access tokens of one grant end, and its refresh token still works', async () => {
  expect((await act('expire', { grant: first.grant })).status).toBe(200)
  expect(await works(first)).toEqual([401, 401, 200])
  expect(await works(second)).toEqual([200, 200, 200])
})

test('break: the refresh token of one grant ends, and its access token still works', async () => {
  expect((await act('break', { grant: first.grant })).status).toBe(200)
  expect(await works(first)).toEqual([200, 200, 400])
  expect(await works(second)).toEqual([200, 200, 200])
  expect((await (await control(sandbox, 'GET', '/acme-mail')).json()).counters.reuses).toBe(0)
})

test('revoke: one grant ends with all its tokens, but another one of the same account doesn’t', async () => {
  expect((await act('revoke', { grant: first.grant, account: 'ada-work' })).status).toBe(200)
  expect(await works(first)).toEqual([401, 401, 400])
  expect(await works(second)).toEqual([200, 200, 200])
})

test('expire and break act on the grants of one account, or on all', async () => {
  const [home] = (await sandbox.mintGrants('acme-mail', { accounts: ['ada-private'] })) as [MintedGrant]
  await act('break', { account: 'ada-work' })
  expect(await works(first)).toEqual([200, 200, 400])
  expect(await works(home)).toEqual([200, 200, 200])
  await act('expire', {})
  expect(await works(second)).toEqual([401, 401, 400])
  expect(await works(home)).toEqual([401, 401, 200])
})

test.each([
  ['/break', { grant: 'nothing' }, 404, 'nothing'],
  ['/expire', { account: 'nobody' }, 400, 'account'],
  ['/break', { grant: 7 }, 400, 'grant'],
  ['/revoke', { grants: [] }, 400, 'grants'],
  ['/grants', { accounts: [] }, 400, 'accounts'],
  ['/grants', { accounts: ['Bench 17'] }, 400, 'lowercase letters'],
  ['/grants', { accounts: ['bench-17'], scopes: ['chat.read'] }, 400, 'scopes'],
] as const)('POST %s %o gets an error message', async (path, body, status, words) => {
  const response = await control(sandbox, 'POST', `/acme-mail${path}`, body)
  expect(response.status).toBe(status)
  expect((await response.json()).error).toContain(words)
})

test('an action on a grant of another account is rejected', async () => {
  const response = await act('revoke', { grant: first.grant, account: 'ada-private' })
  expect([response.status, (await response.json()).error]).toEqual([404, expect.stringContaining('There’s no grant')])
  expect(await works(first)).toEqual([200, 200, 200])
})

test('grants are minted for accounts that no one signs in to, with the tokens that consent would have given', async () => {
  await control(sandbox, 'PATCH', '/acme-mail', { accessTokenTtlSeconds: 900 })
  const request = { accounts: ['bench-17', 'bench-18'], scopes: ['openid', 'email', 'offline_access', 'mail.read'] }
  const response = await control(sandbox, 'POST', '/acme-mail/grants', request)
  expect(response.status).toBe(201)
  const { grants } = (await response.json()) as { grants: [MintedGrant, MintedGrant] }
  expect(grants).toMatchObject([
    { account: 'bench-17', scopes: request.scopes, expiresInSeconds: 900 },
    { account: 'bench-18' },
  ])
  expect(await (await client.userinfo(grants[0].accessToken)).json()).toMatchObject({
    sub: 'bench-17',
    email: 'bench-17@minted.example',
  })
  const refreshed = await (await client.refresh(grants[0].refreshToken ?? '')).json()
  expect(refreshed).toMatchObject({ expires_in: 900, scope: request.scopes.join(' '), id_token: expect.any(String) })
  expect((await act('revoke', { account: 'bench-17' })).status).toBe(200)
  expect(await works(grants[0])).toEqual([401, 401, 400])
  expect(await works(grants[1])).toEqual([200, 200, 200])
})

test('a minted grant has a refresh token if the app would issue one', async () => {
  const mint = async (scopes: string[]) => (await sandbox.mintGrants('acme-mail', { accounts: ['bench-1'], scopes }))[0]
  expect(await mint(['mail.read'])).toMatchObject({ refreshToken: null })
  await control(sandbox, 'PATCH', '/acme-mail', { refreshTokens: 'always' })
  expect(await mint(['mail.read'])).toMatchObject({ refreshToken: expect.any(String) })
  await expect(sandbox.mintGrants('acme-pigeon', { accounts: ['bench-1'] })).rejects.toThrow('acme-pigeon')
})

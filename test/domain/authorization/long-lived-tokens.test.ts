import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { providerCatalogue } from '../../../src/providers/catalogue.js'
import { Browser } from '../../support/browser.js'
import { keyFor, mutateAs } from '../../support/callers.js'
import {
  attemptOf,
  configureConnector,
  connectionsOf,
  openConsent,
  rowId,
  startAfresh,
  withParameters,
} from '../../support/connecting.js'
import { answers, type HostileServer, startHostileServer } from '../../support/hostile-server.js'
import { connectorId, type Patchbay, startPatchbay } from '../../support/patchbay.js'

const DAY = 86_400

let patchbay: Patchbay
let server: HostileServer
let runtime: string

beforeAll(async () => {
  patchbay = await startPatchbay()
  server = await startHostileServer()
  runtime = (await keyFor(patchbay, 'tokens:issue')).key
})
beforeEach(async () => {
  await startAfresh(patchbay)
  server.requests.length = 0
})
afterAll(async () => {
  await patchbay.close()
  await server[Symbol.asyncDispose]()
})

/** Settings that have Instagram's form. */
const longLivedToken = () => ({
  exchange: { url: `${server.url}/long`, grantType: 'ig_exchange_token', clientParameters: ['client_secret'] },
  refresh: { url: `${server.url}/renew`, grantType: 'ig_refresh_token' },
})

async function connect(settings: object = {}) {
  await configureConnector(patchbay, 'scripted', {
    authorizationUrl: `${server.url}/authorize`,
    tokenUrl: `${server.url}/token`,
    identity: { url: `${server.url}/me`, idPath: 'user_id' },
    accessEndedErrors: ['190'],
    longLivedToken: longLivedToken(),
    tokenResponse: { accessTokenLifetime: 3_600 },
    ...settings,
  })
  server.on('/token', answers({ access_token: 'short', user_id: 1 }))
  server.on('/me', answers({ user_id: '178' }))
  const browser = new Browser(patchbay, 'ada')
  const attempt = await browser.authorize({ connector: 'scripted' })
  const { state, redirectUri } = await openConsent(browser, attempt)
  await browser.person.open(withParameters(redirectUri, { state, code: 'a-code' }))
  return attemptOf(patchbay, 'ada', attempt.id)
}

async function issue(input: object = {}) {
  const user = { subject: 'ada', organization: 'northwind' }
  const selection = '... on IssuedAccessToken { accessToken version expiresAt }'
  const all = { user, connectorId: connectorId('scripted'), ...input }
  return mutateAs<{ version: number; expiresAt: string }>(patchbay, runtime, 'issueAccessToken', all, selection)
}

const asked = (path: string) =>
  server.requests.filter((request) => request.path === path).map(({ query }) => Object.fromEntries(query))

/** Makes the next refresh due, and waits until it was tried. */
async function refreshNow() {
  await patchbay.database.db.$executeRaw`
    UPDATE "Connection" SET "refreshDueAt" = now() - interval '1 second', "refreshLeaseUntil" = NULL WHERE refreshable`
  await patchbay.instance.runJobs()
}

const whenIssued = (accessToken: string) => expect.poll(issue).toMatchObject({ accessToken })

test('the token that a code returns is exchanged for one that lasts, without waiting until it expires', async () => {
  server.on('/long', answers({ access_token: 'long', token_type: 'bearer', expires_in: 60 * DAY }))
  expect(await connect()).toMatchObject({ status: 'SUCCEEDED', connection: { account: { id: '178' } } })
  await patchbay.instance.runJobs()
  await whenIssued('long')
  const parameters = { grant_type: 'ig_exchange_token', client_secret: 'a-client-secret', access_token: 'short' }
  expect(asked('/long')).toEqual([parameters])
  const leftMs = Date.parse((await issue()).expiresAt) - Date.now()
  expect(leftMs).toBeGreaterThan(59 * DAY * 1_000)
})

test('it is renewed with itself, and each time with the latest one', async () => {
  server.on('/long', answers({ access_token: 'long', expires_in: 60 * DAY }))
  await connect()
  await patchbay.instance.runJobs()
  await whenIssued('long')
  for (const [before, after] of [
    ['long', 'longer'],
    ['longer', 'longest'],
  ] as const) {
    server.requests.length = 0
    server.on('/renew', answers({ access_token: after, expires_in: 60 * DAY }))
    await refreshNow()
    await whenIssued(after)
    expect(asked('/renew')).toEqual([{ grant_type: 'ig_refresh_token', access_token: before }])
  }
  expect(asked('/long')).toEqual([])
})

test('while the second request fails, the short-lived token is stored, issued, and exchanged later', async () => {
  server.on('/long', answers('<h1>Down</h1>', { status: 503 }))
  expect(await connect()).toMatchObject({ status: 'SUCCEEDED' })
  await patchbay.instance.runJobs()
  expect(await issue()).toMatchObject({ accessToken: 'short' })
  expect(asked('/long').length).toBeGreaterThan(0)
  const [connection] = await connectionsOf(patchbay, 'ada')
  expect(connection).toMatchObject({ status: 'LIVE' })

  server.on('/long', answers({ access_token: 'long', expires_in: 60 * DAY }))
  await refreshNow()
  await whenIssued('long')
  expect(server.requests.filter(({ path }) => path === '/token')).toHaveLength(1)
})

test('an exchange that the app refuses names neither the token nor the secret', async () => {
  const message = 'Bad token short with secret a-client-secret'
  server.on('/long', answers({ error: { message, type: 'OAuthException', code: 101 } }, { status: 400 }))
  await connect()
  await patchbay.instance.runJobs()
  const [connection] = await connectionsOf(patchbay, 'ada')
  const where = { id: rowId(connection?.id ?? '') }
  await expect
    .poll(async () => (await patchbay.database.db.connection.findUnique({ where }))?.failureCause)
    .toMatchObject({ stage: 'REFRESH', httpStatus: 400, providerDescription: 'Bad token … with secret …' })
  expect(patchbay.logged.join('\n')).not.toContain('a-client-secret')
})

test('the app’s own code for a dead token ends the connection, also if it comes with another status than 401', async () => {
  server.on('/long', answers({ access_token: 'long', expires_in: 60 * DAY }))
  await connect()
  await patchbay.instance.runJobs()
  await whenIssued('long')
  const dead = answers(
    { error: { message: 'Session has expired', type: 'OAuthException', code: 190 } },
    { status: 400 },
  )
  server.on('/me', dead)
  server.on('/renew', dead)
  const [connection] = await connectionsOf(patchbay, 'ada')
  const token = await patchbay.tokenFor('ada')
  await mutateAs(patchbay, token, 'verifyConnection', { connectionId: connection?.id ?? '' })
  expect(await connectionsOf(patchbay, 'ada')).toMatchObject([{ status: 'BROKEN' }])
})

describe('the catalogue’s providers with long-lived tokens', () => {
  const slugs = ['facebook', 'instagram', 'threads']

  test.each(slugs)('%s exchanges a token and renews it', async (slug) => {
    const { longLivedToken, tokenResponse, tokensAt } = providerCatalogue.get(slug) ?? expect.unreachable()
    const moved = <T extends { url: string }>(request: T, url: string): T => ({ ...request, url })
    server.on('/long', answers({ access_token: 'long', token_type: 'bearer', expires_in: 60 * DAY }))
    const { exchange, refresh } = longLivedToken ?? expect.unreachable()
    await connect({
      longLivedToken: {
        exchange: moved(exchange, `${server.url}/long`),
        refresh: moved(refresh, `${server.url}/renew`),
      },
      tokenResponse,
      tokensAt,
    })
    // Only runs what is due: an instance that has just made the exchange by itself has nothing to renew yet.
    await patchbay.instance.runJobs()
    await whenIssued('long')
    server.on('/renew', answers({ access_token: 'longer', token_type: 'bearer', expires_in: 60 * DAY }))
    await refreshNow()
    await whenIssued('longer')
    expect(asked('/long').at(-1)).toMatchObject({ grant_type: exchange.grantType, [exchange.tokenParameter]: 'short' })
    expect(asked('/renew')).toMatchObject([{ grant_type: refresh.grantType, [refresh.tokenParameter]: 'long' }])
  })
})

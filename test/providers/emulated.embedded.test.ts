import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { developmentSecrets } from '../../src/config/development-secrets.js'
import { openTokens } from '../../src/domain/credential/tokens.js'
import { providerCatalogue, readProvider } from '../../src/providers/catalogue.js'
import { Browser } from '../support/browser.js'
import { keyFor, mutateAs } from '../support/callers.js'
import { attemptOf, mutate, rowId, startAfresh } from '../support/connecting.js'
import {
  chooseAccount,
  EMULATED_CLIENT,
  type EmulatedService,
  type Emulators,
  movedTo,
  startEmulators,
} from '../support/emulators.js'
import { connectorId, type Patchbay, startPatchbay } from '../support/patchbay.js'
import { vaultOf } from '../support/sealed-records.js'

interface Emulated {
  provider: string
  service: EmulatedService
  /** Paths of the provider that are different at the emulator. */
  paths?: Record<string, string>
  variables?: Record<string, string>
  scopes: string[]
  /** What to click on the emulator's page. */
  login: string
  label: string
  /** A call below the API's address whose response only this account gets, and what it contains. */
  call: { path: string; query?: string; contains: string }
  /** Whether access tokens expire and are refreshed. */
  refreshes: boolean
}

const ADA = 'ada@northwind.example'

/**
 * Google documents these paths on the hosts oauth2.googleapis.com and openidconnect.googleapis.com. The emulator has all
 * on one host, at the paths of its own discovery document.
 */
const GOOGLE_PATHS = { '/token': '/oauth2/token', '/revoke': '/oauth2/revoke', '/v1/userinfo': '/oauth2/v2/userinfo' }

const google = (provider: string, scope: string, path: string, contains: string): Emulated => ({
  provider,
  service: 'google',
  paths: GOOGLE_PATHS,
  scopes: [`https://www.googleapis.com/auth/${scope}`],
  login: ADA,
  label: ADA,
  call: { path, contains },
  refreshes: true,
})

/**
 * What the emulators leave out, and tests of Patchbay cover with apps of their own: they ask nobody for scopes, and
 * grant all of them under the requested names. Google documents `userinfo.email` for `email`, and a refresh token only
 * with `access_type=offline`. Microsoft documents responses without `offline_access`, which asks for the refresh token.
 * Those of GitHub and Slack have neither PKCE nor tokens that expire. None sends `iss` or an error to the callback.
 * Apple's has no provider in the catalogue, because a sign-in with Apple gives access to no API.
 */
const EMULATED: Emulated[] = [
  google('google', 'drive.readonly', '/drive/v3/files', 'Plans'),
  google('google-mail', 'gmail.readonly', '/gmail/v1/users/me/messages?q=Lunch', '"resultSizeEstimate":1'),
  google('google-calendar', 'calendar.readonly', '/users/me/calendarList', 'Northwind'),
  google('google-drive', 'drive.readonly', '/files', 'Plans'),
  {
    // GitHub documents a comma between granted scopes, and the emulator repeats the request's spaces.
    provider: 'github',
    service: 'github',
    scopes: ['repo', 'read:user'],
    login: 'ada',
    label: 'ada',
    call: { path: '/user', contains: '"login":"ada"' },
    refreshes: false,
  },
  {
    provider: 'slack',
    service: 'slack',
    scopes: ['users:read', 'users.profile:read'],
    login: 'ada',
    label: 'ada · Northwind',
    call: { path: '/users.profile.get', contains: ADA },
    refreshes: false,
  },
  {
    // Microsoft documents a tenant, such as `common`, in front of these paths. The emulator knows it only in metadata.
    provider: 'microsoft',
    service: 'microsoft',
    paths: {
      '/common/oauth2/v2.0/authorize': '/oauth2/v2.0/authorize',
      '/common/oauth2/v2.0/token': '/oauth2/v2.0/token',
    },
    scopes: ['User.Read'],
    login: ADA,
    label: ADA,
    call: { path: '/me', contains: ADA },
    refreshes: true,
  },
  {
    provider: 'linear',
    service: 'linear',
    scopes: ['read', 'write'],
    login: ADA,
    label: `${ADA} · Northwind`,
    call: { path: '', query: '{ viewer { email } }', contains: ADA },
    refreshes: true,
  },
  {
    provider: 'okta',
    service: 'okta',
    variables: { subdomain: 'northwind' },
    scopes: ['okta.users.read'],
    login: ADA,
    label: ADA,
    call: { path: '/users/me', contains: ADA },
    refreshes: true,
  },
]

interface Issued {
  accessToken: string
  version: number
  account: { label: string }
  api: { baseUrl: string; headers: { name: string; value: string }[] }
}

let patchbay: Patchbay
let emulators: Emulators
let runtime: string
beforeAll(async () => {
  patchbay = await startPatchbay()
  runtime = (await keyFor(patchbay, 'tokens:issue')).key
  const redirectUris = EMULATED.map(({ provider }) => `${patchbay.url}/oauth/callback/${provider}`)
  const services = new Set(EMULATED.map(({ service }) => service))
  emulators = await startEmulators([...services, 'stripe'], redirectUris)
})
beforeEach(() => startAfresh(patchbay))
afterAll(async () => {
  await emulators?.[Symbol.asyncDispose]()
  await patchbay?.close()
})

async function configure({ provider, service, paths, variables = {}, scopes }: Emulated): Promise<void> {
  const known = providerCatalogue.get(provider) ?? expect.unreachable()
  const settings = movedTo(emulators.urlOf(service), known, paths)
  const input = { slug: provider, name: provider, provider, variables, settings, defaultScopes: scopes }
  const result = await mutate(patchbay, 'ada', 'configureConnector', { ...input, credentials: EMULATED_CLIENT })
  expect(result).toEqual({ __typename: 'Connector' })
}

/** Connects Ada's account on the emulator's page. */
async function connect({ provider, login }: Emulated) {
  const browser = new Browser(patchbay, 'ada')
  const authorization = await browser.authorize({ connector: provider })
  const start = await browser.person.open(authorization.url)
  await browser.deliver(await chooseAccount(browser.person, start.headers.get('location') ?? '', login))
  return attemptOf(patchbay, 'ada', authorization.id)
}

function issue({ provider }: Emulated, input: object = {}) {
  const selection =
    '... on IssuedAccessToken { accessToken version account { label } api { baseUrl headers { name value } } }'
  const all = { user: { subject: 'ada', organization: 'northwind' }, connectorId: connectorId(provider), ...input }
  return mutateAs<Issued>(patchbay, runtime, 'issueAccessToken', all, selection)
}

/** Calls the API as a runtime does, with nothing but what came with the token. */
async function callApi({ call }: Emulated, { api }: Issued): Promise<string> {
  const headers = new Headers()
  for (const { name, value } of api.headers) headers.set(name, value)
  if (call.query === undefined) return (await fetch(`${api.baseUrl}${call.path}`, { headers })).text()
  headers.set('content-type', 'application/json')
  const body = JSON.stringify({ query: call.query })
  return (await fetch(`${api.baseUrl}${call.path}`, { method: 'POST', headers, body })).text()
}

/** The refresh token that Patchbay has. */
async function refreshTokenOf(connectionId: string): Promise<string> {
  const { db } = patchbay.database
  const recordId = rowId(connectionId)
  const [{ user }, { sealed }] = await Promise.all([
    db.connection.findUniqueOrThrow({ where: { id: recordId }, select: { user: true } }),
    db.connectionToken.findUniqueOrThrow({ where: { connectionId: recordId } }),
  ])
  const { vaultKey } = await developmentSecrets(patchbay.siblingEnv.PATCHBAY_DATA ?? '')
  const owner = { organization: user.organization, userId: user.id, recordId }
  return (await openTokens(vaultOf(vaultKey), owner, sealed)).refreshToken ?? ''
}

/** What the emulator answers to a refresh by someone who kept the refresh token. */
async function refreshed({ provider, service, paths = {} }: Emulated, refreshToken: string): Promise<unknown> {
  const { pathname } = new URL(providerCatalogue.get(provider)?.tokenUrl ?? '')
  const body = new URLSearchParams({
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    client_id: EMULATED_CLIENT.clientId,
    client_secret: EMULATED_CLIENT.clientSecret,
  })
  const response = await fetch(`${emulators.urlOf(service)}${paths[pathname] ?? pathname}`, { method: 'POST', body })
  return response.json()
}

test.each(EMULATED)(
  '$provider is connected on the app’s own page, checked, and used by a runtime',
  async (emulated) => {
    const { service, label, call, scopes, refreshes } = emulated
    await configure(emulated)
    const { status, failure, connection } = await connect(emulated)
    expect({ status, failure }).toEqual({ status: 'SUCCEEDED', failure: null })
    expect(connection).toMatchObject({ status: 'LIVE', account: { label } })
    expect(connection?.grantedScopes).toEqual(expect.arrayContaining(scopes))
    expect(connection?.accessTokenExpiresAt !== null).toBe(refreshes)

    const issued = await issue(emulated)
    expect(issued.account).toEqual({ label })
    expect(issued.api.baseUrl).toContain(emulators.urlOf(service))
    expect(await callApi(emulated, issued)).toContain(call.contains)

    const check = { connectionId: connection?.id ?? '' }
    const checked = await mutate(patchbay, 'ada', 'verifyConnection', check, '... on ConnectedAccount { status }')
    expect(checked).toEqual({ __typename: 'ConnectedAccount', status: 'LIVE' })
  },
)

test.each(EMULATED.filter(({ refreshes }) => refreshes))('$provider is refreshed, more than once', async (emulated) => {
  await configure(emulated)
  await connect(emulated)
  let issued = await issue(emulated)
  for (let refreshes = 0; refreshes < 2; refreshes++) {
    const next = await issue(emulated, { rejectedVersion: issued.version })
    expect(next.accessToken).not.toBe(issued.accessToken)
    expect(await callApi(emulated, next)).toContain(emulated.call.contains)
    issued = next
  }
})

// The emulators end only the token that they are sent. Google and Okta document that access tokens end with it.
test.each(EMULATED.filter(({ provider }) => providerCatalogue.get(provider)?.revocationUrl))(
  '$provider no longer accepts the refresh token of an account that was disconnected',
  async (emulated) => {
    await configure(emulated)
    const { connection } = await connect(emulated)
    const connectionId = connection?.id ?? ''
    const refreshToken = await refreshTokenOf(connectionId)
    await mutate(patchbay, 'ada', 'disconnect', { connectionId })
    await patchbay.instance.runJobs()
    expect(await patchbay.database.db.revocation.count()).toBe(0)
    expect(await refreshed(emulated, refreshToken)).toMatchObject({ error: 'invalid_grant' })
  },
)

test('exactly the providers that this file tries are called emulated', () => {
  const called = providerCatalogue.slugs().filter((slug) => readProvider(slug)?.status === 'emulated')
  expect(called).toEqual(EMULATED.map(({ provider }) => provider).sort())
})

test('Stripe’s emulator has an API but no OAuth, so the provider remains documented', async () => {
  const { authorizationUrl, tokenUrl } = providerCatalogue.get('stripe') ?? expect.unreachable()
  for (const address of [authorizationUrl, tokenUrl]) {
    const { pathname } = new URL(address)
    for (const method of ['GET', 'POST']) {
      const response = await fetch(`${emulators.urlOf('stripe')}${pathname}`, { method })
      expect(response.status).toBe(404)
    }
  }
})

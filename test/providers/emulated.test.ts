import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { developmentSecrets } from '../../src/config/development-secrets.js'
import { openTokens } from '../../src/domain/credential/tokens.js'
import { providerCatalogue, readProvider } from '../../src/providers/catalogue.js'
import { Browser } from '../support/browser.js'
import { keyFor, mutateAs } from '../support/callers.js'
import { attemptOf, mutate, rowId, startAfresh } from '../support/connecting.js'
import { configureEmulated, EMULATED, type Emulated } from '../support/emulated-providers.js'
import { chooseAccount, EMULATED_CLIENT, type Emulators, startEmulators } from '../support/emulators.js'
import { connectorId, type Patchbay, startPatchbay } from '../support/patchbay.js'
import { vaultOf } from '../support/sealed-records.js'

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
  const services = new Set(EMULATED.map(({ service }) => service))
  emulators = await startEmulators(patchbay, [...services, 'stripe'])
})
beforeEach(() => startAfresh(patchbay))
afterAll(async () => {
  await emulators?.[Symbol.asyncDispose]()
  await patchbay?.close()
})

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
    await configureEmulated(patchbay, emulators, emulated)
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
  await configureEmulated(patchbay, emulators, emulated)
  await connect(emulated)
  let issued = await issue(emulated)
  for (let refreshes = 0; refreshes < 2; refreshes++) {
    const next = await issue(emulated, { rejectedVersion: issued.version })
    expect(next.accessToken).not.toBe(issued.accessToken)
    expect(await callApi(emulated, next)).toContain(emulated.call.contains)
    issued = next
  }
})

// The emulators end only the token that they are sent. Google and Okta document that access tokens end with it. Those of
// GitHub and Slack, which have no refresh tokens, have no revocation either.
test.each(EMULATED.filter(({ provider, refreshes }) => refreshes && providerCatalogue.get(provider)?.revocationUrl))(
  '$provider no longer accepts the refresh token of an account that was disconnected',
  async (emulated) => {
    await configureEmulated(patchbay, emulators, emulated)
    const { connection } = await connect(emulated)
    const connectionId = connection?.id ?? ''
    const refreshToken = await refreshTokenOf(connectionId)
    await mutate(patchbay, 'ada', 'disconnect', { connectionId })
    await patchbay.instance.runJobs()
    expect(await patchbay.database.db.revocation.count()).toBe(0)
    expect(await refreshed(emulated, refreshToken)).toMatchObject({ error: 'invalid_grant' })
  },
)

test('exactly the providers that are tried with an emulator are called emulated', () => {
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

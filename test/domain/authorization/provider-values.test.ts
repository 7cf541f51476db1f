import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Browser } from '../../support/browser.js'
import { keyFor, mutateAs } from '../../support/callers.js'
import {
  attemptOf,
  configureConnector,
  connectionsOf,
  mutate,
  openConsent,
  rowId,
  startAfresh,
  withParameters,
} from '../../support/connecting.js'
import { answers, type HostileServer, startHostileServer } from '../../support/hostile-server.js'
import { connectorId, type Patchbay, startPatchbay } from '../../support/patchbay.js'

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

const tokens = {
  access_token: 'an-access-token',
  token_type: 'Bearer',
  refresh_token: 'a-refresh-token',
  expires_in: 3_600,
}

/** Configures the connector of the scripted app. */
async function configure(settings: object) {
  const { url } = server
  await configureConnector(patchbay, 'scripted', {
    authorizationUrl: `${url}/authorize`,
    tokenUrl: `${url}/token`,
    ...settings,
  })
}

/** Comes back from the scripted app's consent screen with these parameters. */
async function connect(callback: Record<string, string> = {}, input: { connectionId?: string } = {}) {
  const browser = new Browser(patchbay, 'ada')
  const attempt = await browser.authorize({ connector: 'scripted', ...input })
  const { state, redirectUri } = await openConsent(browser, attempt)
  await browser.person.open(withParameters(redirectUri, { state, code: 'a-code', ...callback }))
  return attemptOf(patchbay, 'ada', attempt.id)
}

async function issue(input: object = {}) {
  const user = { subject: 'ada', organization: 'northwind' }
  const selection =
    '... on IssuedAccessToken { accessToken version metadata account { id label } api { headers { name value } } }'
  const all = { user, connectorId: connectorId('scripted'), ...input }
  return mutateAs<{ version: number }>(patchbay, runtime, 'issueAccessToken', all, selection)
}

const idsOf = async () => (await connectionsOf(patchbay, 'ada')).map(({ account }) => account?.id)

test('O27: one user in two teams has two connections, and reconnecting either repairs only that one', async () => {
  await configure({ identity: { url: `${server.url}/me`, idPaths: ['team.id', 'user.id'] } })
  server.on('/token', answers(tokens))
  for (const id of ['T1', 'T2', 'T1']) {
    server.on('/me', answers({ team: { id }, user: { id: 'U1' } }))
    expect(await connect()).toMatchObject({ status: 'SUCCEEDED' })
  }
  expect(await idsOf()).toEqual(['T1/U1', 'T2/U1'])
  const [first] = await connectionsOf(patchbay, 'ada')
  server.on('/me', answers({ team: { id: 'T2' }, user: { id: 'U1' } }))
  expect(await connect({}, { connectionId: first?.id ?? '' })).toMatchObject({ failure: { code: 'ACCOUNT_MISMATCH' } })
})

test('O27: ids that differ in the last digit of a large number are two accounts', async () => {
  await configure({ identity: { url: `${server.url}/me`, idPath: 'id' } })
  server.on('/token', answers(tokens))
  for (const id of ['9007199254740992', '9007199254740993']) {
    server.on('/me', answers(`{"id":${id}}`))
    await connect()
  }
  expect(await idsOf()).toEqual(['9007199254740992', '9007199254740993'])
})

test('O27: a connection whose id was stored in an earlier form is recognized, and has today’s from then on', async () => {
  await configure({ identity: { url: `${server.url}/me`, idPath: 'user.id' } })
  server.on('/token', answers(tokens))
  server.on('/me', answers('{"team":{"id":"T1"},"user":{"id":9007199254740993}}'))
  await connect()
  const [before] = await connectionsOf(patchbay, 'ada')
  const connectionId = before?.id ?? ''
  const where = { id: rowId(connectionId) }
  const asEarlierVersionsDid = { accountId: '9007199254740992', accountIdFrom: null }
  await patchbay.database.db.connection.update({ where, data: asEarlierVersionsDid })
  await patchbay.database.db.$executeRaw`UPDATE "User" SET revision = revision + 1`

  await configure({ identity: { url: `${server.url}/me`, idPaths: ['team.id', 'user.id'] } })
  expect(await connect({}, { connectionId })).toMatchObject({ status: 'SUCCEEDED', connection: { id: connectionId } })
  expect(await idsOf()).toEqual(['T1/9007199254740993'])
  expect(await connect()).toMatchObject({ connection: { id: connectionId } })
})

test('O27: a check recognizes an account by an earlier form of its id, and stores today’s', async () => {
  await configure({ identity: { url: `${server.url}/me`, idPath: 'user.id' } })
  server.on('/token', answers(tokens))
  server.on('/me', answers({ team: { id: 'T1' }, user: { id: 'U1' } }))
  await connect()
  await configure({ identity: { url: `${server.url}/me`, idPaths: ['team.id', 'user.id'] } })
  const [connection] = await connectionsOf(patchbay, 'ada')
  const input = { connectionId: connection?.id ?? '' }
  const token = await patchbay.tokenFor('ada')
  expect(await mutateAs(patchbay, token, 'verifyConnection', input)).toMatchObject({ __typename: 'ConnectedAccount' })
  expect(await idsOf()).toEqual(['T1/U1'])
})

test('values of the callback, the tokens and a second call are issued with the token and kept through refreshes', async () => {
  const host = new URL(server.url).host
  await configure({
    identity: { url: `${server.url}/me`, idPath: 'sub', labelPaths: ['email'] },
    lookup: { url: `${server.url}/lookup` },
    metadata: {
      realmId: { from: 'callback', path: 'realmId', identifies: true, shown: true },
      instance_url: { from: 'tokens', path: 'instance_url', hosts: [host] },
      dc: { from: 'lookup', path: 'dc' },
    },
  })
  server.on('/token', answers({ ...tokens, instance_url: `${server.url}/one` }))
  server.on('/me', answers({ sub: 'S1', email: 'ada@app.example' }))
  server.on('/lookup', answers({ dc: 'us6' }))
  expect(await connect({ realmId: '4620816365178965' })).toMatchObject({ status: 'SUCCEEDED' })
  const issued = await issue()
  expect(issued).toMatchObject({
    accessToken: 'an-access-token',
    metadata: { realmId: '4620816365178965', instance_url: `${server.url}/one`, dc: 'us6' },
    account: { id: '4620816365178965/S1', label: 'ada@app.example · 4620816365178965' },
  })
  server.on('/token', answers({ ...tokens, access_token: 'second', instance_url: `${server.url}/two` }))
  const second = await issue({ rejectedVersion: issued.version })
  const moved = { realmId: '4620816365178965', instance_url: `${server.url}/two`, dc: 'us6' }
  expect(second).toMatchObject({ accessToken: 'second', metadata: moved })
  server.on('/token', answers({ ...tokens, access_token: 'third', instance_url: 'https://evil.example' }))
  expect(await issue({ rejectedVersion: second.version })).toMatchObject({ accessToken: 'third', metadata: moved })
  expect(await issue()).toMatchObject({ accessToken: 'third', metadata: moved })
})

test('a runtime gets the client id in the headers that the app’s API needs it in, also after a refresh', async () => {
  await configure({ api: { headers: { 'Client-Id': '{clientId}' } } })
  server.on('/token', answers(tokens))
  await connect()
  const api = { headers: expect.arrayContaining([{ name: 'Client-Id', value: 'patchbay' }]) }
  const issued = await issue()
  expect(issued).toMatchObject({ accessToken: 'an-access-token', api })
  expect(await issue({ rejectedVersion: issued.version })).toMatchObject({ api })
})

test('O29: code, refresh token and secret go to the server that the callback names, and to no other', async () => {
  await using elsewhere = await startHostileServer()
  await using foreign = await startHostileServer()
  for (const each of [server, elsewhere, foreign]) each.on('/token', answers({ ...tokens, access_token: each.url }))
  await configure({
    tokenServer: { parameter: 'accounts-server', hosts: [new URL(elsewhere.url).host] },
  })
  const refused = await connect({ 'accounts-server': foreign.url })
  expect(refused).toMatchObject({ status: 'FAILED', failure: { code: 'ISSUER_MISMATCH' } })
  expect([server.requests, elsewhere.requests, foreign.requests]).toEqual([[], [], []])

  expect(await connect({ 'accounts-server': elsewhere.url })).toMatchObject({ status: 'SUCCEEDED' })
  const issued = await issue()
  expect(await issue({ rejectedVersion: issued.version })).toMatchObject({ accessToken: elsewhere.url })
  expect(elsewhere.requests.map(({ body }) => body.get('grant_type'))).toEqual(['authorization_code', 'refresh_token'])
  expect([server.requests, foreign.requests]).toEqual([[], []])
})

test('O21: scopes that only the callback reports show which one is missing', async () => {
  const defaultScopes = ['read', 'activity:read_all']
  const settings = { authorizationUrl: `${server.url}/authorize`, tokenUrl: `${server.url}/token`, scopeSeparator: ',' }
  await configureConnector(patchbay, 'scripted', { ...settings, grantedScopesFrom: 'callback' }, { defaultScopes })
  server.on('/token', answers(tokens))
  await connect({ scope: 'read' })
  expect((await connectionsOf(patchbay, 'ada'))[0]?.grantedScopes).toEqual(['read'])
})

test('O10: a connector is discovered where RFC 8414 puts its metadata, and connects tenants of its template only', async () => {
  const { url } = server
  const issuerTemplate = `${url}/{tenantid}/v2.0`
  const endpoints = { authorization_endpoint: `${url}/authorize`, token_endpoint: `${url}/token` }
  server.on('/.well-known/oauth-authorization-server/common/v2.0', answers({ issuer: issuerTemplate, ...endpoints }))
  server.on('/token', answers(tokens))
  const describe = (settings: object) =>
    mutate<{ faults?: object[] }>(patchbay, 'ada', 'configureConnector', {
      slug: 'scripted',
      name: 'Scripted',
      credentials: { clientId: 'patchbay', clientSecret: 'a-client-secret' },
      openIdConnect: { issuer: `${url}/common/v2.0/`, settings },
    })
  const refused = await describe({})
  expect(refused).toMatchObject({ __typename: 'InvalidInputError' })
  expect(refused.message).toContain(`metadata of the issuer ${issuerTemplate}`)
  expect(refused.message).toContain('set issuerTemplate')

  expect(await describe({ issuerTemplate })).toMatchObject({ __typename: 'Connector' })
  expect(await connect({ iss: `${url}/9188040d/v2.0` })).toMatchObject({ status: 'SUCCEEDED' })
  const other = await connect({ iss: 'https://evil.example/9188040d/v2.0' })
  expect(other).toMatchObject({ status: 'FAILED', failure: { code: 'ISSUER_MISMATCH' } })
})

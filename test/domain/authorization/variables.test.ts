import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
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
  for (const shop of ['north', 'south']) {
    server.on(`/${shop}/token`, answers({ ...tokens, access_token: `a-token-of-${shop}` }))
    server.on(`/${shop}/refresh`, answers({ ...tokens, access_token: `a-second-token-of-${shop}` }))
    server.on(`/${shop}/me`, answers({ id: 'U1', name: 'Ada' }))
    server.on(`/${shop}/lookup`, answers({ plan: 'basic' }))
    server.on(`/${shop}/revoke`, answers({}))
  }
})
afterAll(async () => {
  await patchbay.close()
  await server[Symbol.asyncDispose]()
})

const tokens = { token_type: 'Bearer', refresh_token: 'a-refresh-token', expires_in: 3_600 }
const SHOP = { name: 'shop', label: 'name of your shop', placeholder: 'acme' }

async function configure(settings: object = {}) {
  const url = `${server.url}/{shop}`
  await configureConnector(patchbay, 'scripted', {
    authorizationUrl: `${url}/authorize`,
    tokenUrl: `${url}/token`,
    tokenRequest: { refreshUrl: `${url}/refresh` },
    revocationUrl: `${url}/revoke`,
    issuer: url,
    requiresIssuer: true,
    identity: { url: `${url}/me`, idPath: 'id', labelPaths: ['name'] },
    lookup: { url: `${url}/lookup` },
    metadata: { plan: { from: 'lookup', path: 'plan' } },
    variables: [SHOP],
    api: { baseUrl: `${url}/api`, scheme: 'Token', headers: { 'App-Version': '2' } },
    ...settings,
  })
}

const asShop = (value: string) => [{ name: 'shop', value }]

/** Starts, and comes back from the shop's consent screen. */
async function connect(input: { variables?: { name: string; value: string }[]; connectionId?: string; iss?: string }) {
  const { iss, ...start } = input
  const browser = new Browser(patchbay, 'ada')
  const attempt = await browser.authorize({ connector: 'scripted', ...start })
  if (attempt.__typename !== 'Authorization') return { refused: attempt, location: undefined }
  const { location, state, redirectUri } = await openConsent(browser, attempt)
  const issuer = iss ?? location.split('/authorize')[0]
  await browser.person.open(withParameters(redirectUri, { state, code: 'a-code', iss: issuer }))
  return { location, ...(await attemptOf(patchbay, 'ada', attempt.id)) }
}

async function issue(input: object = {}) {
  const user = { subject: 'ada', organization: 'northwind' }
  const selection =
    '... on IssuedAccessToken { accessToken version metadata account { id label } api { baseUrl headers { name value } } }'
  const all = { user, connectorId: connectorId('scripted'), ...input }
  return mutateAs<{ version: number }>(patchbay, runtime, 'issueAccessToken', all, selection)
}

const advice = () => `For ${new URL(server.url).host}/acme, enter acme.`

const pathsAsked = () => server.requests.map(({ path }) => path)

test('what the person entered is in every URL: consent, exchange, identity, lookup, refresh, check and revocation', async () => {
  await configure()
  const connected = await connect({ variables: asShop('north') })
  expect(connected).toMatchObject({ status: 'SUCCEEDED', connection: { account: { label: 'Ada · north' } } })
  expect(connected.location).toMatch(`${server.url}/north/authorize?`)
  expect(pathsAsked()).toEqual(['/north/token', '/north/me', '/north/lookup'])

  const issued = await issue()
  expect(issued).toMatchObject({ accessToken: 'a-token-of-north', metadata: { shop: 'north', plan: 'basic' } })
  expect(issued).toMatchObject({
    api: {
      baseUrl: `${server.url}/north/api`,
      headers: [
        { name: 'Authorization', value: 'Token a-token-of-north' },
        { name: 'App-Version', value: '2' },
      ],
    },
  })
  const second = await issue({ rejectedVersion: issued.version })
  expect(second).toMatchObject({ accessToken: 'a-second-token-of-north', metadata: { shop: 'north', plan: 'basic' } })
  expect(await issue({ rejectedVersion: second.version })).toMatchObject({ metadata: { shop: 'north' } })

  const [connection] = await connectionsOf(patchbay, 'ada')
  const input = { connectionId: connection?.id ?? '' }
  expect(await mutate(patchbay, 'ada', 'verifyConnection', input)).toMatchObject({ __typename: 'ConnectedAccount' })
  await mutate(patchbay, 'ada', 'disconnect', input)
  await patchbay.instance.runJobs()
  expect(pathsAsked().slice(3)).toEqual(['/north/refresh', '/north/refresh', '/north/me', '/north/revoke'])
})

test('O27: one user of two customers has two connections, and each keeps its own tokens', async () => {
  await configure()
  await connect({ variables: asShop('north') })
  await connect({ variables: asShop('south') })
  await connect({ variables: asShop('north') })
  const connections = await connectionsOf(patchbay, 'ada')
  expect(connections.map(({ account }) => account?.id)).toEqual(['north/U1', 'south/U1'])
  const [, south] = connections
  expect(await issue({ connectionId: south?.id })).toMatchObject({
    accessToken: 'a-token-of-south',
    metadata: { shop: 'south' },
  })
})

test('a connection is repaired without asking again, and never for another customer', async () => {
  await configure()
  await connect({ variables: asShop('north') })
  const [connection] = await connectionsOf(patchbay, 'ada')
  const connectionId = connection?.id ?? ''
  const repaired = await connect({ connectionId })
  expect(repaired).toMatchObject({ status: 'SUCCEEDED', connection: { id: connectionId } })
  expect(repaired.location).toMatch(`${server.url}/north/authorize?`)
  expect(await connect({ connectionId, variables: asShop('north') })).toMatchObject({ status: 'SUCCEEDED' })
  const { refused } = await connect({ connectionId, variables: asShop('south') })
  expect(refused).toMatchObject({ __typename: 'InvalidVariablesError' })
  expect(refused?.message).toBe(
    'This connection has the name of your shop north. To use another one, connect it as another account.',
  )
})

test('O10: a callback with the issuer of another customer is refused', async () => {
  await configure()
  const failed = await connect({ variables: asShop('north'), iss: `${server.url}/south` })
  expect(failed).toMatchObject({ status: 'FAILED', failure: { code: 'ISSUER_MISMATCH' } })
  expect(pathsAsked()).toEqual([])
})

describe('O29: an authorization doesn’t start', () => {
  const refusal = async (variables: { name: string; value: string }[]) => (await connect({ variables })).refused

  test.each([
    'evil.example/',
    'a@b',
    'a.evil.example#',
    '..',
    'north/../south',
    'north%2f..',
    'evil\u3002example',
    'n'.repeat(200),
  ])('for %j, and says what to enter', async (value) => {
    await configure()
    expect(await refusal(asShop(value))).toMatchObject({
      __typename: 'InvalidVariablesError',
      message: `This isn’t a valid name of your shop. ${advice()}`,
    })
    expect(await patchbay.database.db.authorization.count()).toBe(0)
    expect(server.requests).toEqual([])
  })

  test.each([
    [[], 'Enter the name of your shop.'],
    [asShop('  '), 'Enter the name of your shop.'],
    [[...asShop('north'), ...asShop('south')], 'It was passed twice. Pass it once.'],
    [[...asShop('north'), { name: 'region', value: 'eu' }], 'This app doesn’t ask for it. Leave it out.'],
  ])('with %j', async (variables, message) => {
    await configure()
    expect(await refusal(variables)).toMatchObject({
      __typename: 'InvalidVariablesError',
      message: expect.stringContaining(message),
    })
  })
})

test('a default is used if nothing is entered', async () => {
  await configure({ variables: [{ ...SHOP, default: 'south' }] })
  expect(await connect({})).toMatchObject({ status: 'SUCCEEDED', connection: { account: { id: 'south/U1' } } })
})

test('O29: a value that the settings no longer allow is never sent anything, and the operator sees why', async () => {
  await configure()
  await connect({ variables: asShop('north') })
  const { version } = await issue()
  await configure({ variables: [{ ...SHOP, pattern: 'south' }] })
  server.requests.length = 0
  expect(await issue({ rejectedVersion: version })).toMatchObject({ __typename: 'AccessTokenUnavailableError' })
  const [connection] = await connectionsOf(patchbay, 'ada')
  const row = await patchbay.database.db.connection.findUniqueOrThrow({ where: { id: rowId(connection?.id ?? '') } })
  expect(row).toMatchObject({ status: 'LIVE', failureCause: { stage: 'REFRESH', reason: 'REFUSED', host: null } })
  expect(JSON.stringify(row.failureCause)).toContain('no valid value for shop')
  expect(server.requests).toEqual([])
})

test('an authorization whose value the settings no longer allow ends before anything is sent', async () => {
  await configure()
  const browser = new Browser(patchbay, 'ada')
  const attempt = await browser.authorize({ connector: 'scripted', variables: asShop('north') })
  const { state, redirectUri } = await openConsent(browser, attempt)
  await configure({ variables: [{ ...SHOP, pattern: 'south' }] })
  await browser.person.open(withParameters(redirectUri, { state, code: 'a-code', iss: `${server.url}/north` }))
  expect(await attemptOf(patchbay, 'ada', attempt.id)).toMatchObject({
    status: 'FAILED',
    failure: { code: 'CONNECTOR_UNAVAILABLE' },
  })
  expect(server.requests).toEqual([])
})

test('tokens of an authorization that fails are revoked at the customer’s own address', async () => {
  await configure({ metadata: { plan: { from: 'lookup', path: 'nothing', required: true } } })
  expect(await connect({ variables: asShop('north') })).toMatchObject({ status: 'FAILED' })
  await patchbay.instance.runJobs()
  expect(pathsAsked()).toEqual(['/north/token', '/north/me', '/north/lookup', '/north/revoke'])
})

test('the API says what to ask for', async () => {
  await configure()
  const query = `query ($slug: String!) { connector(slug: $slug) {
    variables { name label placeholder pattern defaultValue prefix suffix } } }`
  const { data } = await patchbay.execute<{ connector: object }>('ada', query, { slug: 'scripted' })
  expect(data.connector).toEqual({
    variables: [
      {
        ...SHOP,
        pattern: '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?',
        defaultValue: null,
        prefix: `${server.url}/`,
        suffix: '',
      },
    ],
  })
})

describe('a connector is refused', () => {
  const faults = async (settings: object) => {
    const url = server.url
    const { faults } = await mutate<{ faults: object[] }>(
      patchbay,
      'ada',
      'configureConnector',
      {
        slug: 'refused',
        name: 'Refused',
        oauth2: { authorizationUrl: `${url}/{shop}/authorize`, tokenUrl: `${url}/{shop}/token`, ...settings },
      },
      '... on InvalidInputError { faults { path message } }',
    )
    return faults
  }

  test.each([
    [
      {},
      [
        {
          path: 'oauth2.variables',
          message: 'has no shop, which a URL, a header of the API or callback.expected contains. Declare it',
        },
      ],
    ],
    [
      { variables: [SHOP, SHOP] },
      [{ path: 'oauth2.variables[1].name', message: 'is declared twice. Remove one of them' }],
    ],
    [
      { variables: [SHOP, { ...SHOP, name: 'region' }] },
      [
        {
          path: 'oauth2.variables[1].name',
          message:
            'is in no URL and in no header of the API: none contains {region}. Use it there, or remove the variable',
        },
      ],
    ],
    [
      { variables: [SHOP], metadata: { shop: { from: 'tokens', path: 'shop' } } },
      [
        {
          path: 'oauth2.variables[0].name',
          message: 'is the name of a value in metadata. Give one of them another name',
        },
      ],
    ],
    [
      { variables: [{ ...SHOP, default: 'a@b' }] },
      [
        {
          path: 'oauth2.variables[0].default',
          message: 'does not match the pattern, or can’t be a part of the URLs. Choose another default',
        },
      ],
    ],
    [
      { variables: [SHOP], tokenUrl: 'http://{shop}/token' },
      [{ path: 'oauth2.tokenUrl', message: 'must end in two or more fixed labels after a variable in its host' }],
    ],
  ])('with %j', async (settings, expected) => {
    expect(await faults(settings)).toEqual(expected)
  })
})

describe('an issuer with variables', () => {
  const describeIssuer = (openIdConnect: object) =>
    mutate(patchbay, 'ada', 'configureConnector', {
      slug: 'scripted',
      name: 'Scripted',
      credentials: { clientId: 'patchbay', clientSecret: 'a-client-secret' },
      openIdConnect,
    })
  const issuer = () => `${server.url}/{shop}/v2`
  const metadata = (more: object = {}) => ({
    issuer: `${server.url}/north/v2`,
    authorization_endpoint: `${server.url}/north/authorize`,
    token_endpoint: `${server.url}/north/token`,
    userinfo_endpoint: `${server.url}/north/me`,
    ...more,
  })
  beforeEach(() => {
    server.on('/north/me', answers({ sub: 'U1' }))
    server.on('/south/me', answers({ sub: 'U1' }))
  })

  test('is discovered at one customer, and connects others', async () => {
    server.on('/north/v2/.well-known/openid-configuration', answers(metadata()))
    const settings = { variables: [SHOP] }
    expect(await describeIssuer({ issuer: issuer(), variables: { shop: 'north' }, settings })).toMatchObject({
      __typename: 'Connector',
    })
    server.requests.length = 0
    const iss = `${server.url}/south/v2`
    expect(await connect({ variables: asShop('south'), iss })).toMatchObject({ status: 'SUCCEEDED' })
    expect(pathsAsked()).toEqual(['/south/token', '/south/me'])
    const other = await connect({ variables: asShop('south'), iss: `${server.url}/north/v2` })
    expect(other).toMatchObject({ failure: { code: 'ISSUER_MISMATCH' } })
  })

  test('needs the values of one customer', async () => {
    const { message } = await describeIssuer({ issuer: issuer(), settings: { variables: [SHOP] } })
    expect(message).toContain('openIdConnect.variables: must have the values of one customer for')
  })
})

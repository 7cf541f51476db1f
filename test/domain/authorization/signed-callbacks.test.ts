import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { providerCatalogue } from '../../../src/providers/catalogue.js'
import { Browser } from '../../support/browser.js'
import {
  attemptOf,
  configureConnector,
  mutate,
  openConsent,
  startAfresh,
  withParameters,
} from '../../support/connecting.js'
import { answers, type HostileServer, startHostileServer } from '../../support/hostile-server.js'
import { type Patchbay, startPatchbay } from '../../support/patchbay.js'

let patchbay: Patchbay
let server: HostileServer
beforeAll(async () => {
  patchbay = await startPatchbay()
  server = await startHostileServer()
  const { variables, callback } = providerCatalogue.get('shopify') ?? expect.unreachable()
  await configureConnector(patchbay, 'shop', {
    authorizationUrl: `${server.url}/{subdomain}/authorize`,
    tokenUrl: `${server.url}/{subdomain}/token`,
    variables,
    callback,
  })
})
beforeEach(async () => {
  await startAfresh(patchbay)
  server.requests.length = 0
  server.on('/acme/token', answers({ access_token: 'a-token', token_type: 'Bearer' }))
})
afterAll(async () => {
  await patchbay.close()
  await server[Symbol.asyncDispose]()
})

const signed = (parameters: Record<string, string>, secret = 'a-client-secret') => {
  const text = Object.entries(parameters)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
  return { ...parameters, hmac: createHmac('sha256', secret).update(text).digest('hex') }
}

/** Enters acme, and comes back from the consent screen with these parameters. */
async function connect(callback: (parameters: Record<string, string>) => Record<string, string>) {
  const browser = new Browser(patchbay, 'ada')
  const attempt = await browser.authorize({ connector: 'shop', variables: [{ name: 'subdomain', value: 'acme' }] })
  const { state, redirectUri } = await openConsent(browser, attempt)
  const parameters = { state, code: 'a-code', shop: 'acme.myshopify.com', timestamp: '1337178173', host: 'YWRtaW4' }
  await browser.person.open(withParameters(redirectUri, callback(parameters)))
  return attemptOf(patchbay, 'ada', attempt.id)
}

test('a callback that Shopify signed for the store that the person entered connects it', async () => {
  expect(await connect(signed)).toMatchObject({ status: 'SUCCEEDED' })
  expect(server.requests.map(({ path }) => path)).toEqual(['/acme/token'])
})

test.each<[string, (parameters: Record<string, string>) => Record<string, string>]>([
  ['without a signature', (parameters) => parameters],
  ['signed with another secret', (parameters) => signed(parameters, 'another-secret')],
  ['whose code was replaced', (parameters) => ({ ...signed(parameters), code: 'another-code' })],
  ['of another store', (parameters) => signed({ ...parameters, shop: 'evil.myshopify.com' })],
  ['of no store', ({ shop: _shop, ...parameters }) => signed(parameters)],
])('O29: a callback %s ends the authorization, and nothing is sent anywhere', async (_what, callback) => {
  expect(await connect(callback)).toMatchObject({ status: 'FAILED', failure: { code: 'ISSUER_MISMATCH' } })
  expect(server.requests).toEqual([])
})

test('an operator sees what didn’t fit', async () => {
  await connect((parameters) => signed({ ...parameters, shop: 'evil.myshopify.com' }))
  const query = '{ connectors(first: 50) { edges { node { recentFailures { reason providerDescription } } } } }'
  const { data, errors } = await patchbay.execute<{ connectors: object[] }>('ada', query)
  expect(errors).toBeUndefined()
  expect(JSON.stringify(data)).toContain('The callback’s shop isn’t acme.myshopify.com, so nothing was sent.')
})

test('a callback that only says that the person declined needs no signature', async () => {
  const declined = ({ state = '' }) => ({ state, error: 'access_denied' })
  expect(await connect(declined)).toMatchObject({ failure: { code: 'DENIED_BY_USER' } })
})

test('an expectation with a variable that isn’t declared is refused', async () => {
  const result = await mutate(patchbay, 'ada', 'configureConnector', {
    slug: 'odd',
    name: 'Odd',
    oauth2: {
      authorizationUrl: `${server.url}/authorize`,
      tokenUrl: `${server.url}/token`,
      callback: { expected: { shop: '{store}.example.com' } },
    },
  })
  expect(result).toMatchObject({ __typename: 'InvalidInputError', message: expect.stringContaining('has no store') })
})

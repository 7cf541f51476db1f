import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { loadCatalogue } from '../../../src/domain/catalogue/load-catalogue.js'
import { endpointUrls, type Providers } from '../../../src/domain/catalogue/provider.js'
import { InvalidInputError } from '../../../src/domain/errors.js'
import { type ConfigureDeps, configureConnector } from '../../../src/domain/publishing/configure-connector.js'
import { describeConnector } from '../../../src/domain/publishing/describe-connector.js'
import { findConnector } from '../../../src/domain/publishing/stored-connector.js'
import { createAddressGuard } from '../../../src/outbound/address-guard.js'
import { providerCatalogue } from '../../../src/providers/catalogue.js'
import { createEnvelopeVault } from '../../../src/vault/envelope-vault.js'
import { createKeyRing } from '../../../src/vault/key-ring.js'
import { SILENT } from '../../support/callers.js'
import { openTestDatabase, type TestDatabase } from '../../support/database.js'

let database: TestDatabase
let deps: ConfigureDeps
beforeAll(async () => {
  database = await openTestDatabase()
  deps = {
    db: database.db,
    notifier: SILENT,
    vault: createEnvelopeVault(createKeyRing([Buffer.alloc(32, 'a key').toString('base64')]), () => {}),
    providers: providerCatalogue,
    discover: async () => expect.unreachable(),
    allowPrivate: false,
    refusesAddress: createAddressGuard({ allowPrivate: false }).refusesLiteral,
  }
})
beforeEach(async () => {
  await database.db.connector.deleteMany()
})
afterAll(() => database.close())

const configure = (input: object) => configureConnector(deps, { slug: 'app', name: 'App', ...input })
const providerNow = async () => {
  const { connectors } = await loadCatalogue(database.sql, providerCatalogue)
  return connectors.get('app')?.provider ?? expect.unreachable()
}
const faultsOf = async (input: object) => {
  const error = await configure(input).catch((error) => error)
  expect(error).toBeInstanceOf(InvalidInputError)
  expect(await database.db.connector.count()).toBe(0)
  return (error as InvalidInputError).faults
}

test('settings of a connector are merged into its provider', async () => {
  const settings = { authorizationParameters: { hd: 'example.com' }, scopeSeparator: ',' }
  await configure({ provider: 'google', settings })
  const google = providerCatalogue.get('google') ?? expect.unreachable()
  expect(await providerNow()).toEqual({
    ...google,
    authorizationParameters: { ...google.authorizationParameters, hd: 'example.com' },
    scopeSeparator: ',',
  })
  const stored = (await findConnector(deps, 'app')) ?? expect.unreachable()
  expect(describeConnector(stored)).toEqual({ slug: 'app', name: 'App', provider: 'google', settings })
})

test('a part of a setting can differ, and the rest of it remains the catalogue’s', async () => {
  const settings = {
    identity: { url: 'https://slack.example/api/auth.test' },
    tokenRequest: { headers: { 'X-Region': 'eu' } },
    metadata: { team_name: { shown: false } },
  }
  await configure({ provider: 'slack', settings })
  const slack = providerCatalogue.get('slack') ?? expect.unreachable()
  const { identity, tokenRequest, metadata } = await providerNow()
  expect(identity).toEqual({ ...slack.identity, ...settings.identity })
  expect(tokenRequest).toEqual({ ...slack.tokenRequest, ...settings.tokenRequest })
  expect(metadata).toEqual({ ...slack.metadata, team_name: { ...slack.metadata.team_name, shown: false } })
  await configure({ provider: 'microsoft', settings: { tokenRequest: { leftOut: ['redirect_uri'] } } })
  expect((await providerNow()).tokenRequest).toMatchObject({ leftOut: ['redirect_uri'], refreshSendsScopes: true })
})

test('a provider that is used as it is gets the corrections of later versions', async () => {
  await configure({ provider: 'google', settings: { scopeSeparator: ',' } })
  const google = providerCatalogue.get('google') ?? expect.unreachable()
  const corrected = { ...providerCatalogue, get: () => ({ ...google, tokenUrl: 'https://corrected.example/token' }) }
  const { connectors } = await loadCatalogue(database.sql, corrected)
  expect(connectors.get('app')?.provider).toMatchObject({
    tokenUrl: 'https://corrected.example/token',
    scopeSeparator: ',',
  })
})

test('a connector whose overrides no longer fit its provider is unavailable, and all others load', async () => {
  await database.db.connector.create({ data: { slug: 'other', name: 'Other', provider: 'github' } })
  await configure({
    provider: 'google',
    settings: { scopeSeparator: ',' },
    credentials: { clientId: 'id', clientSecret: 'x' },
  })
  const google = providerCatalogue.get('google') ?? expect.unreachable()
  const availableWith = async (later: Providers) => {
    const { connectors } = await loadCatalogue(database.sql, later)
    expect(connectors.get('other')?.provider).toBe(providerCatalogue.get('github'))
    const { available, provider } = connectors.get('app') ?? expect.unreachable()
    // Refreshes and revocations use it too, and must reach nobody else.
    const hosts = endpointUrls(provider).map(({ url }) => new URL(url).host)
    if (!available) expect(new Set(hosts)).toEqual(new Set(['nowhere.invalid']))
    return available
  }
  const tokenUrl = google.tokenUrl.replace('oauth2.', '{domain}.')
  const get = (slug: string) => (slug === 'google' ? { ...google, tokenUrl } : providerCatalogue.get(slug))
  expect(await availableWith(providerCatalogue)).toBe(true)
  expect(await availableWith({ ...providerCatalogue, get })).toBe(false)
  await database.db.connector.update({
    where: { slug: 'app' },
    data: { providerOverrides: { settings: { pkce: 'yes' } } },
  })
  expect(await availableWith(providerCatalogue)).toBe(false)
})

test('what a provider’s addresses contain is given with the connector, however it is written', async () => {
  for (const subdomain of ['acme', ' ACME ', 'https://acme.okta.com/app/home']) {
    await configure({ provider: 'okta', variables: { subdomain } })
    expect(await providerNow()).toMatchObject({
      tokenUrl: 'https://acme.okta.com/oauth2/v1/token',
      issuer: 'https://acme.okta.com',
      api: { baseUrl: 'https://acme.okta.com/api/v1' },
      variables: [],
    })
  }
  await configure({ provider: 'okta', variables: { subdomain: 'other' } })
  expect((await providerNow()).tokenUrl).toBe('https://other.okta.com/oauth2/v1/token')
})

test.each([undefined, '', 'evil.com/', 'a.evil.com#', 'user@evil', 'evil\u3002com', 'x'.repeat(64)])(
  'O29: a connector whose address would contain %j is refused, with what to enter',
  async (subdomain) => {
    const variables = subdomain === undefined ? undefined : { subdomain }
    expect(await faultsOf({ provider: 'okta', variables })).toEqual([
      { path: 'variables.subdomain', message: expect.stringContaining('must be the Okta subdomain, such as') },
    ])
  },
)

test.each([
  ['a variable that the provider doesn’t have', { provider: 'google', variables: { tenant: 'x' } }, 'variables.tenant'],
  ['what each person enters', { provider: 'zendesk', variables: { subdomain: 'acme' } }, 'variables.subdomain'],
  ['a plain http address', { provider: 'google', settings: { tokenUrl: 'http://a.example/' } }, 'settings.tokenUrl'],
  ['a setting of another type', { provider: 'google', settings: { pkce: 'yes' } }, 'settings.pkce'],
  ['an unknown setting', { provider: 'google', settings: { pkcs: true } }, 'settings.pkcs'],
  [
    'an unknown part of a setting',
    { provider: 'google', settings: { api: { base: 'https://a.example/' } } },
    'settings.api.base',
  ],
  ['an unknown provider', { provider: '../package' }, 'provider'],
  [
    'settings next to oauth2',
    { oauth2: { authorizationUrl: 'https://a.example/', tokenUrl: 'https://a.example/' }, settings: { pkce: true } },
    'settings',
  ],
])('%s is refused', async (_what, input, path) => {
  expect((await faultsOf(input)).map((fault) => fault.path)).toContain(path)
})

test.each([
  [
    { provider: 'gogle' },
    'provider',
    'the catalogue has no provider gogle. Did you mean google? docs/providers.md lists all of them',
  ],
  [
    { provider: 'nothing-like-it' },
    'provider',
    'the catalogue has no provider nothing-like-it. docs/providers.md lists all of them',
  ],
  [{ provider: 'google', settings: { tokenURL: 'x' } }, 'settings.tokenURL', 'is unknown. Did you mean tokenUrl?'],
  [
    { provider: 'google', settings: { tokenRequest: { fromat: 'json' } } },
    'settings.tokenRequest.fromat',
    'is unknown. Did you mean format?',
  ],
  [{ provider: 'google', settings: { tokenUrl: null } }, 'settings.tokenUrl', 'must be a URL, not null'],
  [{ provider: 'google', setings: {} }, 'setings', 'is unknown. Did you mean settings?'],
  [
    { provider: 'okta', variables: { subdomain: 'acme', subdomian: 'acme' } },
    'variables.subdomian',
    'is no variable of this provider. Did you mean subdomain?',
  ],
  [{ oauth2: { tokenUrl: 'https://a.example/' } }, 'oauth2.authorizationUrl', 'is missing. Add it, as a URL'],
  [
    { openIdConnect: { issuer: 'https://a.example', settings: { clientAuthentication: 'client_secret_pots' } } },
    'openIdConnect.settings.clientAuthentication',
    'must be client_secret_basic, client_secret_basic_raw, client_secret_post, client_secret_as_username, private_key_jwt or none. Did you mean client_secret_post?',
  ],
])('says in plain words what is wrong with %j', async (input, path, message) => {
  expect(await faultsOf(input)).toContainEqual({ path, message })
})

test.each(['127.0.0.1', '10.1.2.3', '169.254.169.254', '[::1]', '[fd00:ec2::254]', '2130706433'])(
  'O24: a connector that would send requests to %s is refused, with what to do',
  async (host) => {
    const url = `https://${host}/x`
    const oauth2 = {
      authorizationUrl: url, // only browsers open it
      tokenUrl: url,
      revocationUrl: url,
      tokenRequest: { refreshUrl: url },
      identity: { url, idPath: 'id', labelPaths: [] },
      lookup: { url },
    }
    const message = expect.stringMatching(/isn’t allowed.*PATCHBAY_PRIVATE_NETWORKS/)
    const settings = ['tokenUrl', 'tokenRequest.refreshUrl', 'revocationUrl', 'identity.url', 'lookup.url']
    expect(await faultsOf({ oauth2 })).toEqual(settings.map((setting) => ({ path: `oauth2.${setting}`, message })))
    expect(await faultsOf({ provider: 'google', settings: { tokenUrl: url } })).toEqual([
      { path: 'settings.tokenUrl', message },
    ])
  },
)

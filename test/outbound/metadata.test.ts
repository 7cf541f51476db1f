import { afterAll, beforeAll, expect, test } from 'vitest'
import { ProviderSchema } from '../../src/domain/catalogue/provider.js'
import { OAuthError } from '../../src/domain/ports/oauth-client.js'
import { isUnderHosts } from '../../src/outbound/hosts.js'
import { SCRIPTED_TOKENS, type Script, type ScriptedApp, startScriptedApp } from '../support/scripted-app.js'

let app: ScriptedApp
beforeAll(async () => {
  app = await startScriptedApp()
})
afterAll(() => app[Symbol.asyncDispose]())

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'done'
  } catch (error) {
    if (error instanceof OAuthError) return error.code
    throw error
  }
}

test.each<[string, object, Script, object]>([
  [
    'Salesforce’s instance_url',
    { instance_url: { from: 'tokens', path: 'instance_url', hosts: ['.my.salesforce.com'] } },
    { tokens: { instance_url: 'https://acme.my.salesforce.com' } },
    { instance_url: 'https://acme.my.salesforce.com' },
  ],
  [
    'Pipedrive’s api_domain',
    { api_domain: { from: 'tokens', path: 'api_domain', hosts: ['.pipedrive.com'] } },
    { tokens: { api_domain: 'https://acme.pipedrive.com' } },
    { api_domain: 'https://acme.pipedrive.com' },
  ],
  [
    'Notion’s workspace_id',
    { workspace_id: { from: 'tokens', path: 'workspace_id' } },
    { tokens: { workspace_id: 'w-1', workspace_name: 'not declared' } },
    { workspace_id: 'w-1' },
  ],
  [
    'QuickBooks’s realmId in the callback',
    { realmId: { from: 'callback', path: 'realmId' } },
    { callback: { realmId: '9341452000000000000' } },
    { realmId: '9341452000000000000' },
  ],
  [
    'a number with more digits than a number holds',
    { companyId: { from: 'tokens', path: 'company.id' } },
    { tokens: `{"access_token":"a","token_type":"Bearer","company":{"id":9007199254740993}}` },
    { companyId: '9007199254740993' },
  ],
  [
    'a value of the identity call',
    { dc: { from: 'identity', path: 'dc' } },
    { settings: { identity: { url: '/me', idPath: 'id' } }, me: { id: 1, dc: 'us6' } },
    { dc: 'us6' },
  ],
  [
    'Mailchimp’s data center, by a second call',
    {
      dc: { from: 'lookup', path: 'dc' },
      api: { from: 'lookup', path: 'api_endpoint', hosts: ['.api.mailchimp.com'] },
    },
    {
      settings: { identity: { url: '/me', idPath: 'id' }, lookup: { url: '/lookup' } },
      me: { id: 1 },
      lookup: { dc: 'us6', api_endpoint: 'https://us6.api.mailchimp.com' },
    },
    { dc: 'us6', api: 'https://us6.api.mailchimp.com' },
  ],
  ['true', { sandbox: { from: 'tokens', path: 'sandbox' } }, { tokens: { sandbox: true } }, { sandbox: 'true' }],
  ['an object, which is left out', { a: { from: 'tokens', path: 'a' } }, { tokens: { a: { b: 1 } } }, {}],
  ['null, which is left out', { a: { from: 'tokens', path: 'a' } }, { tokens: { a: null } }, {}],
  ['a text that is too long', { a: { from: 'tokens', path: 'a' } }, { tokens: { a: 'x'.repeat(1_001) } }, {}],
  ['a text with a line break', { a: { from: 'tokens', path: 'a' } }, { tokens: { a: 'x\r\ny' } }, {}],
  ['a token, which is no value', { a: { from: 'tokens', path: 'refresh_token' } }, {}, {}],
  [
    'an address without declared hosts',
    { a: { from: 'tokens', path: 'a' } },
    { tokens: { a: 'https://evil.example' } },
    {},
  ],
  [
    'half an address without declared hosts',
    { a: { from: 'tokens', path: 'a' } },
    { tokens: { a: '//evil.example' } },
    {},
  ],
])('a connection keeps %s', async (_name, metadata, { settings = {}, ...script }, kept) => {
  const { url } = app.server
  const here = JSON.parse(JSON.stringify(settings).replaceAll('"url":"/', `"url":"${url}/`))
  const found = await app.connect({ settings: { ...here, metadata }, ...script })
  expect(found.metadata).toEqual(kept)
})

test.each([
  ['https://acme.my.salesforce.com', true],
  ['https://ACME.my.salesforce.com', true],
  ['acme.my.salesforce.com', true],
  ['https://acme.my.salesforce.com/services?x=1', true],
  ['https://my.salesforce.com', false],
  ['https://evilmy.salesforce.com', false],
  ['https://acme.my.salesforce.com.evil.example', false],
  ['https://evil.example/.my.salesforce.com', false],
  ['https://evil.example#.my.salesforce.com', false],
  ['https://evil.example?.my.salesforce.com', false],
  ['https://acme.my.salesforce.com@evil.example', false],
  ['https://evil.example\\.my.salesforce.com', false],
  ['https://user:pass@acme.my.salesforce.com', false],
  ['https://acme.my.salesforce.com:8443', false],
  ['http://acme.my.salesforce.com', false],
  ['//acme.my.salesforce.com', false],
  ['javascript:alert(1)//.my.salesforce.com', false],
  ['ftp://acme.my.salesforce.com', false],
  ['https://evil.example%2f.my.salesforce.com', false],
  ['https://evil。example/.my.salesforce.com', false],
  ['https://acme.my.salesforce.com.', false],
  ['https:/evil.example/.my.salesforce.com', false],
  [' https://acme.my.salesforce.com', false],
  ['https://acme.my.salesforce\t.com', false],
  ['https://127.0.0.1', false],
  ['', false],
])('O29: a value %j is under .my.salesforce.com: %s', async (value, isUnder) => {
  expect(isUnderHosts(value, ['.my.salesforce.com'], { allowInsecure: false })).toBe(isUnder)
})

test('O29: an address outside the declared hosts never becomes a value, and fails the connection if it is required', async () => {
  const metadata = (required: boolean) => ({
    instance_url: { from: 'tokens', path: 'instance_url', hosts: ['.my.salesforce.com'], required },
  })
  const tokens = { instance_url: 'https://evil.example' }
  expect((await app.connect({ settings: { metadata: metadata(false) }, tokens })).metadata).toEqual({})
  const failed = app.connect({ settings: { metadata: metadata(true) }, tokens })
  expect(await codeOf(failed)).toBe('INVALID_TOKEN_RESPONSE')
})

test('O27: values may be a part of the account’s id, and be shown with its name', async () => {
  const quickbooks = {
    identity: { url: `${app.server.url}/me`, idPath: 'sub', labelPaths: ['email'] },
    metadata: { realmId: { from: 'callback', path: 'realmId', identifies: true, shown: true, required: true } },
  }
  const me = { sub: 'S1', email: 'ada@app.example' }
  const companies = []
  for (const realmId of ['1', '2']) {
    companies.push((await app.connect({ settings: quickbooks, me, callback: { realmId } })).account)
  }
  expect(companies).toMatchObject([
    { id: '1/S1', label: 'ada@app.example · 1' },
    { id: '2/S1', label: 'ada@app.example · 2' },
  ])
  expect(await codeOf(app.connect({ settings: quickbooks, me }))).toBe('INVALID_TOKEN_RESPONSE')
  const alone = { metadata: quickbooks.metadata }
  expect((await app.connect({ settings: alone, callback: { realmId: '7' } })).account).toMatchObject({ id: '7' })
})

test('a check asks for the account with the values that are stored, and makes no second call', async () => {
  const settings = {
    identity: { url: `${app.server.url}/me`, idPath: 'sub' },
    lookup: { url: `${app.server.url}/lookup` },
    metadata: {
      realmId: { from: 'callback', path: 'realmId', identifies: true },
      dc: { from: 'lookup', path: 'dc', required: true },
    },
  }
  await app.connect({ settings, me: { sub: 'S1' }, callback: { realmId: '1' }, lookup: { dc: 'us6' } })
  app.server.requests.length = 0
  const known = { accessToken: 'an-access-token', metadata: { realmId: '1', dc: 'us6' } }
  const { account } = await app.oauth.identify(app.target(settings).provider, known)
  expect(account?.id).toBe('1/S1')
  expect(app.server.requests.map(({ path }) => path)).toEqual(['/me'])
})

test('O29: the identity call goes to the server that the tokens name, and to none that isn’t declared', async () => {
  const { host } = new URL(app.server.url)
  const settings = (hosts: string[]) => ({
    identity: { url: 'https://app.example/me', serverFrom: 'server', idPath: 'sub' },
    metadata: { server: { from: 'tokens', path: 'server', hosts } },
  })
  const asked = { tokens: { server: app.server.url }, me: { sub: 'S1' } }
  expect((await app.connect({ ...asked, settings: settings([host]) })).account).toMatchObject({ id: 'S1' })
  expect(app.server.requests.map(({ path }) => path)).toEqual(['/token', '/me'])

  app.server.requests.length = 0
  const stored = { accessToken: 'an-access-token', metadata: { server: app.server.url } }
  const now = app.target(settings(['.app.example'])).provider
  expect(await codeOf(app.oauth.identify(now, stored))).toBe('INVALID_TOKEN_RESPONSE')
  expect(app.server.requests).toEqual([])
})

test('a refresh brings the values that it has', async () => {
  const metadata = { api: { from: 'tokens', path: 'api_domain' }, realmId: { from: 'callback', path: 'realmId' } }
  await app.connect({ settings: { metadata }, tokens: { api_domain: 'one' }, callback: { realmId: '1' } })
  expect((await app.oauth.refresh(app.target({ metadata }), 'a-refresh-token', [])).metadata).toEqual({ api: 'one' })
})

test.each([
  [{ '1a': { from: 'tokens', path: 'a' } }],
  [{ 'a-b': { from: 'tokens', path: 'a' } }],
  [{ a: { from: 'elsewhere', path: 'a' } }],
  [{ a: { from: 'tokens', path: 'a', hosts: ['.com'] } }],
  [{ a: { from: 'tokens', path: 'a', hosts: ['https://app.example'] } }],
  [{ a: { from: 'tokens', path: 'a', hosts: ['*.app.example'] } }],
  [{ a: { from: 'tokens', path: 'a', hosts: [] } }],
  [Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`a${index}`, { from: 'tokens', path: 'a' }]))],
])('O29: provider data with the values %j is refused when it is configured', (metadata) => {
  const urls = { authorizationUrl: 'https://app.example/a', tokenUrl: 'https://app.example/t' }
  expect(ProviderSchema.safeParse({ ...urls, metadata }).success).toBe(false)
})

test('O21: where provider data says so, the callback reports the granted scopes', async () => {
  const settings = { grantedScopesFrom: 'callback' }
  const scopeOf = async (callback: Record<string, string>, tokens = {}) =>
    (await app.connect({ settings, callback, tokens })).tokens.scope
  expect(await scopeOf({ scope: 'read,activity:read_all' })).toBe('read,activity:read_all')
  expect(await scopeOf({ scope: '' })).toBe('')
  expect(await scopeOf({}, { scope: 'read' })).toBe('read')
  expect(await scopeOf({})).toBeUndefined()
  expect((await app.connect({ callback: { scope: 'everything' } })).tokens.scope).toBeUndefined()
})

const zoho = (hosts: string[]) => ({ tokenServer: { parameter: 'accounts-server', hosts } })

test('O29: a code and a refresh token are redeemed at the server that the callback names, if provider data has it', async () => {
  await using europe = await startScriptedApp()
  const there = new URL(europe.server.url)
  await europe.connect({}) // so that it answers
  europe.server.requests.length = 0
  const revocationUrl = `${app.server.url}/revoke`
  const settings = { ...zoho([there.host]), revocationUrl }
  const { tokens } = await app.connect({ settings, callback: { 'accounts-server': there.origin } })
  expect(tokens).toMatchObject({ server: there.origin, accessToken: SCRIPTED_TOKENS.access_token })
  const target = { ...app.target(settings), server: tokens.server }
  expect(await app.oauth.refresh(target, 'a-refresh-token', [])).toMatchObject({ server: there.origin })
  await codeOf(app.oauth.revoke(target, tokens))
  expect(europe.server.requests.map(({ path }) => path)).toEqual(['/token', '/token', '/revoke'])
  expect(app.server.requests).toEqual([])
})

test.each([
  ['another host', 'https://evil.example'],
  ['a suffix of another host', 'https://accounts.zoho.eu.evil.example'],
  ['user information', 'https://accounts.zoho.eu@evil.example'],
  ['another port', 'https://accounts.zoho.eu:8443'],
  ['a host below it', 'https://x.accounts.zoho.eu'],
  ['another protocol', 'ftp://accounts.zoho.eu'],
  ['a backslash', 'https:\\\\evil.example\\accounts.zoho.eu'],
  ['nothing', ''],
])('O29: a callback whose server has %s (%j) gets no code and no secret', async (_name, named) => {
  const exchange = app.connect({ settings: zoho(['accounts.zoho.eu']), callback: { 'accounts-server': named } })
  expect(await codeOf(exchange)).toBe('ISSUER_MISMATCH')
  expect(app.server.requests).toEqual([])
})

test('O29: a stored server that provider data no longer has gets no refresh token', async () => {
  await app.connect({})
  app.server.requests.length = 0
  const gone = { ...app.target(zoho(['accounts.zoho.com'])), server: app.server.url }
  expect(await codeOf(app.oauth.refresh(gone, 'a-refresh-token', []))).toBe('APP_REFUSED')
  expect(await codeOf(app.oauth.refresh({ ...app.target(), server: app.server.url }, 'a-token', []))).toBe(
    'APP_REFUSED',
  )
  expect(app.server.requests).toEqual([])
})

test('without a named server, the provider’s own redeems', async () => {
  const { tokens } = await app.connect({ settings: zoho(['accounts.zoho.eu']) })
  expect(tokens.server).toBeNull()
  expect(app.server.requests.map(({ path }) => path)).toEqual(['/token'])
})

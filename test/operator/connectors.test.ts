import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { parse } from 'yaml'
import { referenceTo } from '../../src/app/connector-file/reference.js'
import { applyConnectors } from '../../src/domain/publishing/apply-connectors.js'
import { configureConnector } from '../../src/domain/publishing/configure-connector.js'
import { findConnector, openCredentials } from '../../src/domain/publishing/stored-connector.js'
import type { CommandContext } from '../../src/operator/command.js'
import { CONNECTOR_COMMANDS } from '../../src/operator/connector-commands.js'
import { parseCommand } from '../../src/operator/parse-command.js'
import { TEST_COMMANDS } from '../../src/operator/test-connector.js'
import type { Check } from '../../src/outbound/connector-test/check.js'
import { createConnectorTest } from '../../src/outbound/connector-test/connector-test.js'
import { createDiscover } from '../../src/outbound/discover.js'
import { createGuardedFetch } from '../../src/outbound/guarded-fetch.js'
import { providerCatalogue } from '../../src/providers/catalogue.js'
import { createEnvelopeVault } from '../../src/vault/envelope-vault.js'
import { createKeyRing } from '../../src/vault/key-ring.js'
import { SILENT } from '../support/callers.js'
import { createCertificate } from '../support/certificate.js'
import { startConnectProxy } from '../support/connect-proxy.js'
import { openTestDatabase, type TestDatabase } from '../support/database.js'
import { answers, type HostileServer, redirects, startHostileServer } from '../support/hostile-server.js'

const SECRET = 'canary-secret-7f'
const guarded = createGuardedFetch({ allowPrivate: true })
const strict = createGuardedFetch({ allowPrivate: false })
const lenientTest = createConnectorTest(guarded.fetch, { allowPrivate: true })
const strictTest = createConnectorTest(strict.fetch, { allowPrivate: false })
let database: TestDatabase
let server: HostileServer
let deps: CommandContext['deps']
/** What is typed, or what the variable has. */
let given: string
beforeAll(async () => {
  database = await openTestDatabase()
  server = await startHostileServer()
  deps = {
    db: database.db,
    notifier: SILENT,
    vault: createEnvelopeVault(createKeyRing([Buffer.alloc(32, 'a key').toString('base64')]), () => {}),
    providers: providerCatalogue,
    allowPrivate: true,
    refusesAddress: () => false,
    discover: createDiscover(guarded.fetch, { allowInsecure: true }),
    publicUrl: 'https://connect.example',
    readSecret: async () => given,
    connectorTest: lenientTest,
    sender: { send: () => expect.unreachable(), close: async () => {} },
  } as unknown as CommandContext['deps']
})
beforeEach(async () => {
  await database.db.connector.deleteMany()
  given = SECRET
  server.requests.length = 0
  server.on('/authorize', redirects(302, '/sign-in'))
  server.on('/token', answers({ error: 'invalid_grant' }, { status: 400 }))
  server.on('/revoke', answers(''))
  server.on('/me', answers({}, { status: 401 }))
})
afterAll(async () => {
  for (const { close } of [guarded, strict, lenientTest, strictTest]) await close()
  await server[Symbol.asyncDispose]()
  await database.close()
})

/** Runs a command, and returns everything that it prints. */
async function run(...args: string[]) {
  const { command, args: named, options } = parseCommand({ ...CONNECTOR_COMMANDS, ...TEST_COMMANDS }, args)
  const lines: string[] = []
  const context = { deps, keyIds: [], say: (line: string) => void lines.push(line) }
  const { text, json, incomplete = false } = await command.run(context, named, options)
  const printed = [...lines, options.json ? JSON.stringify(json) : text].join('\n')
  expect(printed).not.toContain('canary')
  return { printed, json, incomplete }
}

const urls = () => ({ authorizationUrl: `${server.url}/authorize`, tokenUrl: `${server.url}/token` })
const configure = (oauth2: object = {}, more: object = {}) =>
  configureConnector(deps, {
    slug: 'tracker',
    name: 'Tracker',
    credentials: { clientId: 'tracker-client', clientSecret: SECRET },
    oauth2: { ...urls(), ...oauth2 },
    ...more,
  })
const credentialsOf = async (slug: string) => {
  const stored = await findConnector(deps, slug)
  return stored?.sealed ? openCredentials(deps, slug, stored.sealed) : null
}

async function tested(): Promise<Record<string, Check>> {
  const { json } = await run('test-connector', 'tracker', '--json')
  const { checks } = json as { checks: Check[] }
  return Object.fromEntries(checks.map((check) => [check.name, check]))
}

test('set-credentials replaces the credentials and nothing else, and retries what failed because of them', async () => {
  await configure({}, { credentials: null, defaultScopes: ['read'] })
  const facts = (await findConnector(deps, 'tracker'))?.facts
  await expect(run('set-credentials', 'tracker')).rejects.toThrow(/clientId: is required, because/)
  expect((await run('set-credentials', 'tracker', '--client-id', 'first')).printed).toBe(
    'Set the credentials of tracker: client id first, and a new secret.',
  )
  expect(await credentialsOf('tracker')).toEqual({ clientId: 'first', clientSecret: SECRET })

  const { db } = database
  const user = {
    id: '00000000-0000-4000-8000-000000000001',
    issuer: 'i',
    subject: 's',
    organization: 'o',
    createdAt: new Date(),
  }
  await db.user.create({ data: user })
  const later = new Date(Date.now() + 3_600_000)
  const connection = await db.connection.create({
    data: {
      id: '00000000-0000-4000-8000-000000000002',
      userId: user.id,
      connectorSlug: 'tracker',
      status: 'LIVE',
      connectedAt: new Date(),
      authorizedAt: new Date(),
      refreshable: true,
      refreshAttempts: 3,
      refreshRefusals: 2,
      refreshDueAt: later,
    },
  })
  const before = await db.catalogue.findUniqueOrThrow({ where: { id: 1 } })
  given = 'canary-another'
  await run('set-credentials', 'tracker')
  expect(await credentialsOf('tracker')).toEqual({ clientId: 'first', clientSecret: 'canary-another' })
  const after = await db.connection.findUniqueOrThrow({ where: { id: connection.id } })
  expect(after).toMatchObject({ refreshRefusals: 0 })
  expect(after.refreshDueAt?.getTime()).toBeLessThan(later.getTime())
  expect((await findConnector(deps, 'tracker'))?.facts).toEqual(facts)
  expect((await db.catalogue.findUniqueOrThrow({ where: { id: 1 } })).revision).toBe(before.revision + 1)
  await db.user.delete({ where: { id: user.id } })
})

test('set-credentials takes what suits the client authentication, and refuses the rest', async () => {
  await configure({ clientAuthentication: 'none' }, { credentials: null })
  given = 'canary-never-read'
  expect((await run('set-credentials', 'tracker', '--client-id', 'public')).printed).toContain('client id public.')
  expect(await credentialsOf('tracker')).toEqual({ clientId: 'public', clientSecret: null })

  await configure({ clientAuthentication: 'private_key_jwt' }, { credentials: null })
  await expect(run('set-credentials', 'tracker')).rejects.toThrow(/must be a private key/)
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  given = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
  await run('set-credentials', 'tracker')
  expect(await credentialsOf('tracker')).toEqual({ clientId: 'public', clientSecret: given })
  given = ''
  await expect(run('set-credentials', 'tracker')).rejects.toThrow('The secret is empty.')
  await expect(run('set-credentials', 'nothing')).rejects.toThrow(
    /no connector “nothing”. The connectors are tracker\./,
  )
})

test('a connector of the file is changed by no command', async () => {
  const credentials = { clientId: 'c', clientSecret: SECRET }
  await applyConnectors(deps, [{ slug: 'tracker', name: 'Tracker', oauth2: urls(), credentials }])
  given = 'canary-another'
  await expect(run('set-credentials', 'tracker')).rejects.toThrow(/PATCHBAY_CONNECTORS describes tracker/)
  expect(await credentialsOf('tracker')).toEqual(credentials)
  expect((await run('show-connector', 'tracker')).printed).toMatch(/managed by +the file in PATCHBAY_CONNECTORS/)
})

test('show-connector shows the settings that apply, where they come from, and no secret', async () => {
  await configureConnector(deps, { slug: 'mail', name: 'Mail', provider: 'google' })
  const shown = await run('show-connector', 'mail')
  expect(shown.printed).toMatch(/^credentials +not set, so no one can connect it$/m)
  expect(shown.printed).toContain('\ntokenUrl, from the catalogue\n  https://oauth2.googleapis.com/token\n')
  expect(shown.printed).toMatch(/^redirect URI +https:\/\/connect\.example\/oauth\/callback\/mail$/m)

  server.on('/.well-known/openid-configuration', answers(metadata()))
  const openIdConnect = { issuer: server.url, settings: { authorizationParameters: { prompt: 'consent' } } }
  await configure({}, { oauth2: null, openIdConnect })
  const { printed, json } = await run('show-connector', 'tracker')
  expect(printed).toMatch(/^credentials +client id tracker-client, and a secret$/m)
  expect(printed).toContain('\nauthorizationParameters, configured\n  prompt: consent\n')
  expect(printed).toMatch(/^tokenUrl, from the issuer’s metadata\n {2}http.*\/token$/m)
  expect(json).toMatchObject({ managedBy: 'api', plugins: [], connections: {} })
})

test('show-connector says what an operator’s variables and partial overrides are', async () => {
  const settings = { api: { headers: { 'X-Version': '2' } }, authorizationParameters: { prompt: 'login' }, pkce: false }
  const variables = { subdomain: 'acme' }
  await configureConnector(deps, { slug: 'workforce', name: 'Workforce', provider: 'okta', variables, settings })
  const { printed, json } = await run('show-connector', 'workforce')
  expect(printed).toMatch(/^variable subdomain +acme$/m)
  expect(printed).toMatch(/^tokenUrl, from the catalogue, with configured subdomain\n {2}https:\/\/acme\.okta\.com\//m)
  expect(printed).toMatch(/^api, from the catalogue, with configured headers, subdomain$/m)
  expect(printed).toContain('\npkce, configured\n  false\n')
  expect(json).toMatchObject({
    variables,
    settings: expect.arrayContaining([{ name: 'pkce', value: false, source: 'configured' }]),
  })
})

test('show-connector fits 100 columns, whatever a connector has', async () => {
  const long = `https://a.example/${'x'.repeat(200)}`
  const scopes = Array.from({ length: 40 }, (_, index) => `scope.of.some.length.${index}`)
  const identity = { url: long, headers: { 'X-Long': 'words '.repeat(60).trim() }, idPath: 'id', labelPaths: scopes }
  await configure(
    { identity, identityScopes: scopes },
    { name: 'T'.repeat(100), signInUrl: long, defaultScopes: scopes },
  )
  const slugs = providerCatalogue.slugs().filter((slug) => providerCatalogue.operatorVariables(slug).length === 0)
  for (const provider of slugs.slice(0, 20)) await configureConnector(deps, { slug: provider, name: 'App', provider })
  for (const slug of ['tracker', ...slugs.slice(0, 20)]) {
    const { printed } = await run('show-connector', slug)
    expect(printed.split('\n').filter((line) => line.length > 100)).toEqual([])
  }
  const { printed } = await run('show-connector', 'tracker')
  expect(printed.replaceAll(/\s/g, '')).toContain(`sign-inURL${long}`)
})

const metadata = (changes: object = {}) => ({
  issuer: server.url,
  authorization_endpoint: `${server.url}/authorize`,
  token_endpoint: `${server.url}/token`,
  ...changes,
})

test('what export-connectors prints makes the same connectors from a file, without writing one again', async () => {
  server.on('/.well-known/openid-configuration', answers(metadata()))
  await configure({ tokenRequest: { refreshSendsScopes: true }, scopeSeparator: ',', identity: null })
  await configureConnector(deps, { slug: 'mail', name: 'Mail', provider: 'google', defaultScopes: ['a', 'b'] })
  await configureConnector(deps, {
    slug: 'intranet',
    name: 'Intranet: ours #1',
    openIdConnect: { issuer: server.url, settings: { pkce: false } },
    credentials: { clientId: 'intranet', clientSecret: SECRET },
  })
  const { printed } = await run('export-connectors')
  expect(parse(printed)).toEqual({
    connectors: [
      {
        slug: 'intranet',
        name: 'Intranet: ours #1',
        openIdConnect: { issuer: server.url, settings: { pkce: false } },
        credentials: { clientId: 'intranet', clientSecret: referenceTo('CLIENT_SECRET_INTRANET') },
      },
      { slug: 'mail', name: 'Mail', provider: 'google', defaultScopes: ['a', 'b'] },
      {
        slug: 'tracker',
        name: 'Tracker',
        oauth2: { ...urls(), tokenRequest: { refreshSendsScopes: true }, scopeSeparator: ',' },
        credentials: { clientId: 'tracker-client', clientSecret: referenceTo('CLIENT_SECRET_TRACKER') },
      },
    ],
  })
  const before = await database.db.connector.findMany({ include: { credential: true }, orderBy: { slug: 'asc' } })
  const { connectors } = JSON.parse(JSON.stringify(parse(printed)).replaceAll(/\$\{\w+\}/g, SECRET))
  expect(await applyConnectors(deps, connectors)).toEqual({ changed: [], kept: [] })
  expect(await database.db.connector.findMany({ include: { credential: true }, orderBy: { slug: 'asc' } })).toEqual(
    before.map((row) => ({ ...row, fromFile: true })),
  )

  // A connector that an earlier version stored, whose overrides aren't known.
  await database.db.$executeRaw`UPDATE "Connector" SET "issuerSettings" = NULL, "fromFile" = false`
  const [older] = parse((await run('export-connectors')).printed).connectors
  await applyConnectors(deps, [{ ...older, credentials: undefined }])
  expect((await findConnector(deps, 'intranet'))?.facts.providerSettings).toEqual(
    before.find(({ slug }) => slug === 'intranet')?.providerSettings,
  )
})

test('test-connector finds nothing wrong with a connector that works, changes nothing, and prints no secret', async () => {
  await configure({
    revocationUrl: `${server.url}/revoke`,
    identity: { url: `${server.url}/me`, idPath: 'id', labelPaths: [] },
  })
  const before = await database.db.connector.findMany({ include: { credential: true } })
  const { printed, incomplete } = await run('test-connector', 'tracker')
  expect(incomplete).toBe(false)
  expect(
    printed.split('\n').map((line) => line.replaceAll(/ {2,}/g, ' | ').split(' | ').slice(0, 2).join(' ')),
  ).toEqual([
    'ok connector',
    'ok credentials',
    'skipped metadata',
    'ok address',
    'skipped TLS',
    'ok token endpoint',
    'ok authorization URL',
    'ok revocation endpoint',
    'ok identity endpoint',
    'skipped lookup endpoint',
    'ok redirect URI',
    '',
    'No check of tracker failed.',
  ])
  expect(printed).toContain('https://connect.example/oauth/callback/tracker')
  expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'POST /token',
    'GET /authorize',
    'POST /revoke',
    'GET /me',
  ])
  expect(await database.db.connector.findMany({ include: { credential: true } })).toEqual(before)
})

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
test.each<[string, object, string | null, (request: HostileServer['requests'][number] | undefined) => unknown]>([
  ['client_secret_basic', {}, SECRET, (request) => request?.authorization?.startsWith('Basic ')],
  ['client_secret_basic_raw', {}, SECRET, (request) => request?.authorization?.startsWith('Basic ')],
  ['client_secret_post', {}, SECRET, (request) => request?.body.get('client_secret') === SECRET],
  ['client_secret_as_username', {}, SECRET, (request) => request?.authorization?.startsWith('Basic ')],
  [
    'private_key_jwt',
    {},
    String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    (request) => request?.body.get('client_assertion'),
  ],
  ['none', {}, null, (request) => request?.body.get('client_id') === 'tracker-client'],
  [
    'client_secret_post',
    { tokenRequest: { format: 'json', renamed: { client_id: 'client_key' } }, requiresIssuer: true },
    SECRET,
    (request) => JSON.parse(request?.text ?? '{}').client_key === 'tracker-client',
  ],
])(
  'test-connector asks with %s and the settings %j as an exchange does',
  async (clientAuthentication, oauth2, clientSecret, asked) => {
    await configure(
      { clientAuthentication, issuer: server.url, ...oauth2 },
      { credentials: { clientId: 'tracker-client', ...(clientSecret && { clientSecret }) } },
    )
    expect(await tested()).toMatchObject({ 'token endpoint': { status: 'ok' } })
    expect(asked(server.requests[0])).toBeTruthy()
  },
)

test('a wrong secret is named as such, with what was asked, what came and what to change', async () => {
  await configure()
  const said = { error: 'invalid_client', error_description: `Client secret ${SECRET} is wrong` }
  server.on('/token', answers(said, { status: 401 }))
  const { printed, incomplete } = await run('test-connector', 'tracker')
  expect(incomplete).toBe(true)
  expect(printed).toMatch(/failed +token endpoint +refuses the client/)
  expect(printed).toMatch(/asked: +POST http.*\/token with a made-up code, and the client by client_secret_basic/)
  expect(printed).toMatch(/got: +status 401, invalid_client: Client secret … is wrong/)
  expect(printed).toMatch(/change: +Check the client id and the secret, and set them with set-credentials/)
  expect(printed).toMatch(/1 check of tracker failed\./)
})

test('test-connector says if a revocation with the secret in a header refuses the client', async () => {
  server.on('/revoke', answers({ error: 'invalid_client' }, { status: 401 }))
  const headers = { Authorization: 'Client {client_secret}' }
  await configure({ revocationUrl: `${server.url}/revoke`, revocation: { authentication: 'none', headers } })
  expect(await tested()).toMatchObject({
    'revocation endpoint': {
      status: 'failed',
      detail: 'refuses the client',
      asked: expect.stringMatching(/ with a made-up token, and the client by a header$/),
    },
  })
  expect(server.requests.find(({ path }) => path === '/revoke')?.authorization).toBe(`Client ${SECRET}`)
})

test('endpoints that fail are named, and answers that say nothing are no failure', async () => {
  await configure({
    revocationUrl: `${server.url}/gone`,
    identity: { url: `${server.url}/me`, idPath: 'id', labelPaths: [] },
  })
  server.on('/authorize', answers('broken', { status: 500 }))
  server.on('/token', answers({ access_token: 'canary-token', token_type: 'bearer' }))
  server.on('/me', redirects(301, '/elsewhere'))
  expect(await tested()).toMatchObject({
    'token endpoint': { status: 'unknown' },
    'authorization URL': { status: 'failed', got: 'status 500, “broken”' },
    'revocation endpoint': { status: 'failed', change: expect.stringContaining('revocationUrl') },
    'identity endpoint': { status: 'failed', detail: 'redirects' },
  })

  server.on('/token', redirects(307, '/token/v2'))
  const uri = 'https://connect.example/oauth/callback/tracker'
  server.on('/authorize', redirects(302, `${uri}?error=invalid_scope&state=x`))
  expect(await tested()).toMatchObject({
    'token endpoint': { status: 'failed', got: expect.stringContaining('REDIRECTED') },
    'authorization URL': { status: 'failed', detail: 'sends the user back with invalid_scope' },
  })
})

test('missing credentials and ones that don’t open fail, and what needs them is skipped', async () => {
  await configure({}, { credentials: null })
  expect(await tested()).toMatchObject({ credentials: { status: 'failed' }, 'token endpoint': { status: 'skipped' } })
  await database.db.connectorCredential.create({ data: { connectorSlug: 'tracker', sealed: Buffer.from('damaged') } })
  expect(await tested()).toMatchObject({ credentials: { status: 'failed', detail: 'they can’t be opened' } })
  expect((await run('show-connector', 'tracker')).printed).toMatch(/credentials +set, but they can’t be opened/)
  expect((await run('export-connectors')).printed).toContain(`clientId: ${referenceTo('CLIENT_ID_TRACKER')}`)
})

test('endpoints that moved since the connector was configured are listed', async () => {
  server.on('/.well-known/openid-configuration', answers(metadata()))
  await configure({}, { oauth2: null, openIdConnect: { issuer: server.url, settings: { pkce: false } } })
  expect(await tested()).toMatchObject({ metadata: { status: 'ok' } })
  server.on('/.well-known/openid-configuration', answers(metadata({ token_endpoint: `${server.url}/v2/token` })))
  expect(await tested()).toMatchObject({
    metadata: { status: 'failed', got: `tokenUrl ${server.url}/v2/token instead of ${server.url}/token` },
  })
  server.on('/.well-known/openid-configuration', answers({}, { status: 503 }))
  expect(await tested()).toMatchObject({ metadata: { status: 'failed', detail: 'it can’t be read' } })
})

test('the metadata of a connector that isn’t from an issuer is skipped, and says why', async () => {
  await configure({ issuer: server.url })
  const detail = (origin: string) => `the settings are those of ${origin}, not read from an issuer`
  expect(await tested()).toMatchObject({ metadata: { status: 'skipped', detail: detail('oauth2') } })
  const settings = { ...urls(), issuer: server.url, revocationUrl: null, identity: null }
  await configure({}, { oauth2: null, provider: 'google', settings })
  expect(await tested()).toMatchObject({ metadata: { status: 'skipped', detail: detail('the catalogue') } })
})

test('a private address is refused as the guard refuses it, and nothing is sent there', async () => {
  await configure()
  deps.connectorTest = strictTest
  try {
    expect(await tested()).toMatchObject({ address: { status: 'failed', got: expect.stringContaining('http:') } })
    await configure({
      authorizationUrl: 'https://127.0.0.1:9/a',
      tokenUrl: `https://localhost:${new URL(server.url).port}/token`,
    })
    const { json, printed } = await run('test-connector', 'tracker', '--json')
    expect((json as { ok: boolean }).ok).toBe(false)
    expect(printed).toMatch(/127\.0\.0\.1, which Patchbay refuses \(PRIVATE_ADDRESS\)/)
    expect(await tested()).toMatchObject({
      'token endpoint': { status: 'skipped' },
      'authorization URL': { status: 'skipped' },
    })
    expect(server.requests).toEqual([])
  } finally {
    deps.connectorTest = lenientTest
  }
})

test('a host that doesn’t resolve, one that refuses connections and a certificate that isn’t trusted are told apart', async () => {
  await configure({ tokenUrl: 'https://nothing.invalid/token', authorizationUrl: 'http://127.0.0.1:1/authorize' })
  const { printed } = await run('test-connector', 'tracker')
  expect(printed).toMatch(/failed +address +nothing\.invalid\n +asked: .*\n +got: +.*\(DNS\): E/)
  expect(printed).toMatch(/failed +authorization URL +no answer\n +asked: .*\n +got: +.*UNREACHABLE.*ECONNREFUSED/)

  await using certificate = await createCertificate()
  const secure = createServer(certificate, (_request, response) => response.end())
  await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve))
  const { port } = secure.address() as AddressInfo
  try {
    await configure({ tokenUrl: `https://localhost:${port}/token` })
    const checks = (await run('test-connector', 'tracker')).printed
    expect(checks).toMatch(
      /failed +TLS +localhost:\d+\n +asked: .*\n +got: .*\(TLS\): \w*SELF_SIGNED\w*\n +change: .*NODE_EXTRA_CA_CERTS/,
    )
  } finally {
    secure.close()
  }
})

test('behind a proxy, test-connector says what the proxy answers, and not its password', async () => {
  await using proxy = await startConnectProxy(() => ({ status: 407 }))
  const url = proxy.url.replace('//', '//patchbay:canary@')
  const network = { allowPrivate: false, proxies: { http: undefined, https: url, noProxy: [] } }
  const proxied = createGuardedFetch(network)
  const connectorTest = createConnectorTest(proxied.fetch, network)
  const tokenUrl = 'https://app.invalid/token'
  await configure({ authorizationUrl: 'https://app.invalid/authorize', tokenUrl })
  deps.connectorTest = connectorTest
  try {
    const { printed } = await run('test-connector', 'tracker')
    expect(printed).toContain(`app.invalid has no address here, so ${proxy.host} resolves it`)
    expect(printed).toMatch(
      /failed +TLS +app\.invalid\n.*\n +got: .*\(PROXY_REFUSED\): the proxy 127\S+ answered 407\n.*With 407, correct/,
    )
    proxy.lead = () => ({ port: Number(new URL(server.url).port) })
    expect(await tested()).toMatchObject({ TLS: { status: 'failed', got: expect.stringContaining('(TLS)') } })
  } finally {
    deps.connectorTest = lenientTest
    for (const { close } of [proxied, connectorTest]) await close()
  }
})

test('test-connector asks each server that a callback may name, and the endpoint for further values', async () => {
  await using elsewhere = await startHostileServer()
  const hosts = ['.regions.example', new URL(elsewhere.url).host]
  await configure({ lookup: { url: `${server.url}/lookup` }, tokenServer: { parameter: 'accounts-server', hosts } })
  const { printed, incomplete } = await run('test-connector', 'tracker')
  expect(printed).toContain(new URL(elsewhere.url).host)
  expect(printed).toMatch(/failed +lookup endpoint +isn’t there/)
  expect(printed).toMatch(/change: .*correct lookup\.url/)
  expect(incomplete).toBe(true)
  server.on('/lookup', answers({}, { status: 401 }))
  expect(await tested()).toMatchObject({ 'lookup endpoint': { status: 'ok' } })
})

test('test-connector quotes what a refusal says that it can’t tell, without markup and secrets', async () => {
  await configure()
  const page = `<html><head><style>b{}</style></head><body><b>Unknown client</b> tracker ${'x '.repeat(200)}</body></html>`
  server.on('/authorize', answers(page, { status: 400, type: 'text/html' }))
  server.on('/token', answers({ problem: `Parameter tenant is missing, not ${SECRET}` }, { status: 400 }))
  const checks = await tested()
  expect(checks).toMatchObject({
    'authorization URL': { status: 'unknown', got: expect.stringMatching(/^status 400, “Unknown client tracker x /) },
    'token endpoint': {
      status: 'unknown',
      got: 'status 400, no error that can be read: “{"problem":"Parameter tenant is missing, not …"}”',
    },
  })
  expect(checks['authorization URL']?.got?.length).toBeLessThan(250)
})

test('test-connector says what it can’t test without a customer’s values, and tests one customer', async () => {
  const variables = [{ name: 'shop', label: 'shop', placeholder: 'acme' }]
  await configure({ tokenUrl: `${server.url}/{shop}/token`, variables })
  const { printed, incomplete } = await run('test-connector', 'tracker')
  expect(incomplete).toBe(false)
  expect(printed).toMatch(/can’t tell +variables +the addresses differ .* weren’t tested: tokenUrl$/m)
  expect(printed).toMatch(/change: +Pass the values of one customer, as in --variable shop=acme$/m)
  expect(server.requests).toEqual([])

  server.on('/acme/token', answers({ error: 'invalid_grant' }, { status: 400 }))
  const { printed: tried } = await run('test-connector', 'tracker', '--variable', 'shop=acme')
  expect(tried).toMatch(/ok +token endpoint/)
  expect(server.requests.map(({ path }) => path)).toEqual(['/acme/token', '/authorize'])
  await expect(run('test-connector', 'tracker', '--variable', 'shop=a@b')).rejects.toThrow('valid shop')
  await expect(run('test-connector', 'tracker', '--variable', 'shop')).rejects.toThrow('isn’t <name>=<value>')
  const both = ['--variable', 'region=eu', '--variable', 'shop=acme']
  await expect(run('test-connector', 'tracker', ...both)).rejects.toThrow('region: This app doesn’t ask for it')
})

test('test-connector compares the metadata of an issuer for all tenants, and of one customer', async () => {
  const { url } = server
  const issuerTemplate = `${url}/{tenantid}/v2.0`
  const endpoints = { authorization_endpoint: `${url}/authorize`, token_endpoint: `${url}/token` }
  server.on('/common/v2.0/.well-known/openid-configuration', answers({ issuer: issuerTemplate, ...endpoints }))
  const credentials = { clientId: 'tracker-client', clientSecret: SECRET }
  const described = { slug: 'tracker', name: 'Tracker', credentials }
  await configureConnector(deps, {
    ...described,
    openIdConnect: { issuer: `${url}/common/v2.0`, settings: { issuerTemplate } },
  })
  expect(await tested()).toMatchObject({ metadata: { status: 'ok' } })
  await database.db.$executeRaw`UPDATE "Connector" SET "issuerSettings" = NULL`
  expect(await tested()).toMatchObject({ metadata: { status: 'skipped' } })

  const customer = { issuer: `${url}/acme`, token_endpoint: `${url}/acme/token` }
  server.on('/acme/.well-known/openid-configuration', answers({ ...endpoints, ...customer }))
  const openIdConnect = {
    issuer: `${url}/{shop}`,
    variables: { shop: 'acme' },
    settings: { variables: [{ name: 'shop', label: 'shop', placeholder: 'acme' }] },
  }
  await configureConnector(deps, { ...described, openIdConnect })
  expect(await tested()).toMatchObject({ metadata: { status: 'ok' } })
  const { connectors } = parse((await run('export-connectors')).printed)
  expect(connectors).toMatchObject([{ openIdConnect }])
})

test('export-connectors leaves out defaults, wherever they are', async () => {
  const settings = {
    identity: { url: `${server.url}/me`, idPath: 'id' },
    lookup: { url: `${server.url}/lookup` },
    metadata: { region: { from: 'lookup', path: 'region' } },
    revocationUrl: `${server.url}/{shop}/revoke`,
    variables: [{ name: 'shop', label: 'shop', placeholder: 'acme' }],
  }
  await configure(settings)
  const [exported] = parse((await run('export-connectors')).printed).connectors
  expect(exported.oauth2).toEqual({ ...urls(), ...settings })
})

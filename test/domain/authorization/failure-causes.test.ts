import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Instance, startInstance } from '../../../src/app/app.js'
import { readConfig } from '../../../src/config/environment.js'
import { createLogger } from '../../../src/observability/logger.js'
import { hostOf } from '../../../src/outbound/network-reason.js'
import { Browser } from '../../support/browser.js'
import { call, keyFor, mutateAs, tokenOf } from '../../support/callers.js'
import { type Certificate, createCertificate } from '../../support/certificate.js'
import { attemptOf, configureConnector, openConsent, withParameters } from '../../support/connecting.js'
import { openTestDatabase } from '../../support/database.js'
import { freePort } from '../../support/free-port.js'
import { HOST } from '../../support/host-user.js'
import {
  answers,
  type Behaviour,
  type HostileServer,
  redirects,
  startHostileServer,
} from '../../support/hostile-server.js'
import { type Patchbay, startPatchbay } from '../../support/patchbay.js'
import { scrape } from '../../support/scrape.js'

let patchbay: Patchbay
let app: HostileServer
let tls: HostileServer
let certificate: Certificate
beforeAll(async () => {
  patchbay = await startPatchbay({ ...HOST, PATCHBAY_LOG_LEVEL: 'debug' })
  certificate = await createCertificate()
  app = await startHostileServer()
  tls = await startHostileServer(certificate)
})
afterAll(async () => {
  await patchbay.close()
  for (const server of [app, tls, certificate]) await server[Symbol.asyncDispose]()
})

const FAILURES = `query ($slug: String!) { connector(slug: $slug) { recentFailures {
  stage reason advice host httpStatus providerCode providerDescription count latestAt
} } }`
type Failure = Record<'stage' | 'reason' | 'host' | 'httpStatus' | 'providerCode' | 'providerDescription', unknown>
type Shown = { connector: { recentFailures: (Failure & { count: number; advice: string })[] | null } }

async function failuresOf(slug: string, token?: string) {
  const bearer = token ?? (await patchbay.tokenFor('ada'))
  const { data, errors } = await call<Shown>(patchbay, bearer, FAILURES, { slug })
  return { failures: data?.connector.recentFailures, errors }
}

const GOOD = { access_token: 'a-token', token_type: 'bearer' }
let slugs = 0

/** A connector of its own at the app, whose token endpoint behaves like this. */
async function connector(token: Behaviour, settings: object = {}): Promise<string> {
  const slug = `cause-${++slugs}`
  app.on(`/${slug}/token`, token)
  await configureConnector(patchbay, slug, {
    authorizationUrl: `${app.url}/authorize`,
    tokenUrl: `${app.url}/${slug}/token`,
    ...settings,
  })
  return slug
}

/** Comes back from the consent screen with these parameters, and returns what the user sees and what was logged. */
async function comeBack(slug: string, parameters: Record<string, string> = { code: 'the-code-of-this-try' }) {
  const from = patchbay.logged.length
  const browser = new Browser(patchbay, 'ada')
  const attempt = await browser.authorize({ connector: slug })
  const { state, redirectUri } = await openConsent(browser, attempt)
  await browser.person.open(withParameters(redirectUri, { state, ...parameters }))
  const lines = patchbay.logged.slice(from).map((line) => JSON.parse(line) as Record<string, unknown>)
  const { failure } = await attemptOf(patchbay, 'ada', attempt.id)
  return { failure, lines, logged: lines.find(({ msg }) => msg === 'authorization ended')?.cause }
}

const refuses = (error: string, error_description?: string, status = 400) =>
  answers({ error, error_description }, { status })
const WRONG_SECRET = refuses('invalid_client', 'the client secret is wrong', 401)

interface Case {
  what: string
  token?: Behaviour
  settings?: () => object
  parameters?: Record<string, string>
  code: string
  cause: Partial<Failure>
}

const CASES: Case[] = [
  {
    what: 'a wrong secret',
    token: WRONG_SECRET,
    code: 'CLIENT_REFUSED',
    cause: { stage: 'EXCHANGE', reason: 'CLIENT_REFUSED', httpStatus: 401, providerCode: 'invalid_client' },
  },
  {
    what: 'a 401 without a reason',
    token: answers('', { status: 401 }),
    code: 'CLIENT_REFUSED',
    cause: { reason: 'CLIENT_REFUSED', httpStatus: 401, providerCode: null },
  },
  {
    what: 'a 401 of a proxy',
    token: answers('<html>Sign in to the network</html>', { status: 401, type: 'text/html' }),
    code: 'INVALID_TOKEN_RESPONSE',
    cause: { reason: 'UNREADABLE', httpStatus: 401 },
  },
  {
    what: 'an unknown client, as GitHub says it with 200',
    token: answers({ error: 'incorrect_client_credentials', error_description: 'They are incorrect.' }),
    code: 'CLIENT_REFUSED',
    cause: { reason: 'CLIENT_REFUSED', httpStatus: 200, providerDescription: 'They are incorrect.' },
  },
  {
    what: 'a refused redirect URI at the exchange',
    token: refuses('redirect_uri_mismatch'),
    code: 'REDIRECT_URI_REFUSED',
    cause: { stage: 'EXCHANGE', reason: 'REDIRECT_URI_REFUSED', httpStatus: 400 },
  },
  {
    what: 'a request without a parameter that the app wants',
    token: refuses('invalid_request', 'resource is missing'),
    code: 'APP_REFUSED',
    cause: { reason: 'REQUEST_REFUSED', providerDescription: 'resource is missing' },
  },
  {
    what: 'a code that the app does not accept',
    token: refuses('invalid_grant', 'the code has expired'),
    code: 'APP_REFUSED',
    cause: { reason: 'GRANT_REFUSED', providerCode: 'invalid_grant' },
  },
  {
    what: 'a fault of the app',
    token: answers('<html>Bad gateway</html>', { status: 502, type: 'text/html' }),
    code: 'APP_UNAVAILABLE',
    cause: { reason: 'APP_FAILED', httpStatus: 502, providerCode: null, providerDescription: null },
  },
  {
    what: 'a limit',
    token: answers({}, { status: 429 }),
    code: 'APP_UNAVAILABLE',
    cause: { reason: 'RATE_LIMITED', httpStatus: 429 },
  },
  {
    what: 'a redirect',
    token: redirects(302, 'https://elsewhere.example/'),
    code: 'INVALID_TOKEN_RESPONSE',
    cause: { reason: 'REDIRECTED' },
  },
  {
    what: 'a response without a token',
    token: answers({ hello: 'world' }),
    code: 'INVALID_TOKEN_RESPONSE',
    cause: { reason: 'UNREADABLE', httpStatus: 200 },
  },
  {
    what: 'a name without an address',
    settings: () => ({ tokenUrl: 'https://app.invalid/token' }),
    code: 'APP_UNAVAILABLE',
    cause: { stage: 'EXCHANGE', reason: 'DNS', host: 'app.invalid', httpStatus: null },
  },
  {
    what: 'a certificate that no one trusts',
    settings: () => ({ tokenUrl: `${tls.url}/token` }),
    code: 'APP_UNAVAILABLE',
    cause: { reason: 'TLS', httpStatus: null },
  },
  {
    what: 'an API that is not enabled for the client',
    token: answers(GOOD),
    settings: () => {
      const text = { error: { code: 403, status: 'PERMISSION_DENIED', message: 'The API has not been enabled.' } }
      app.on('/disabled', answers(text, { status: 403 }))
      return { identity: { url: `${app.url}/disabled`, idPath: 'sub', labelPaths: [] } }
    },
    code: 'APP_REFUSED',
    cause: {
      stage: 'IDENTITY',
      reason: 'REFUSED',
      httpStatus: 403,
      providerDescription: 'The API has not been enabled.',
    },
  },
  {
    what: 'an invalid scope in the callback',
    parameters: { error: 'invalid_scope', error_description: 'calendar.everything is unknown' },
    code: 'SCOPE_REFUSED',
    cause: {
      stage: 'CALLBACK',
      reason: 'SCOPE_REFUSED',
      host: null,
      httpStatus: null,
      providerDescription: 'calendar.everything is unknown',
    },
  },
  ...['redirect_uri_mismatch', 'invalid_redirect_uri'].map((error) => ({
    what: `${error} in the callback`,
    parameters: { error },
    code: 'REDIRECT_URI_REFUSED',
    cause: { stage: 'CALLBACK', reason: 'REDIRECT_URI_REFUSED', providerCode: error },
  })),
  ...['invalid_client', 'unauthorized_client'].map((error) => ({
    what: `${error} in the callback`,
    parameters: { error },
    code: 'CLIENT_REFUSED',
    cause: { stage: 'CALLBACK', reason: 'CLIENT_REFUSED', providerCode: error },
  })),
  {
    what: 'invalid_request in the callback',
    parameters: { error: 'invalid_request' },
    code: 'APP_REFUSED',
    cause: { stage: 'CALLBACK', reason: 'REQUEST_REFUSED' },
  },
]

test.each(CASES)(
  'operators find the cause of $what in the log, the API and the metrics, and users get a code',
  async ({ token = answers(GOOD), settings = () => ({}), parameters, code, cause }) => {
    const slug = await connector(token, settings())
    const { failure, logged } = await comeBack(slug, parameters)
    expect(failure?.code).toBe(code)
    expect(logged).toMatchObject(cause)
    const { failures } = await failuresOf(slug)
    expect(failures).toMatchObject([{ ...cause, count: 1 }])
    expect(failures?.[0]?.advice).toMatch(/\.$/)
    const { samples } = await scrape(patchbay)
    const counted = samples.find(
      ({ name, labels }) => name === 'patchbay_app_failures_total' && labels.connector === slug,
    )
    const { stage, reason } = { ...failures?.[0] }
    expect(counted).toMatchObject({ labels: { stage, reason }, value: 1 })
  },
)

test('the host that was asked is named with its port', async () => {
  const slug = await connector(WRONG_SECRET)
  await comeBack(slug)
  expect((await failuresOf(slug)).failures).toMatchObject([{ host: hostOf(app.url) }])
})

test.each([
  ['a denial', 'DENIED_BY_USER', { error: 'access_denied', error_description: 'no' }],
  ['a person who has to sign in first', 'INTERACTION_REQUIRED', { error: 'login_required' }],
  ['an owner who has to approve', 'APPROVAL_PENDING', { setup_action: 'request' }],
  ['an approval', 'APPROVAL_GRANTED', { admin_consent: 'True', tenant: 'a-tenant' }],
])('%s is no failure of the connector', async (_what, code, parameters: Record<string, string>) => {
  const slug = await connector(answers(GOOD))
  const { failure, logged } = await comeBack(slug, parameters)
  expect([failure?.code, logged]).toEqual([code, undefined])
  expect((await failuresOf(slug)).failures).toEqual([])
})

test('a client that is refused at an exchange raises the alarm, and a callback that a browser can forge does not', async () => {
  const [refused, forged] = [await connector(WRONG_SECRET), await connector(answers(GOOD))]
  await comeBack(refused)
  await comeBack(forged, { error: 'invalid_client' })
  const { value } = await scrape(patchbay)
  expect(value('patchbay_client_refused_total', { connector: refused, stage: 'EXCHANGE' })).toBe(1)
  expect(value('patchbay_client_refused_total', { connector: forged })).toBe(0)
})

test('the same cause is one entry with a count, and the latest cause comes first', async () => {
  const slug = await connector(WRONG_SECRET)
  await comeBack(slug)
  await comeBack(slug)
  await comeBack(slug, { error: 'invalid_scope' })
  expect((await failuresOf(slug)).failures).toMatchObject([
    { reason: 'SCOPE_REFUSED', count: 1 },
    { reason: 'CLIENT_REFUSED', count: 2 },
  ])
})

test('operators see what failed in their own organization, and API keys with connectors:write see all of it', async () => {
  const slug = await connector(WRONG_SECRET)
  await comeBack(slug)
  const here = await tokenOf({ subject: 'an-operator', organization: 'northwind' }, { operator: true })
  const elsewhere = await tokenOf({ subject: 'another-operator', organization: 'elsewhere' }, { operator: true })
  const { key } = await keyFor(patchbay, 'connectors:write')
  expect((await failuresOf(slug, here)).failures).toHaveLength(1)
  expect((await failuresOf(slug, elsewhere)).failures).toEqual([])
  expect((await failuresOf(slug, key)).failures).toHaveLength(1)
})

test('users and other API keys are refused, and keep the rest of the connector', async () => {
  const slug = await connector(WRONG_SECRET)
  await comeBack(slug)
  const { key } = await keyFor(patchbay, 'tokens:issue')
  const user = await tokenOf({ subject: 'a-user', organization: 'northwind' })
  for (const token of [key, user]) {
    const { failures, errors } = await failuresOf(slug, token)
    expect(failures).toBeNull()
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
  }
})

test('what is stored and shown says nothing about the person, and disappears with the user', async () => {
  const slug = await connector(refuses('invalid_grant', 'ben@northwind.example is not assigned to the app'))
  const user = { subject: 'a-user-to-erase', organization: 'northwind' }
  const token = await tokenOf(user)
  const browser = new Browser({ url: patchbay.url, tokenFor: async () => token }, 'ben')
  const { state, redirectUri } = await openConsent(browser, await browser.authorize({ connector: slug }))
  await browser.person.open(withParameters(redirectUri, { state, code: 'a-code' }))
  expect((await failuresOf(slug)).failures).toMatchObject([{ providerDescription: '… is not assigned to the app' }])
  await mutateAs(patchbay, (await keyFor(patchbay, 'users:delete')).key, 'deleteUser', { user })
  expect((await failuresOf(slug)).failures).toEqual([])
})

test('O24: in production, a blocked address has its own code and cause', async () => {
  const port = String(await freePort())
  const database = await openTestDatabase()
  const config = readConfig({
    ...HOST,
    PATCHBAY_ENV: 'production',
    PATCHBAY_PORT: port,
    PATCHBAY_PUBLIC_URL: `http://localhost:${port}`,
    PATCHBAY_DRAIN_SPREAD: '0',
    PATCHBAY_KEYS: randomBytes(32).toString('base64'),
  })
  const lines: string[] = []
  const logger = createLogger('info', { write: (line: string) => void lines.push(line) })
  const instance: Instance = await startInstance(config, logger, { openDatabase: async () => database })
  try {
    const token = await tokenOf({ subject: 'ada', organization: 'northwind' }, { operator: true })
    const inside = { url: instance.url, tokenFor: async () => token }
    const slug = 'inside'
    const oauth2 = { authorizationUrl: 'https://app.example/authorize', tokenUrl: tls.url.concat('/token') }
    const credentials = { clientId: 'patchbay', clientSecret: 'a-client-secret' }
    await mutateAs(inside, token, 'configureConnector', { slug, name: 'Inside', oauth2, credentials })
    const browser = new Browser(inside, 'ada')
    const attempt = await browser.authorize({ connector: slug })
    const { state, redirectUri } = await openConsent(browser, attempt)
    await browser.person.open(withParameters(redirectUri, { state, code: 'a-code' }))
    const query = 'query ($id: ID!) { node(id: $id) { ... on Authorization { failure { code message hint } } } }'
    const { data } = await call<{ node: { failure: Record<string, string> } }>(inside, token, query, { id: attempt.id })
    expect(data.node.failure.code).toBe('ADDRESS_BLOCKED')
    expect(data.node.failure.hint).toContain('administrator')
    const shown = await call<Shown>(inside, token, FAILURES, { slug })
    const cause = { stage: 'EXCHANGE', reason: 'PRIVATE_ADDRESS', host: hostOf(tls.url), httpStatus: null }
    expect(shown.data.connector.recentFailures).toMatchObject([cause])
    expect(lines.map((line) => JSON.parse(line).cause)).toContainEqual(expect.objectContaining(cause))
    expect(tls.requests).toEqual([])
  } finally {
    await instance.close()
  }
})

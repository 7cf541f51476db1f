import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Browser } from '../support/browser.js'
import {
  configureConnector,
  connectionsOf,
  mutate,
  openConsent,
  startAfresh,
  withParameters,
} from '../support/connecting.js'
import {
  answers,
  type Behaviour,
  type HostileServer,
  redirects,
  startHostileServer,
} from '../support/hostile-server.js'
import { type Patchbay, startPatchbay } from '../support/patchbay.js'
import { scrape } from '../support/scrape.js'

let patchbay: Patchbay
let app: HostileServer
beforeAll(async () => {
  patchbay = await startPatchbay()
  app = await startHostileServer()
  app.on(
    '/token',
    answers({ access_token: 'a-token-to-revoke', token_type: 'bearer', refresh_token: 'a-refresh-token' }),
  )
})
beforeEach(() => startAfresh(patchbay))
afterAll(async () => {
  await patchbay.close()
  await app[Symbol.asyncDispose]()
})

/** Connects, disconnects, and returns what was logged when the tokens were revoked at this URL. */
async function revokedAt(slug: string, revocationUrl: string) {
  await configureConnector(patchbay, slug, {
    authorizationUrl: `${app.url}/authorize`,
    tokenUrl: `${app.url}/token`,
    revocationUrl,
  })
  const browser = new Browser(patchbay, 'ada')
  const { state, redirectUri } = await openConsent(browser, await browser.authorize({ connector: slug }))
  await browser.person.open(withParameters(redirectUri, { state, code: 'a-code' }))
  const [connection] = await connectionsOf(patchbay, 'ada')
  const from = patchbay.logged.length
  await mutate(patchbay, 'ada', 'disconnect', { connectionId: connection?.id ?? '' })
  await patchbay.instance.runJobs()
  const lines = patchbay.logged.slice(from)
  expect(lines.join('')).not.toMatch(/a-token-to-revoke|a-refresh-token|a-client-secret/)
  return lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'tokens could not be revoked at the app')
}

const refuses = (error: string, status: number) =>
  answers({ error, error_description: `${error}: a-refresh-token of a-client-secret` }, { status })

test.each<[reason: string, behaviour: Behaviour, cause: object]>([
  ['CLIENT_REFUSED', refuses('invalid_client', 401), { httpStatus: 401, providerCode: 'invalid_client' }],
  ['REFUSED', refuses('unsupported_token_type', 400), { httpStatus: 400, providerCode: 'unsupported_token_type' }],
  ['APP_FAILED', answers('<html>down</html>', { status: 503 }), { httpStatus: 503 }],
  ['RATE_LIMITED', answers('', { status: 429 }), { httpStatus: 429 }],
  ['REDIRECTED', redirects(302, '/elsewhere'), { httpStatus: null }],
])('operators find a revocation that fails as %s in the log and the metrics', async (reason, behaviour, cause) => {
  const slug = `revoking-${reason.toLowerCase().replaceAll('_', '-')}`
  app.on(`/${slug}`, behaviour)
  const lines = await revokedAt(slug, `${app.url}/${slug}`)
  const host = new URL(app.url).host
  expect(lines).toMatchObject([{ connector: slug, cause: { stage: 'REVOCATION', reason, host, ...cause } }])
  const labels = { connector: slug, stage: 'REVOCATION', reason }
  expect((await scrape(patchbay)).value('patchbay_app_failures_total', labels)).toBe(1)
})

test('a host without an address is named, and a revocation that works is no failure', async () => {
  expect(await revokedAt('revoking-nowhere', 'http://nowhere.invalid/revoke')).toMatchObject([
    { cause: { stage: 'REVOCATION', reason: 'DNS', host: 'nowhere.invalid', httpStatus: null } },
  ])
  app.on('/works', answers(''))
  expect(await revokedAt('revoking-works', `${app.url}/works`)).toEqual([])
})

test.each<[reason: string, behaviour: Behaviour | null, cause: object]>([
  ['UNREADABLE', answers('<html>', { type: 'text/html' }), { httpStatus: 200 }],
  ['UNREADABLE', null, { httpStatus: 404 }],
  ['REDIRECTED', redirects(301, '/elsewhere'), { httpStatus: null }],
])(
  'operators find metadata that fails as %s in the error, the log and the metrics',
  async (reason, behaviour, cause) => {
    const slug = `metadata-${Object.values(cause)[0] ?? 'moved'}`
    if (behaviour) app.on(`/${slug}/.well-known/openid-configuration`, behaviour)
    const from = patchbay.logged.length
    const openIdConnect = { issuer: `${app.url}/${slug}` }
    const refused = await mutate(patchbay, 'ada', 'configureConnector', { slug, name: slug, openIdConnect })
    expect(refused).toMatchObject({ __typename: 'InvalidInputError' })
    expect(refused.message).toContain(`${app.url}/${slug}/.well-known/openid-configuration returned`)
    const lines = patchbay.logged.slice(from).map((line) => JSON.parse(line))
    expect(lines.find(({ msg }) => msg === 'the metadata of an issuer could not be read')).toMatchObject({
      connector: slug,
      cause: { stage: 'DISCOVERY', reason, host: new URL(app.url).host, ...cause },
    })
    const labels = { connector: slug, stage: 'DISCOVERY', reason }
    expect((await scrape(patchbay)).value('patchbay_app_failures_total', labels)).toBe(1)
  },
)

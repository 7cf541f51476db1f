import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Browser } from '../../support/browser.js'
import { attemptOf, mutate, openConsent, startAfresh, withParameters } from '../../support/connecting.js'
import { answers, type HostileServer, startHostileServer } from '../../support/hostile-server.js'
import { type Patchbay, startPatchbay } from '../../support/patchbay.js'

let patchbay: Patchbay
let server: HostileServer
beforeAll(async () => {
  patchbay = await startPatchbay()
  server = await startHostileServer()
  server.on('/token', answers({ access_token: 'an-access-token', expires_in: 3_600 }))
})
beforeEach(async () => {
  await startAfresh(patchbay)
  server.requests.length = 0
})
afterAll(async () => {
  await patchbay.close()
  await server[Symbol.asyncDispose]()
})

const configure = (oauth2: object, credentials: object) =>
  mutate<{ available?: boolean; issues?: { path: string; message: string }[] }>(
    patchbay,
    'ada',
    'configureConnector',
    {
      slug: 'odd',
      name: 'Odd',
      credentials,
      oauth2: { authorizationUrl: `${server.url}/authorize`, tokenUrl: `${server.url}/token`, ...oauth2 },
    },
    '... on Connector { available }',
  )

const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' })

test.each<[string, object, object]>([
  ['no secret', { clientAuthentication: 'none' }, { clientId: 'public' }],
  ['a secret that is never sent', { clientAuthentication: 'none' }, { clientId: 'public', clientSecret: 'a-secret' }],
  ['a private key', { clientAuthentication: 'private_key_jwt' }, { clientId: 'signer', clientSecret: String(key) }],
])('a connector with %s connects, and the token endpoint gets no secret', async (_what, oauth2, credentials) => {
  expect(await configure(oauth2, credentials)).toMatchObject({ __typename: 'Connector', available: true })
  const browser = new Browser(patchbay, 'ada')
  const attempt = await browser.authorize({ connector: 'odd' })
  const { state, redirectUri } = await openConsent(browser, attempt)
  await browser.person.open(withParameters(redirectUri, { state, code: 'a-code' }))
  expect(await attemptOf(patchbay, 'ada', attempt.id)).toMatchObject({ status: 'SUCCEEDED' })
  const [request] = server.requests
  expect(request?.authorization).toBeUndefined()
  expect(request?.body.get('code_verifier')).toMatch(/^.{43,}$/)
  expect(request?.text).not.toMatch(/secret|PRIVATE/)
})

test.each<[string, object, object, RegExp]>([
  ['without its secret', {}, { clientId: 'x' }, /credentials\.clientSecret/],
  [
    'with a secret for a key',
    { clientAuthentication: 'private_key_jwt' },
    { clientId: 'x', clientSecret: 'no' },
    /private key/,
  ],
  [
    'with a header that would end',
    { tokenRequest: { headers: { a: 'b\r\nc: d' } } },
    { clientId: 'x', clientSecret: 'y' },
    /tokenRequest\.headers/,
  ],
  [
    'with an unknown client authentication',
    { clientAuthentication: 'magic' },
    { clientId: 'x', clientSecret: 'y' },
    /clientAuthentication/,
  ],
  [
    'with an unknown setting',
    { tokenRequest: { formats: 'json' } },
    { clientId: 'x', clientSecret: 'y' },
    /tokenRequest\.formats/,
  ],
])('a connector %s is refused, and the message says where', async (_what, oauth2, credentials, message) => {
  const result = await configure(oauth2, credentials)
  expect(result.__typename).toBe('InvalidInputError')
  expect(result.message).toMatch(message)
})

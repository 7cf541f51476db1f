import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLogger } from '../../src/observability/logger.js'
import { answers, type HostileServer, startHostileServer } from '../oauth/hostile-server.js'
import { configureConnector, mutate, openConsent, rowId, withParameters } from '../oauth/scene.js'
import { Browser } from '../support/browser.js'
import { type Patchbay, startPatchbay } from '../support/patchbay.js'
import { subscribe } from '../support/subscriber.js'
import { scrape } from './scrape.js'

let patchbay: Patchbay
let app: HostileServer

beforeAll(async () => {
  patchbay = await startPatchbay({ PATCHBAY_LOG_LEVEL: 'trace', PATCHBAY_RETURN_ORIGINS: 'https://app.example' })
  app = await startHostileServer()
})
afterAll(async () => {
  await patchbay.close()
  await app[Symbol.asyncDispose]()
})

const TOKENS = {
  access_token: 'canary-access-token',
  refresh_token: 'canary-refresh-token',
  id_token: 'canary-id-token',
  token_type: 'Bearer',
}

async function connectorAt(slug: string, token: Parameters<typeof answers>[0], status = 200) {
  app.on(`/${slug}/token`, answers(token, { status }))
  app.on('/userinfo', answers({ sub: 'canary-account', email: 'canary-label@app.example' }))
  const oauth2 = {
    authorizationUrl: `${app.url}/authorize`,
    tokenUrl: `${app.url}/${slug}/token`,
    identity: { url: `${app.url}/userinfo`, idPath: 'sub', labelPaths: ['email'] },
  }
  await configureConnector(patchbay, slug, oauth2, {
    credentials: { clientId: 'canary-client', clientSecret: 'canary-client-secret' },
  })
}

test('no token, code, state, cookie, secret or account is in a log line, and no id in a metric', async () => {
  const secrets = new Set<string>([...Object.values(TOKENS), 'canary'])
  const keep = (value: string | null | undefined) => {
    if (!value) throw new Error('a secret is missing from the scene')
    secrets.add(value)
  }
  await connectorAt('good-app', TOKENS)
  await connectorAt('bad-app', { error: 'invalid_client', error_description: 'canary-description' }, 401)
  const browser = new Browser(patchbay, 'ada')
  keep(await patchbay.tokenFor('ada'))
  const ids: string[] = []

  for (const connector of ['good-app', 'bad-app']) {
    for (const binding of ['BROWSER', 'CONFIRM'] as const) {
      const attempt = await browser.authorize({ connector, binding, returnTo: 'https://app.example/back' })
      ids.push(attempt.id, rowId(attempt.id))
      await using screen = await subscribe(
        patchbay,
        'ada',
        'subscription Watch($id: ID!) { authorizationStatus(authorizationId: $id) { status } }',
        { id: attempt.id },
      )
      await screen.next()
      const { state, redirectUri, parameters } = await openConsent(browser, attempt)
      keep(state)
      keep(parameters.get('code_challenge'))
      for (const cookie of await browser.person.jar.getCookies(patchbay.url)) keep(cookie.value)
      const code = `canary-code-${connector}-${binding}`
      const answer = await browser.person.open(withParameters(redirectUri, { state, code }))
      const again = await browser.person.open(withParameters(redirectUri, { state, code }))
      expect([answer.status, again.status]).toEqual([303, 409])
      if (binding === 'CONFIRM') {
        const confirmation = new URL(answer.headers.get('location') ?? '').searchParams.get('confirmation')
        keep(confirmation)
        await mutate(patchbay, 'ada', 'confirmAuthorization', { authorizationId: attempt.id, code: confirmation })
      }
    }
  }
  await fetch(`${patchbay.url}/graphql?token=canary-query`, { headers: { cookie: 'session=canary-cookie' } })
  await patchbay.execute('ada', 'query canary_operation($token: String = "canary-variable") { viewer { id } }')
  expect(app.requests.some(({ path }) => path === '/good-app/token')).toBe(true)

  const { text, samples } = await scrape(patchbay)
  const logged = patchbay.logged.join('')
  for (const secret of secrets) {
    expect(logged.includes(secret), `logged: ${secret}`).toBe(false)
    if (secret !== 'canary') expect(text.includes(secret), `in a metric: ${secret}`).toBe(false)
  }
  for (const id of ids) expect(text.includes(id)).toBe(false)
  const labels = samples.flatMap((sample) => Object.values(sample.labels))
  expect(labels.length).toBeGreaterThan(50)
  expect(labels.filter((label) => /[0-9a-f]{8}-[0-9a-f]{4}|eyJ|canary-/.test(label))).toEqual([])
  expect(logged).toContain('authorization ended')
})

test('what is handed to the log under the name of a secret is left out, and what is not stays', async () => {
  const written: string[] = []
  const logger = createLogger('trace', { write: (line) => void written.push(line) })
  const secret = { access_token: 'canary', code: 'canary', state: 'canary', cookie: 'canary', authorization: 'canary' }
  logger.info({ connector: 'kept', ...secret, request: { headers: secret }, response: secret }, 'said')
  expect(written.join('')).toContain('kept')
  expect(written.join('')).not.toContain('canary')
})

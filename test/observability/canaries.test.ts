import { createHash } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { revokeKey } from '../../src/domain/access/api-key/revoke-key.js'
import { rotateKey } from '../../src/domain/access/api-key/rotate-key.js'
import { createLogger } from '../../src/observability/logger.js'
import { Browser } from '../support/browser.js'
import { call, keyFor, mutateAs, SILENT, sessionFor } from '../support/callers.js'
import { configureConnector, mutate, openConsent, rowId, withParameters } from '../support/connecting.js'
import {
  answers as answering,
  type Behaviour,
  type HostileServer,
  startHostileServer,
} from '../support/hostile-server.js'
import { connectorId, type Patchbay, startPatchbay } from '../support/patchbay.js'
import { RawSocket } from '../support/raw.js'
import { scrape } from '../support/scrape.js'
import { subscribe } from '../support/subscriber.js'

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

async function connectorAt(slug: string, token: Parameters<typeof answering>[0], status = 200) {
  app.on(`/${slug}/token`, answering(token, { status }))
  app.on('/userinfo', answering({ sub: 'canary-account', email: 'canary-label@app.example' }))
  const oauth2 = {
    authorizationUrl: `${app.url}/authorize`,
    tokenUrl: `${app.url}/${slug}/token`,
    identity: { url: `${app.url}/userinfo`, idPath: 'sub', labelPaths: ['email'] },
  }
  await configureConnector(patchbay, slug, oauth2, {
    credentials: { clientId: 'canary-client', clientSecret: 'canary-client-secret' },
  })
}

/** Refuses with a reason, which reaches the log, and puts everything into it that it was sent and that is secret. */
function repeatsWhatItWasSent(error: string): Behaviour {
  return (request, response) => {
    const { body = new URLSearchParams(), authorization = '' } = app.requests.at(-1) ?? {}
    const basic = authorization.replace(/^Basic /, '')
    const secret = Buffer.from(basic, 'base64').toString().split(':')[1] ?? ''
    const sent = [...body.values(), authorization, basic, secret, 'Bearer canary-second-token'].map(
      (value) => `${value} ${encodeURIComponent(value)}`,
    )
    answering({ error, error_description: `refused: ${sent.join(', ')}` }, { status: 401 })(request, response)
  }
}

test('no token, code, state, cookie, secret or account appears in a log line, and no id in a metric', async () => {
  const secrets = new Set<string>([...Object.values(TOKENS), 'canary'])
  const keep = (value: string | null | undefined) => {
    if (!value) throw new Error('a secret is missing from the scene')
    secrets.add(value)
  }
  await connectorAt('good-app', TOKENS)
  await connectorAt('bad-app', {})
  app.on('/bad-app/token', repeatsWhatItWasSent('invalid_client'))
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
  expect(logged).toContain('"providerDescription":"refused: ')
})

/** What other instances are sent, in service mode. */
async function overhear(heard: string[]): Promise<AsyncDisposable> {
  const { REDIS_URL, PATCHBAY_REDIS_CHANNEL = '' } = patchbay.siblingEnv
  if (REDIS_URL === undefined) return { [Symbol.asyncDispose]: async () => {} }
  const redis = new Redis(REDIS_URL)
  redis.on('message', (_channel, message) => void heard.push(message))
  await redis.subscribe(PATCHBAY_REDIS_CHANNEL)
  return { [Symbol.asyncDispose]: async () => redis.disconnect() }
}

test('O26: no API key, session token, hash or name appears in a log line, error, metric or notification', async () => {
  const told: string[] = []
  await using _ear = await overhear(told)
  const user = { subject: 'canary-subject', organization: 'canary-organization', name: 'canary-name' }
  const made = await keyFor(patchbay, 'sessions:create', 'users:delete')
  const rotated = await rotateKey(patchbay.database, made.id, 60)
  const session = await sessionFor(patchbay, made.key, user)
  const tokens = [made.key, rotated.key, session.token]
  const secrets = tokens.map((token) => token.slice(-43))
  const wrong = tokens.map((token) => `${token.slice(0, -43)}${'canary'.padEnd(43, '-')}`)
  const hashes = secrets.map((secret) => createHash('sha256').update(secret).digest())
  const answers: unknown[] = []
  for (const token of [
    ...tokens,
    ...wrong,
    ...tokens.map((token) => token.slice(0, -1)),
    ...tokens.map((token) => `${token}A`),
  ]) {
    answers.push(await call(patchbay, token, '{ viewer { id } }'))
    const socket = await RawSocket.open(patchbay)
    socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } })
    await Promise.race([socket.closed, socket.message(({ type }) => type === 'connection_ack')])
    answers.push(socket.messages)
    socket.terminate()
  }
  {
    // One fault while they are looked up, and one while their result is stored.
    using _tap = patchbay.database.tap((sql) => {
      if (/"SetupSession"|FROM "ApiKey" WHERE id = ANY/.test(sql)) throw new Error('the database is away')
    })
    for (const token of [...wrong, ...tokens])
      answers.push(await call(patchbay, `${token.slice(0, -2)}xx`, '{ viewer { id } }'))
    const create = sessionFor(patchbay, made.key, { ...user, subject: 'canary-other' })
    answers.push(await create.catch((error: Error) => error.message))
  }
  expect(JSON.stringify(answers)).toContain('SERVICE_UNAVAILABLE')
  await mutateAs(patchbay, rotated.key, 'deleteUser', {
    user: { subject: user.subject, organization: user.organization },
  })
  await revokeKey({ ...patchbay.database, notifier: SILENT }, made.id)
  answers.push(await call(patchbay, made.key, '{ viewer { id } }'))

  const { text } = await scrape(patchbay)
  const places = {
    logged: patchbay.logged.join(''),
    answered: JSON.stringify(answers),
    metrics: text,
    rung: told.join(''),
  }
  const forbidden = [
    ...secrets,
    ...hashes.flatMap((hash) => ['hex', 'base64', 'base64url'].map((as) => hash.toString(as as 'hex'))),
  ]
  for (const [place, said] of Object.entries(places)) {
    for (const secret of [...forbidden, 'canary']) expect(said.includes(secret), `${place}: ${secret}`).toBe(false)
  }
  expect(places.logged).toContain('user deleted')
  if (patchbay.siblingEnv.REDIS_URL !== undefined) expect(told.length).toBeGreaterThan(0)
})

test('O26: refreshed, refused and issued tokens appear in no log line, error or metric, and are stored only as ciphertext', async () => {
  const slug = 'kept-app'
  const from = patchbay.logged.length
  await connectorAt(slug, { ...TOKENS, access_token: 'canary-first-token', expires_in: 60 })
  const browser = new Browser(patchbay, 'ada')
  const attempt = await browser.authorize({ connector: slug, returnTo: 'https://app.example/back' })
  const { state, redirectUri } = await openConsent(browser, attempt)
  await browser.person.open(withParameters(redirectUri, { state, code: 'canary-kept-code' }))

  const { key } = await keyFor(patchbay, 'tokens:issue')
  const request = {
    user: { subject: 'ada', organization: 'northwind' },
    connectorId: connectorId(slug),
    minTtlSeconds: 30,
  }
  const issue = (input: object = {}) =>
    mutateAs<{ accessToken?: string; reason?: string }>(
      patchbay,
      key,
      'issueAccessToken',
      { ...request, ...input },
      '... on IssuedAccessToken { accessToken } ... on AccessTokenUnavailableError { reason }',
    )
  app.on(`/${slug}/token`, answering({ ...TOKENS, access_token: 'canary-second-token', expires_in: 60 }))
  // This is the one place where a token belongs.
  expect((await issue({ rejectedVersion: 1 })).accessToken).toBe('canary-second-token')
  app.on(
    `/${slug}/token`,
    answering({ error: 'temporarily_unavailable', error_description: 'canary-description' }, { status: 400 }),
  )
  expect(await issue({ rejectedVersion: 2 })).toMatchObject({ reason: 'APP_UNAVAILABLE' })
  const { db } = patchbay.database
  await db.connection.updateMany({
    where: { connectorSlug: slug },
    data: { refreshAttempts: 0, refreshDueAt: new Date(0) },
  })
  app.on(`/${slug}/token`, repeatsWhatItWasSent('invalid_grant'))
  await patchbay.instance.runJobs()
  const refused = await issue()
  expect(refused).toMatchObject({ reason: 'CONNECTION_BROKEN' })

  const tables = await db.$queryRaw<{ name: string }[]>`
    SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`
  const stored: string[] = []
  for (const { name } of tables) {
    const rows = await db.$queryRawUnsafe<{ row: string }[]>(`SELECT to_jsonb(t)::text AS row FROM "${name}" t`)
    stored.push(...rows.map(({ row }) => row))
  }
  expect(stored.length).toBeGreaterThan(10)
  const places = {
    logged: patchbay.logged.slice(from).join('\n'),
    measured: (await scrape(patchbay)).text,
    refused: JSON.stringify(refused),
    stored: stored.join('\n'),
  }
  const secrets = [
    'canary-first-token',
    'canary-second-token',
    TOKENS.refresh_token,
    'canary-kept-code',
    'canary-client-secret',
  ]
  expect(places.logged).toContain('"providerDescription":"refused: ')
  expect(places.stored).toContain('"providerDescription": "refused: ')
  for (const [place, said] of Object.entries(places)) {
    for (const secret of [...secrets, key]) {
      expect(said.includes(secret), `${place}: ${secret}`).toBe(false)
      expect(said.includes(Buffer.from(secret).toString('hex')), `${place}, in hex: ${secret}`).toBe(false)
    }
  }
})

test('the logger leaves out fields with the names of secrets, and keeps the others', async () => {
  const written: string[] = []
  const logger = createLogger('trace', { write: (line) => void written.push(line) })
  const secret = { access_token: 'canary', code: 'canary', state: 'canary', cookie: 'canary', authorization: 'canary' }
  logger.info({ connector: 'kept', ...secret, request: { headers: secret }, response: secret }, 'said')
  expect(written.join('')).toContain('kept')
  expect(written.join('')).not.toContain('canary')
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MUTATION_RATES } from '../../src/graphql/mutation-rates.js'
import { schema } from '../../src/graphql/schema.js'
import { call, type HostUser, keyFor } from '../support/callers.js'
import { COUNTED, count, record } from '../support/counts.js'
import { HOST, hostToken } from '../support/host-user.js'
import { ofRequests } from '../support/own-statements.js'
import { connectorId, type GraphQLAnswer, type Patchbay, pluginId, startPatchbay } from '../support/patchbay.js'
import { RawSocket } from '../support/raw.js'
import { scrape } from '../support/scrape.js'

const SAM: HostUser = { subject: 'sam', organization: 'hosted' }
const NOWHERE = Buffer.from('Webhook:00000000-0000-4000-8000-000000000000').toString('base64url')

const AUTHORIZE = mutation('authorizeConnector')
const START = mutation('startSetup')
const SESSION = mutation('createSetupSession')
/** A minute’s limits: the defaults for the full counts, and less for a suite of minutes. */
const LIMITS = { authorizations: count(60, 30), changes: count(300, 30), sessions: count(60, 30) }

const mail = { connectorId: connectorId('acme-mail') }
const assistant = { pluginId: pluginId('meeting-assistant') }

function mutation(name: string): string {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input!`
  return `mutation ($input: ${type}) { ${name}(input: $input) { __typename ... on Error { message } } }`
}

interface Answer extends GraphQLAnswer<Record<string, { __typename: string }> | undefined> {
  status: number
  retryAfter: string | null
  tookMs: number
}

async function request({ url }: Patchbay, token: string, query: string, variables: object = {}): Promise<Answer> {
  const sentAtMs = performance.now()
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json',
      'sec-fetch-site': 'same-origin',
    },
    body: JSON.stringify({ query, variables }),
  })
  const { status, headers } = response
  const answer = (await response.json()) as object
  const tookMs = performance.now() - sentAtMs
  return { status, retryAfter: headers.get('retry-after'), tookMs, ...answer } as Answer
}

/** Sends the same request many times, some at the same time. */
async function flood(patchbay: Patchbay, token: string, query: string, input: object, times: number) {
  const startedAt = performance.now()
  const answers: Answer[] = []
  const statements = await patchbay.database.countStatements(async () => {
    for (let sent = 0; sent < times; sent += 100) {
      const some = Array.from({ length: Math.min(100, times - sent) }, () => request(patchbay, token, query, { input }))
      answers.push(...(await Promise.all(some)))
    }
  })
  const refused = answers.filter(({ status }) => status === 429)
  const allowed = answers.filter(({ status }) => status === 200)
  expect(refused.length + allowed.length).toBe(times)
  return { refused, allowed, statements: ofRequests(statements), minutes: (performance.now() - startedAt) / 60_000 }
}

/** What a minute allows, and what returned meanwhile. */
function expectLimit(allowed: readonly Answer[], perMinute: number, minutes: number): void {
  expect(allowed.length).toBeGreaterThanOrEqual(perMinute)
  expect(allowed.length).toBeLessThanOrEqual(perMinute + 1 + perMinute * minutes)
}

function expectRefusals(refused: readonly Answer[], limit: string): void {
  for (const { retryAfter, tookMs, data, errors } of refused) {
    expect(Number(retryAfter)).toBeGreaterThan(0)
    expect(tookMs, 'refusals don’t come immediately').toBeGreaterThan(450)
    expect(data).toBeUndefined()
    expect(errors).toEqual([
      {
        message: expect.stringContaining('Try again in '),
        extensions: { code: 'TOO_MANY_REQUESTS', limit, retryAfterSeconds: Number(retryAfter) },
      },
    ])
  }
}

describe('one caller at full effort', () => {
  let patchbay: Patchbay
  beforeAll(async () => {
    patchbay = await startPatchbay({
      ...HOST,
      PATCHBAY_AUTHORIZATIONS_PER_MINUTE: String(LIMITS.authorizations),
      PATCHBAY_CHANGES_PER_MINUTE: String(LIMITS.changes),
      PATCHBAY_USER_SETUP_SESSIONS_PER_MINUTE: String(LIMITS.sessions),
    })
  })
  afterAll(() => patchbay.close())

  test(
    'O25: of the authorizations that a user starts in a minute, most are refused and 20 are open',
    COUNTED,
    async () => {
      const token = await hostToken()
      const starts = count(1_000, 100)
      const { refused, allowed, statements, minutes } = await flood(patchbay, token, AUTHORIZE, mail, starts)
      expectLimit(allowed, LIMITS.authorizations, minutes)
      record('O25', 'authorizations started by one user', { starts, refused: refused.length })
      const types = allowed.map(({ data }) => data?.authorizeConnector?.__typename)
      expect(types.filter((type) => type === 'Authorization')).toHaveLength(20)
      expect(types.filter((type) => type === 'TooManyAuthorizationsError')).toHaveLength(allowed.length - 20)
      expect(await patchbay.database.db.authorization.count()).toBe(20)
      expectRefusals(refused, 'authorizations')
      expect(statements.length).toBeLessThan(10 * allowed.length)
      expect((await request(patchbay, await hostToken(), AUTHORIZE, { input: mail })).status).toBe(200)
      const { value } = await scrape(patchbay)
      expect(value('patchbay_rate_limited_total', { limit: 'authorizations' })).toBe(refused.length)
      expect(value('patchbay_graphql_errors_total', { code: 'TOO_MANY_REQUESTS' })).toBe(refused.length)
      expect(value('patchbay_faults_total')).toBe(0)
    },
  )

  test(
    'G21: of the setups that a user starts in a minute, as many are allowed as the limit says',
    COUNTED,
    async () => {
      const starts = count(500, 60)
      const { refused, allowed, statements, minutes } = await flood(
        patchbay,
        await hostToken(),
        START,
        assistant,
        starts,
      )
      expectLimit(allowed, LIMITS.changes, minutes)
      record('G21', 'setups started by one user', { starts, refused: refused.length })
      expectRefusals(refused, 'changes')
      expect(statements.length).toBeLessThan(10 * allowed.length)
    },
  )

  test(
    'G21: of the setup sessions that a key creates for a user, as many are allowed as the limit says',
    COUNTED,
    async () => {
      const { key } = await keyFor(patchbay, 'sessions:create')
      const input = { user: SAM, ...assistant }
      const sessions = count(500, 60)
      const { refused, allowed, statements, minutes } = await flood(patchbay, key, SESSION, input, sessions)
      expectLimit(allowed, LIMITS.sessions, minutes)
      record('G21', 'setup sessions created for one user', { sessions, refused: refused.length })
      for (const { retryAfter, errors } of refused) {
        expect(Number(retryAfter)).toBeGreaterThan(0)
        expect(errors).toMatchObject([{ extensions: { code: 'TOO_MANY_REQUESTS', limit: 'user-setup-sessions' } }])
      }
      expect(statements.length).toBeLessThan(20 * allowed.length)
      const another = { user: { ...SAM, subject: 'another' }, ...assistant }
      expect((await request(patchbay, key, SESSION, { input: another })).status).toBe(200)
    },
  )
})

describe('a limit of 2', () => {
  let patchbay: Patchbay
  let key: string
  beforeAll(async () => {
    const names = [
      'AUTHORIZATIONS',
      'CHANGES',
      'CHECKS',
      'TOKENS',
      'SETUP_SESSIONS',
      'USER_SETUP_SESSIONS',
      'ADMINISTRATION',
      'OUTBOUND',
    ]
    patchbay = await startPatchbay({
      ...HOST,
      ...Object.fromEntries(names.map((name) => [`PATCHBAY_${name}_PER_MINUTE`, '2'])),
    })
    const scopes = ['tokens:issue', 'sessions:create', 'users:delete', 'webhooks:write'] as const
    key = (await keyFor(patchbay, ...scopes)).key
  })
  afterAll(() => patchbay.close())

  const connectionId = Buffer.from('ConnectedAccount:00000000-0000-4000-8000-000000000000').toString('base64url')

  test.each([
    ['authorizations', 'authorizeConnector', mail],
    ['changes', 'startSetup', assistant],
    ['checks', 'verifyConnection', { connectionId }],
  ])('G21: a limit on %s is each user’s own (%s)', async (limit, name, input) => {
    const [one, other] = [await hostToken(), await hostToken()]
    const send = (token: string) => request(patchbay, token, mutation(name), { input })
    expect([(await send(one)).status, (await send(one)).status]).toEqual([200, 200])
    const statements = await patchbay.database.countStatements(async () => expectRefusals([await send(one)], limit))
    expect(ofRequests(statements)).toEqual([])
    expect((await send(other)).status).toBe(200)
  })

  test.each([
    ['tokens', 'issueAccessToken', { user: SAM, ...mail }],
    ['setup-sessions', 'createSetupSession', { user: SAM, ...assistant }],
    ['administration', 'deleteUser', { user: SAM }],
    ['outbound', 'testWebhook', { webhookId: NOWHERE }],
  ])('G21: a limit on %s is each key’s own (%s)', async (limit, name, input) => {
    const send = (token: string) => request(patchbay, token, mutation(name), { input })
    expect([(await send(key)).status, (await send(key)).status]).toEqual([200, 200])
    const statements = await patchbay.database.countStatements(async () => expectRefusals([await send(key)], limit))
    expect(ofRequests(statements).filter((sql) => !sql.includes('FROM "ApiKey"'))).toEqual([])
    const { key: other } = await keyFor(patchbay, 'users:delete')
    expect((await send(other)).status).toBe(200)
  })

  test('counts every mutation of an operation, and refuses all of them or none', async () => {
    const token = await hostToken()
    const query = `mutation ($input: StartSetupInput!) {
      first: startSetup(input: $input) { __typename }
      second: startSetup(input: $input) { __typename }
    }`
    expect((await request(patchbay, token, START, { input: assistant })).status).toBe(200)
    const refused = await request(patchbay, token, query, { input: { pluginId: pluginId('inbox-helper') } })
    expectRefusals([refused], 'changes')
    const { data } = await call<{ viewer: { setups: unknown[] } }>(patchbay, token, '{ viewer { setups { id } } }')
    expect(data.viewer.setups).toHaveLength(1)
    expect((await request(patchbay, token, START, { input: assistant })).status).toBe(200)
    expect((await request(patchbay, await hostToken(), query, { input: assistant })).status).toBe(200)
  })

  test('is the operation’s error over WebSocket, which stays open', async () => {
    const socket = await RawSocket.open(patchbay)
    await socket.init(`Bearer ${await hostToken()}`)
    for (let index = 0; index < 2; index++) {
      const { payload } = await socket.execute(START, { input: assistant })
      expect(payload).toMatchObject({ data: { startSetup: { __typename: 'PluginSetup' } } })
    }
    const { payload } = await socket.execute(START, { input: assistant })
    expect(payload).toEqual({
      errors: [
        {
          message: expect.stringContaining('You’re making too many changes.'),
          extensions: { code: 'TOO_MANY_REQUESTS', limit: 'changes', retryAfterSeconds: expect.any(Number) },
        },
      ],
    })
    expect(await socket.execute('{ viewer { id } }')).toMatchObject({ payload: { data: {} } })
    socket.terminate()
  })
})

test('every mutation of the schema counts for a limit', () => {
  const mutations = Object.keys(schema.getMutationType()?.getFields() ?? {})
  expect(mutations.length).toBeGreaterThan(15)
  expect(Object.keys(MUTATION_RATES).sort()).toEqual(mutations.sort())
})

import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { startInstance } from '../../../src/app/app.js'
import { readConfig } from '../../../src/config/environment.js'
import { MAX_KEYS } from '../../../src/domain/idempotency/idempotency-records.js'
import type { KeyedMutation } from '../../../src/domain/idempotency/keyed-mutations.js'
import { createLogger } from '../../../src/observability/logger.js'
import { keyFor, sessionFor } from '../../support/callers.js'
import { rowId, startAfresh } from '../../support/connecting.js'
import { freePort } from '../../support/free-port.js'
import { connectorId, type GraphQLAnswer, type Patchbay, pluginId, startPatchbay } from '../../support/patchbay.js'
import { scrape } from '../../support/scrape.js'

let patchbay: Patchbay
let backEnd: { key: string; id: string }
let ada: string
beforeAll(async () => {
  patchbay = await startPatchbay()
  backEnd = await keyFor(patchbay, 'webhooks:write', 'sessions:create', 'users:delete', 'connectors:write')
  ada = await patchbay.tokenFor('ada')
})
afterAll(() => patchbay.close())
beforeEach(async () => {
  await startAfresh(patchbay)
  await patchbay.database.db.webhookEndpoint.deleteMany()
  await patchbay.database.db.idempotencyRecord.deleteMany()
})

interface Answer extends GraphQLAnswer<Record<string, Record<string, unknown>> | undefined> {
  status: number
  replayed: string | null
  retryAfter: string | null
  cookie: string | null
  text: string
}

/** Sends an operation with a key, unless that is undefined. */
async function send(
  token: string,
  key: string | undefined,
  query: string,
  variables: object,
  url = patchbay.url,
): Promise<Answer> {
  const { status, headers, text } = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json',
      'sec-fetch-site': 'same-origin',
      ...(key !== undefined && { 'idempotency-key': key }),
    },
    body: JSON.stringify({ query, variables }),
  }).then(async (response) => ({ status: response.status, headers: response.headers, text: await response.text() }))
  return {
    ...JSON.parse(text),
    text,
    status,
    replayed: headers.get('idempotency-replayed'),
    retryAfter: headers.get('retry-after'),
    cookie: headers.get('set-cookie'),
  }
}

const REGISTER = `mutation ($input: RegisterWebhookInput!) { registerWebhook(input: $input) {
  __typename ... on Error { message } ... on WebhookSecret { webhook { id url } } } }`
const WITH_SECRET = `mutation ($input: RegisterWebhookInput!) { registerWebhook(input: $input) {
  ... on WebhookSecret { secret webhook { id } } } }`
const AUTHORIZE = `mutation ($input: AuthorizeConnectorInput!) { authorizeConnector(input: $input) {
  __typename ... on Error { message } ... on Authorization { id url } } }`
const START = `mutation ($input: StartSetupInput!) { startSetup(input: $input) { ... on PluginSetup { id revision } } }`

const webhook = (path: string) => ({ input: { url: `http://localhost:1/${path}` } })
const confirmed = () => ({
  input: { connectorId: connectorId('acme-mail'), binding: 'CONFIRM', returnTo: `${patchbay.url}/back` },
})
const webhooks = () => patchbay.database.db.webhookEndpoint.count()
const record = () => patchbay.database.db.idempotencyRecord.findFirstOrThrow()
const codeOf = ({ errors }: Answer) => errors?.[0]?.extensions?.code
const createdBy = ({ data }: Answer) => (data?.registerWebhook?.webhook ?? {}) as { id?: string }
const createdIdOf = ({ errors }: Answer) => (errors?.[0]?.extensions as { createdId?: string } | undefined)?.createdId

/** The statement that reads what a user sees. */
const READS_USER = /asked\."sessionId"/

/** Makes the nth statement that matches wait, or fail. */
function atFirst(pattern: RegExp, what: 'wait' | 'fail', nth = 1) {
  let arrived = () => {}
  let goOn = () => {}
  const reached = new Promise<void>((resolve) => {
    arrived = resolve
  })
  const released = new Promise<void>((resolve) => {
    goOn = resolve
  })
  let count = 0
  const tap = patchbay.database.tap((sql) => {
    if (!pattern.test(sql) || ++count !== nth) return undefined
    arrived()
    return what === 'wait' ? released : Promise.reject(new Error('the database went away'))
  })
  const dispose = () => {
    tap[Symbol.dispose]()
    goOn() // or a test that failed would keep the server from closing
  }
  return { reached, goOn, [Symbol.dispose]: dispose }
}

describe('a request with an Idempotency-Key', () => {
  test('is carried out once: repeating it returns the same answer and says so', async () => {
    const first = await send(backEnd.key, 'one', REGISTER, webhook('one'))
    expect(first).toMatchObject({
      status: 200,
      replayed: null,
      data: { registerWebhook: { __typename: 'WebhookSecret' } },
    })
    for (let time = 0; time < 2; time++) {
      const again = await send(backEnd.key, 'one', REGISTER, webhook('one'))
      expect(again).toMatchObject({ status: 200, replayed: 'true' })
      expect(again.text).toBe(first.text)
    }
    expect(await webhooks()).toBe(1)
    const { value } = await scrape(patchbay)
    expect(value('patchbay_idempotency_keys_repeated_total', { outcome: 'answered' })).toBe(2)
  })

  test('is refused if the same key comes with another request, and nothing is carried out', async () => {
    await send(backEnd.key, 'two', REGISTER, webhook('two'))
    for (const other of [
      await send(backEnd.key, 'two', REGISTER, webhook('another')),
      await send(backEnd.key, 'two', `# Another text\n${REGISTER}`, webhook('two')),
    ]) {
      expect(other).toMatchObject({ status: 422, replayed: null })
      expect(codeOf(other)).toBe('IDEMPOTENCY_KEY_REUSED')
    }
    expect(await webhooks()).toBe(1)
  })

  test('is the same if the members of its variables have another order', async () => {
    const { url } = webhook('order').input
    await send(backEnd.key, 'order', REGISTER, { input: { url, events: ['setup.ready'] } })
    const again = await send(backEnd.key, 'order', REGISTER, { input: { events: ['setup.ready'], url } })
    expect(again).toMatchObject({ status: 200, replayed: 'true' })
  })

  test('has a key of its own caller: others, and the user’s setup sessions, don’t get the answer', async () => {
    const user = { subject: 'ada', organization: 'northwind' }
    const { token, setup } = await sessionFor(patchbay, backEnd.key, user)
    const request = { input: { ...confirmed().input, setupId: setup.id } }
    const first = await send(ada, 'mine', AUTHORIZE, request)
    expect(await send(ada, 'mine', AUTHORIZE, request)).toMatchObject({ replayed: 'true' })
    const inSession = await send(token, 'mine', AUTHORIZE, request)
    expect(inSession).toMatchObject({ status: 200, replayed: null })
    expect(inSession.text).not.toBe(first.text)
    const other = await keyFor(patchbay, 'webhooks:write')
    await send(backEnd.key, 'shared', REGISTER, webhook('shared'))
    expect(await send(other.key, 'shared', REGISTER, webhook('shared'))).toMatchObject({
      replayed: null,
      data: { registerWebhook: { __typename: 'DuplicateWebhookError' } },
    })
  })

  test('returns the typed error that the first one got', async () => {
    await send(backEnd.key, undefined, REGISTER, webhook('taken'))
    const first = await send(backEnd.key, 'typed', REGISTER, webhook('taken'))
    expect(first.data?.registerWebhook).toMatchObject({ __typename: 'DuplicateWebhookError' })
    await patchbay.database.db.webhookEndpoint.deleteMany()
    const again = await send(backEnd.key, 'typed', REGISTER, webhook('taken'))
    expect(again).toMatchObject({ replayed: 'true' })
    expect(again.text).toBe(first.text)
  })

  test.each<[string, string]>([
    ['nothing', ''],
    ['256 characters', 'x'.repeat(256)],
    ['only quotes', '""'],
    ['characters beyond ASCII', 'schlüssel'],
  ])('is refused if its key has %s', async (_what, key) => {
    const refused = await send(backEnd.key, key, REGISTER, webhook('invalid'))
    expect(refused).toMatchObject({ status: 400, errors: [{ message: expect.stringContaining('1 to 255') }] })
    expect(await webhooks()).toBe(0)
  })

  test('may quote its key, as the standard wants it', async () => {
    await send(backEnd.key, '"a \\"quoted\\" key"', REGISTER, webhook('quoted'))
    expect(await send(backEnd.key, 'a "quoted" key', REGISTER, webhook('quoted'))).toMatchObject({ replayed: 'true' })
  })

  test('has one mutation, because the answer belongs to one', async () => {
    const query = `mutation ($a: RegisterWebhookInput!, $b: RegisterWebhookInput!) {
      a: registerWebhook(input: $a) { __typename } b: registerWebhook(input: $b) { __typename } }`
    const refused = await send(backEnd.key, 'both', query, { a: webhook('a').input, b: webhook('b').input })
    expect(refused).toMatchObject({ status: 400 })
    expect(await webhooks()).toBe(0)
  })

  test('is an ordinary one if it creates nothing', async () => {
    const statements = await patchbay.database.countStatements(async () => {
      expect(await send(ada, 'query', '{ viewer { id } }', {})).toMatchObject({ status: 200, replayed: null })
      const erase = 'mutation ($input: DeleteUserInput!) { deleteUser(input: $input) { __typename } }'
      const nobody = { input: { user: { subject: 'nobody', organization: 'nowhere' } } }
      expect(await send(backEnd.key, '', erase, nobody)).toMatchObject({ status: 200 })
    })
    expect(statements.filter((sql) => sql.includes('"idempotency') || sql.includes('attemptId'))).toEqual([])
  })

  test('can be used again once it has expired, and is then deleted', async () => {
    await send(backEnd.key, 'old', REGISTER, webhook('old'))
    const { db } = patchbay.database
    const expire = () => db.idempotencyRecord.updateMany({ data: { expiresAt: new Date(Date.now() - 1_000) } })
    await expire()
    expect(await send(backEnd.key, 'old', REGISTER, webhook('new'))).toMatchObject({ status: 200, replayed: null })
    expect(await webhooks()).toBe(2)
    await patchbay.instance.runJobs()
    expect(await db.idempotencyRecord.count()).toBe(1)
    await expire()
    await patchbay.instance.runJobs()
    expect(await db.idempotencyRecord.count()).toBe(0)
  })
})

/** What each mutation gets, and what it says it created. */
const EACH: Record<
  KeyedMutation,
  () => Promise<{ input: object; selection: string; created: RegExp; token?: string }>
> = {
  startSetup: async () => ({
    input: { pluginId: pluginId('inbox-helper') },
    selection: '... on PluginSetup { id }',
    created: /^PluginSetup:/,
    token: ada,
  }),
  authorizeConnector: async () => ({
    ...confirmed(),
    selection: '... on Authorization { id url }',
    created: /^Authorization:/,
    token: ada,
  }),
  createSetupSession: async () => ({
    input: { user: { subject: 'ada', organization: 'northwind' }, pluginId: pluginId('inbox-helper') },
    selection: '... on SetupSession { expiresAt setup { id } }',
    created: /^PluginSetup:/,
  }),
  registerWebhook: async () => ({
    ...webhook('each'),
    selection: '... on WebhookSecret { webhook { id } }',
    created: /^Webhook:/,
  }),
  rotateWebhookSecret: async () => {
    const { id: webhookId } = createdBy(await send(backEnd.key, undefined, REGISTER, webhook('rotated')))
    const selection = '... on WebhookSecret { webhook { id } formerUntil }'
    return { input: { webhookId }, selection, created: /^Webhook:/ }
  },
  publishPlugin: async () => {
    const [name, summary] = ['Keyed', 'Nothing.']
    const skills = [{ slug: 'nothing', name, summary, instructions: 'Do nothing.', uses: [] }]
    const manifest = { slug: 'keyed', name, summary, version: '1.0.0', connectors: [], skills }
    return { input: { manifest }, selection: '... on Plugin { id version }', created: /^Plugin:keyed$/, token: ada }
  },
  configureConnector: async () => ({
    input: { slug: 'keyed', name: 'Keyed', provider: 'github' },
    selection: '... on Connector { id available }',
    created: /^Connector:keyed$/,
  }),
  setConnectorCredentials: async () => ({
    input: { connectorId: connectorId('acme-desk'), clientSecret: 'another' },
    selection: '... on Connector { id }',
    created: /^Connector:acme-desk$/,
  }),
}

test.each(Object.keys(EACH) as KeyedMutation[])('%s marks its key in the transaction of its effect', async (name) => {
  const { input, selection, created, token = backEnd.key } = await EACH[name]()
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input!`
  const query = `mutation ($input: ${type}) { ${name}(input: $input) { __typename ... on Error { message } ${selection} } }`
  const first = await send(token, 'each', query, { input })
  expect(first).toMatchObject({ status: 200, replayed: null })
  expect(first.data?.[name]).not.toHaveProperty('message')
  const { createdId } = await record()
  expect(Buffer.from(createdId ?? '', 'base64url').toString()).toMatch(created)
  const again = await send(token, 'each', query, { input })
  expect(again).toMatchObject({ status: 200, replayed: 'true' })
  expect(again.text).toBe(first.text)
})

test('without a key, a mutation runs no statement about keys', async () => {
  const statements = await patchbay.database.countStatements(async () => {
    expect(await send(backEnd.key, undefined, REGISTER, webhook('plain'))).toMatchObject({ status: 200 })
    expect(await send(ada, undefined, AUTHORIZE, confirmed())).toMatchObject({ status: 200 })
  })
  expect(statements.filter((sql) => sql.includes('IdempotencyRecord') && !sql.includes('DELETE'))).toEqual([])
})

describe('secrets that are shown once', () => {
  test('are never stored: repeating the request names what was created', async () => {
    const first = await send(backEnd.key, 'secret', WITH_SECRET, webhook('secret'))
    const secret = String(first.data?.registerWebhook?.secret)
    expect(secret).toMatch(/^whsec_/)
    const again = await send(backEnd.key, 'secret', WITH_SECRET, webhook('secret'))
    expect(again).toMatchObject({ status: 422, replayed: 'true' })
    expect(codeOf(again)).toBe('IDEMPOTENCY_SECRET_SHOWN_ONCE')
    expect(createdIdOf(again)).toBe(createdBy(first).id)
    expect(await record()).toMatchObject({ answer: null, shownOnce: true })
    expect(JSON.stringify(await record())).not.toContain(secret)
    expect(await webhooks()).toBe(1)
  })

  test('are the tokens of setup sessions, and the cookies of authorizations', async () => {
    const query = `mutation ($input: CreateSetupSessionInput!) { createSetupSession(input: $input) {
      ... on SetupSession { token setup { id } } } }`
    const input = { user: { subject: 'ada', organization: 'northwind' }, pluginId: pluginId('inbox-helper') }
    const first = await send(backEnd.key, 'session', query, { input })
    const again = await send(backEnd.key, 'session', query, { input })
    expect(codeOf(again)).toBe('IDEMPOTENCY_SECRET_SHOWN_ONCE')
    expect({ id: createdIdOf(again) }).toEqual(first.data?.createSetupSession?.setup)
    expect(await patchbay.database.db.setupSession.count()).toBe(1)

    const bound = { input: { connectorId: connectorId('acme-mail') } }
    const started = await send(ada, 'bound', AUTHORIZE, bound)
    expect(started.cookie).toMatch(/^pb-/)
    const repeated = await send(ada, 'bound', AUTHORIZE, bound)
    expect(repeated).toMatchObject({ status: 422, replayed: 'true', cookie: null })
    expect(createdIdOf(repeated)).toBe(started.data?.authorizeConnector?.id)
  })
})

describe('what is not an answer is not kept', () => {
  test('a fault before anything took effect: the next request with the key is carried out', async () => {
    using _fault = atFirst(/INSERT INTO "public"."WebhookEndpoint"/, 'fail')
    const first = await send(backEnd.key, 'fault', REGISTER, webhook('fault'))
    expect(codeOf(first)).toBe('INTERNAL_SERVER_ERROR')
    expect(await send(backEnd.key, 'fault', REGISTER, webhook('fault'))).toMatchObject({ status: 200, replayed: null })
    expect(await webhooks()).toBe(1)
  })

  test('a fault afterward: the key says what took effect, and nothing is carried out again', async () => {
    const input = { pluginId: pluginId('inbox-helper') }
    // The user is read once before and once after the setup is stored.
    using _fault = atFirst(READS_USER, 'fail', 2)
    const first = await send(ada, 'after', START, { input })
    const again = await send(ada, 'after', START, { input })
    expect([codeOf(first), codeOf(again)]).toEqual(['INTERNAL_SERVER_ERROR', 'IDEMPOTENCY_ANSWER_NOT_KEPT'])
    expect(again).toMatchObject({ status: 422, replayed: 'true' })
    const setup = await patchbay.database.db.setup.findFirstOrThrow()
    expect(rowId(String(createdIdOf(again)))).toBe(setup.id)
  })

  test('a refusal for lack of a scope: the key works once the caller has it', async () => {
    const { key, id } = await keyFor(patchbay, 'tokens:issue')
    const refused = await send(key, 'scope', REGISTER, webhook('scope'))
    expect(refused.data?.registerWebhook).toMatchObject({ __typename: 'ForbiddenError' })
    await patchbay.database.db.apiKey.update({ where: { id }, data: { scopes: ['webhooks:write'] } })
    await expect
      .poll(async () => (await send(key, 'scope', REGISTER, webhook('scope'))).data?.registerWebhook, {
        timeout: 10_000,
      })
      .toMatchObject({ __typename: 'WebhookSecret' })
  })

  test('what a user who was erased could read: the key is still used up', async () => {
    const user = { subject: 'ada', organization: 'northwind' }
    const query = `mutation ($input: CreateSetupSessionInput!) { createSetupSession(input: $input) {
      ... on SetupSession { setup { id } } } }`
    const input = { user, pluginId: pluginId('inbox-helper') }
    const session = await send(backEnd.key, 'erased', query, { input })
    expect(session).toMatchObject({ status: 200, data: { createSetupSession: { setup: {} } } })
    expect((await record()).answer).toContain('setup')
    const erase = 'mutation ($input: DeleteUserInput!) { deleteUser(input: $input) { __typename } }'
    await send(backEnd.key, undefined, erase, { input: { user } })
    expect((await record()).answer).toBeNull()
    expect(codeOf(await send(backEnd.key, 'erased', query, { input }))).toBe('IDEMPOTENCY_ANSWER_NOT_KEPT')
    expect(await patchbay.database.db.setupSession.count()).toBe(0)
  })
})

describe('while the first request is in progress', () => {
  test('the same one gets 409 and when to try again, then the answer', async () => {
    using held = atFirst(READS_USER, 'wait')
    const first = send(ada, 'busy', AUTHORIZE, confirmed())
    await held.reached
    const second = await send(ada, 'busy', AUTHORIZE, confirmed())
    expect(second).toMatchObject({ status: 409, retryAfter: '2', replayed: null })
    expect(codeOf(second)).toBe('IDEMPOTENCY_KEY_IN_USE')
    held.goOn()
    const answer = await first
    expect((await send(ada, 'busy', AUTHORIZE, confirmed())).text).toBe(answer.text)
    expect(await patchbay.database.db.authorization.count()).toBe(1)
  })

  test('a process that stands still loses the key, and what it would have done doesn’t take effect', async () => {
    using held = atFirst(READS_USER, 'wait')
    const stalled = send(ada, 'stalled', AUTHORIZE, confirmed())
    await held.reached
    await patchbay.database.db.idempotencyRecord.updateMany({ data: { leaseUntil: new Date(0) } })
    const second = await send(ada, 'stalled', AUTHORIZE, confirmed())
    expect(second).toMatchObject({ status: 200, replayed: null })
    held.goOn()
    expect(codeOf(await stalled)).toBe('IDEMPOTENCY_KEY_IN_USE')
    expect(await patchbay.database.db.authorization.findMany({ select: { id: true } })).toEqual([
      { id: rowId(String(second.data?.authorizeConnector?.id)) },
    ])
    expect((await send(ada, 'stalled', AUTHORIZE, confirmed())).text).toBe(second.text)
  })

  test('many at the same time are carried out once, at two instances as well', async () => {
    const port = String(await freePort())
    const env = { ...patchbay.siblingEnv, PATCHBAY_PORT: port }
    const isShared = inject('mode') === 'service'
    const other = isShared ? await startInstance(readConfig(env), createLogger('silent')) : undefined
    const urls = [patchbay.url, ...(other ? [`http://localhost:${port}`] : [])]
    try {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          send(backEnd.key, 'many', REGISTER, webhook('many'), urls[index % urls.length]),
        ),
      )
      const [answered, busy] = [200, 409].map((code) => answers.filter(({ status }) => status === code))
      expect([...(answered ?? []), ...(busy ?? [])]).toHaveLength(answers.length)
      expect(new Set(answered?.map(({ text }) => text)).size).toBe(1)
      expect(answered?.filter(({ replayed }) => replayed === null)).toHaveLength(1)
      expect(await webhooks()).toBe(1)
    } finally {
      await other?.close()
    }
  })
})

describe('after a process was killed', () => {
  /** Leaves the record as it is when a process stops at this point, and the lease has ended. */
  const killed = (data: object) =>
    patchbay.database.db.idempotencyRecord.updateMany({ data: { answer: null, leaseUntil: new Date(0), ...data } })

  test('before the effect was committed, the request is carried out', async () => {
    await send(ada, 'before', START, { input: { pluginId: pluginId('inbox-helper') } })
    await killed({ createdId: null })
    const again = await send(ada, 'before', START, { input: { pluginId: pluginId('inbox-helper') } })
    expect(again).toMatchObject({ status: 200, replayed: null })
  })

  test('before its lease has ended, the same request waits', async () => {
    await send(backEnd.key, 'leased', REGISTER, webhook('leased'))
    await killed({ leaseUntil: new Date(Date.now() + 20_000) })
    expect(codeOf(await send(backEnd.key, 'leased', REGISTER, webhook('leased')))).toBe('IDEMPOTENCY_KEY_IN_USE')
  })

  test('before the answer was stored, the request isn’t carried out again, and names what was created', async () => {
    const first = await send(backEnd.key, 'unanswered', REGISTER, webhook('unanswered'))
    await killed({})
    const again = await send(backEnd.key, 'unanswered', REGISTER, webhook('unanswered'))
    expect(again).toMatchObject({ status: 422, replayed: 'true' })
    expect(codeOf(again)).toBe('IDEMPOTENCY_ANSWER_NOT_KEPT')
    expect(createdIdOf(again)).toBe(createdBy(first).id)
    expect(await webhooks()).toBe(1)
  })
})

test('one caller’s keys are limited, and those that are known still answer', async () => {
  await send(backEnd.key, 'known', REGISTER, webhook('known'))
  await patchbay.database.db.$executeRaw`
    INSERT INTO "IdempotencyRecord"
      (id, "callerId", fingerprint, "attemptId", "leaseUntil", "createdAt", "expiresAt")
    SELECT 'filler ' || n, ${`api-key ${backEnd.id}`}, '', gen_random_uuid(), now(), now(), now() + interval '1 hour'
    FROM generate_series(2, ${MAX_KEYS}::int) n`
  const refused = await send(backEnd.key, 'one more', REGISTER, webhook('one-more'))
  expect(refused).toMatchObject({ status: 429, errors: [{ extensions: { limit: 'idempotency-keys' } }] })
  expect(Number(refused.retryAfter)).toBeGreaterThan(3_000)
  expect(await webhooks()).toBe(1)
  expect(await send(backEnd.key, 'known', REGISTER, webhook('known'))).toMatchObject({ replayed: 'true' })
  expect(await send(ada, 'another caller', AUTHORIZE, confirmed())).toMatchObject({ status: 200 })
})

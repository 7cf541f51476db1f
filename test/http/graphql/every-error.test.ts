import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { formatSessionToken } from '../../../src/domain/access/setup-session/session-token.js'
import { newSecret } from '../../../src/domain/hashed-secret.js'
import { ERROR_CODES, type ErrorCode } from '../../../src/observability/error-codes.js'
import { keyFor } from '../../support/callers.js'
import { FEW_SCREENS, type Patchbay, pluginId, startPatchbay } from '../../support/patchbay.js'
import { RawSocket, send } from '../../support/raw.js'
import { subscribe } from '../../support/subscriber.js'

let patchbay: Patchbay
let ben: string
let key: string
beforeAll(async () => {
  patchbay = await startPatchbay({ ...FEW_SCREENS, PATCHBAY_CHANGES_PER_MINUTE: '1' })
  ben = `Bearer ${await patchbay.tokenFor('ben')}`
  key = `Bearer ${(await keyFor(patchbay, 'tokens:issue')).key}`
})
afterAll(() => patchbay.close())

interface Sent {
  method?: string
  path?: string
  headers?: Record<string, string>
  body?: string
}

const asked = (query: string, more: object = {}) => JSON.stringify({ query, ...more })
const START = `mutation { startSetup(input: { pluginId: "${pluginId('plain-writer')}" }) { __typename } }`
const GET = `/graphql?query=${encodeURIComponent(START)}`
const SUBSCRIPTION = 'subscription { connectionStatus { revision } }'
const NAME = 'query ($slug: String!) { plugin(slug: $slug) { name } }'

/** One of each kind that a client can send, and what the answer says. */
const kinds: [what: string, sent: () => Sent, status: number, code: ErrorCode, says: RegExp][] = [
  ['no JSON', () => ({ body: '{' }), 400, 'BAD_REQUEST', /JSON/],
  ['no query', () => ({ body: '{}' }), 400, 'BAD_REQUEST', /query/],
  ['a batch', () => ({ body: `[${asked('{ __typename }')}]` }), 400, 'BAD_REQUEST', /Batching/],
  ['another parameter', () => ({ body: asked('{ __typename }', { id: 1 }) }), 400, 'BAD_REQUEST', /parameter, “id”/],
  [
    'a query that is only known by its hash',
    () => ({ body: '{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"x"}}}' }),
    200,
    'PERSISTED_QUERY_NOT_SUPPORTED',
    /no document with this hash\. Send its text/,
  ],
  [
    'a document that is only known by an id',
    () => ({ body: '{"documentId":"sha256:x"}' }),
    200,
    'PERSISTED_DOCUMENT_NOT_FOUND',
    /no document with this id/,
  ],
  ['a number as documentId', () => ({ body: '{"documentId":5}' }), 400, 'BAD_REQUEST', /“documentId” has to be text/],
  [
    'a number as operationName',
    () => ({ body: asked('{ __typename }', { operationName: 3 }) }),
    400,
    'BAD_REQUEST',
    /“operationName” has to be text/,
  ],
  [
    'variables in the address that are no JSON',
    () => ({ method: 'GET', path: `${GET}&variables=%7Bbad` }),
    400,
    'BAD_REQUEST',
    /“variables” in the address aren’t valid JSON/,
  ],
  [
    'extensions in the address that are no JSON, without a token',
    () => ({ method: 'GET', path: `${GET}&extensions=%7Bbad`, headers: { authorization: '' } }),
    400,
    'BAD_REQUEST',
    /“extensions” in the address/,
  ],
  [
    'a compressed body',
    () => ({ headers: { 'content-encoding': 'gzip' }, body: asked('{ __typename }') }),
    415,
    'UNSUPPORTED_MEDIA_TYPE',
    /Compressed requests aren’t supported/,
  ],
  ['a syntax error', () => ({ body: asked('{ viewer { id }') }), 200, 'GRAPHQL_PARSE_FAILED', /line 1, column 16/],
  [
    'an unknown field',
    () => ({ body: asked('{ viewe { id } }') }),
    200,
    'GRAPHQL_VALIDATION_FAILED',
    /no field “viewe”/,
  ],
  [
    'too high a cost',
    () => ({ body: asked('{ plugins(first: 10000) { edges { node { id } } } }') }),
    200,
    'GRAPHQL_VALIDATION_FAILED',
    /costs 101,770, and 50,000 is the limit/,
  ],
  ['a missing variable', () => ({ body: asked(NAME) }), 400, 'BAD_USER_INPUT', /variable \$slug is missing/],
  [
    'a variable of another type',
    () => ({ body: asked(NAME, { variables: { slug: 1 } }) }),
    400,
    'BAD_USER_INPUT',
    /variable \$slug has an invalid value, 1/,
  ],
  [
    'a list in the variables that is too long',
    () => ({
      body: asked('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { variables: { ids: Array(1_001).fill('x') } }),
    }),
    200,
    'LIMIT_EXCEEDED',
    /1,001 items, and 1,000 is the limit/,
  ],
  [
    'a page that is too long',
    () => ({ body: asked('{ plugins(first: 101) { edges { cursor } } }') }),
    200,
    'BAD_USER_INPUT',
    /first must be/,
  ],
  [
    'a variable that is null',
    () => ({ body: asked('query ($a: String! = "b") { plugin(slug: $a) { id } }', { variables: { a: null } }) }),
    400,
    'BAD_USER_INPUT',
    /\$a is null/,
  ],
  ['a slug as an id', () => ({ body: asked('{ node(id: "gmail") { id } }') }), 200, 'NOT_FOUND', /“gmail” is a slug/],
  [
    'several operations and no name',
    () => ({ body: asked('query A { __typename } query B { __typename }') }),
    400,
    'OPERATION_RESOLUTION_FAILURE',
    /operationName which one to run: A, B\./,
  ],
  [
    'only a fragment',
    () => ({ body: asked('fragment a on Query { __typename }') }),
    400,
    'OPERATION_RESOLUTION_FAILURE',
    /no operation/,
  ],
  [
    'a field of others',
    () => ({ body: asked('{ webhooks { id } }') }),
    200,
    'FORBIDDEN',
    /for back ends.*API key with the scope webhooks:write/,
  ],
  [
    'an API key that asks for a user',
    () => ({ headers: { authorization: key }, body: asked('{ viewer { id } }') }),
    200,
    'FORBIDDEN',
    /API key/,
  ],
  [
    'no token',
    () => ({ headers: { authorization: '' }, body: asked('{ __typename }') }),
    401,
    'UNAUTHENTICATED',
    /token/,
  ],
  [
    'a wrong token',
    () => ({ headers: { authorization: 'Bearer a.b.c' }, body: asked('{ __typename }') }),
    401,
    'UNAUTHENTICATED',
    /token/,
  ],
  ['a mutation over GET', () => ({ path: GET }), 405, 'METHOD_NOT_ALLOWED', /Send mutations with POST/],
  ['PUT', () => ({ method: 'PUT', body: asked('{ __typename }') }), 405, 'METHOD_NOT_ALLOWED', /POST/],
  ['OPTIONS without an origin', () => ({ method: 'OPTIONS' }), 405, 'METHOD_NOT_ALLOWED', /POST/],
  [
    'a form that nothing is answered in',
    () => ({ headers: { accept: 'text/html' }, body: asked(START) }),
    406,
    'NOT_ACCEPTABLE',
    /asks for text\/html, but Patchbay answers with application\/json .* text\/event-stream/,
  ],
  [
    'a subscription by POST that accepts no stream',
    () => ({ headers: { accept: 'application/json' }, body: asked(SUBSCRIPTION) }),
    406,
    'NOT_ACCEPTABLE',
    /asks for application\/json, but subscriptions are answered with text\/event-stream/,
  ],
  [
    'a body that is too large',
    () => ({ body: asked('{ __typename }', { variables: { a: 'x'.repeat(1_000_000) } }) }),
    413,
    'REQUEST_ENTITY_TOO_LARGE',
    /larger than 1,000,000 bytes/,
  ],
  [
    'another content type',
    () => ({ headers: { 'content-type': 'text/plain' }, body: asked('{ __typename }') }),
    415,
    'UNSUPPORTED_MEDIA_TYPE',
    /content type text\/plain, but Patchbay reads only application\/json/,
  ],
  [
    'a content type that is almost right',
    () => ({ headers: { 'content-type': 'Application/JSON-patch' }, body: asked('{ __typename }') }),
    415,
    'UNSUPPORTED_MEDIA_TYPE',
    /Application\/JSON-patch/,
  ],
  [
    'another origin',
    () => ({ headers: { origin: 'https://hostile.example' }, body: asked('{ __typename }') }),
    403,
    'ORIGIN_NOT_ALLOWED',
    /PATCHBAY_CORS_ORIGINS/,
  ],
  [
    'another host name',
    () => ({ headers: { host: 'rebound.example' }, body: asked('{ __typename }') }),
    421,
    'MISDIRECTED_REQUEST',
    /only available at http/,
  ],
]

/** Those of the tests below. */
const FURTHER: ErrorCode[] = [
  'TOO_MANY_REQUESTS',
  'INTERNAL_SERVER_ERROR',
  'SERVICE_UNAVAILABLE',
  'NOT_FOUND',
  // What these need has tests of its own: trusted-documents and idempotency.
  'DOCUMENT_NOT_TRUSTED',
  'IDEMPOTENCY_ANSWER_NOT_KEPT',
  'IDEMPOTENCY_KEY_IN_USE',
  'IDEMPOTENCY_KEY_REUSED',
  'IDEMPOTENCY_SECRET_SHOWN_ONCE',
]

async function answerTo({ headers = {}, path = '/graphql', ...init }: Sent) {
  const sent = { authorization: ben, 'content-type': 'application/json', accept: 'application/json', ...headers }
  const { status, headers: got, text } = await send(patchbay, path, { ...init, headers: sent })
  const { errors, data } = JSON.parse(text) as {
    errors: { message: string; extensions: { code: string } }[]
    data?: unknown
  }
  return { status, type: got['content-type'], headers: got, errors, data }
}

const titled = kinds.map(([what, sent, status, code, says]) => [what, status, code, sent, says] as const)
test.each(titled)('%s is answered with %i and %s', async (_what, status, code, sent, says) => {
  const answer = await answerTo(sent())
  expect(answer).toMatchObject({ status, type: 'application/json; charset=utf-8', errors: [{ extensions: { code } }] })
  expect(answer.errors[0]?.message).toMatch(says)
  expect(answer.errors[0]?.extensions).not.toHaveProperty('http')
})

test('what isn’t acceptable isn’t carried out', async () => {
  await answerTo({ headers: { accept: 'text/html' }, body: asked(START) })
  await answerTo({ headers: { accept: 'application/json' }, body: asked(SUBSCRIPTION) })
  expect(await patchbay.database.db.user.count()).toBe(0)
  expect(patchbay.instance.subscribers).toBe(0)
})

test('a rate limit is answered with 429 and TOO_MANY_REQUESTS', async () => {
  await answerTo({ body: asked(START) })
  const answer = await answerTo({ body: asked(START) })
  expect(answer).toMatchObject({
    status: 429,
    errors: [{ extensions: { code: 'TOO_MANY_REQUESTS', limit: 'changes' } }],
  })
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
})

/** From now on, every statement fails. */
function breakDatabase(error: Error): Disposable {
  return patchbay.database.tap(() => {
    throw error
  })
}
const refusedConnection = () => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })

const types = ['application/json', 'application/graphql-response+json']

test.each(types)(
  'with %s, a fault that leaves nothing is answered with 500, and partial data with 200',
  async (accept) => {
    using _broken = breakDatabase(new Error('a bug'))
    const nothing = await sentAs(accept, '{ viewer { setups { id } } }')
    expect(nothing).toMatchObject({
      status: 500,
      body: { errors: [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }] },
    })
    expect(nothing.body.data ?? null).toBeNull()
    const nullable = await sentAs(accept, '{ plugin(slug: "meeting-assistant") { setup { id } } }')
    expect(nullable).toMatchObject({ status: 500, body: { data: null } })
    const partial = await sentAs(accept, '{ __typename plugin(slug: "meeting-assistant") { setup { id } } }')
    expect(partial).toMatchObject({ status: 200, body: { data: { __typename: 'Query', plugin: null } } })
  },
)

test.each(types)('with %s, the database being away is answered with 503 and Retry-After', async (accept) => {
  using _broken = breakDatabase(refusedConnection())
  for (let time = 0; time < 2; time++) {
    const answer = await sentAs(accept, '{ viewer { setups { id } } }')
    expect(answer).toMatchObject({
      status: 503,
      headers: { 'retry-after': '2' },
      body: {
        errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE', retryAfterSeconds: 2, requestId: expect.any(String) } }],
      },
    })
    expect(JSON.stringify(answer.body)).not.toContain('ECONNREFUSED')
  }
})

async function sentAs(accept: string, query: string) {
  const headers = { authorization: ben, 'content-type': 'application/json', accept }
  const { status, headers: got, text } = await send(patchbay, '/graphql', { headers, body: asked(query) })
  return { status, headers: got, body: JSON.parse(text) }
}

test('a token that can’t be checked is answered with 503, also as a stream', async () => {
  using _broken = breakDatabase(refusedConnection())
  for (const accept of ['application/json', 'text/event-stream']) {
    const authorization = `Bearer ${formatSessionToken(randomUUID(), newSecret())}`
    const headers = { authorization, 'content-type': 'application/json', accept }
    const { status, headers: got, text } = await send(patchbay, '/graphql', { headers, body: asked(SUBSCRIPTION) })
    expect({ status, retry: got['retry-after'] }).toEqual({ status: 503, retry: '2' })
    expect(text).toContain('SERVICE_UNAVAILABLE')
  }
})

test.each(['WebSocket', 'SSE'] as const)(
  'over %s, an object that isn’t there is NOT_FOUND, and a fault has its code',
  async (transport) => {
    const query = 'subscription { setupProgress(setupId: "gmail") { id } }'
    await using gone = await subscribe(patchbay, 'ben', query, {}, transport)
    const { errors } = await gone.next()
    expect(errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }])
    expect(errors?.[0]?.message).toBe(
      '“gmail” is a slug, not an id. Pass the id of the PluginSetup, as the API returned it.',
    )

    using _broken = breakDatabase(refusedConnection())
    await using away = await subscribe(patchbay, 'ben', SUBSCRIPTION, {}, transport)
    expect(await away.next()).toMatchObject({ errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }] })
  },
)

test('over WebSocket, every error of an operation has its code', async () => {
  const socket = await RawSocket.open(patchbay)
  await socket.init(ben)
  const bodies = kinds.map(([, sent, , code]) => ({ code, body: sent() })).filter(({ body }) => isOperation(body))
  expect(bodies.length).toBeGreaterThan(10)
  for (const { code, body } of bodies) {
    const { query, variables } = JSON.parse(body.body ?? '') as { query: string; variables?: object }
    const id = `as ${code} ${Math.random()}`
    socket.send({ id, type: 'subscribe', payload: { query, variables } })
    const { payload, type } = await socket.message((message) => message.id === id)
    const errors = type === 'next' ? (payload as { errors: unknown }).errors : payload
    expect(errors).toMatchObject([{ message: expect.any(String), extensions: { code } }])
  }
  socket.terminate()
})

/** Whether it is one that a WebSocket can carry too. */
function isOperation({ path, method, headers, body = '' }: Sent): boolean {
  const isPlain = !path && !method && !headers
  return isPlain && body.startsWith('{"query":"') && body.length < 60_000 && !/"id":1}|"operationName":3/.test(body)
}

test('an upgrade that is refused says why', async () => {
  const upgrade = (path: string, headers: Record<string, string>) =>
    send(patchbay, path, {
      headers: {
        connection: 'upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        ...headers,
      },
    })
  for (const [path, headers, status, code] of [
    ['/graphql', { origin: 'https://hostile.example' }, 403, 'ORIGIN_NOT_ALLOWED'],
    ['/other', {}, 404, 'NOT_FOUND'],
    ['/graphql', { host: 'rebound.example' }, 421, 'MISDIRECTED_REQUEST'],
  ] as const) {
    const answer = await upgrade(path, headers)
    expect(answer.status).toBe(status)
    expect(JSON.parse(answer.text)).toMatchObject({ errors: [{ message: expect.any(String), extensions: { code } }] })
  }
})

test('one error of each code is among them', () => {
  const sent = new Set([...kinds.map(([, , , code]) => code), ...FURTHER])
  expect([...sent].sort()).toEqual(Object.keys(ERROR_CODES).sort())
})

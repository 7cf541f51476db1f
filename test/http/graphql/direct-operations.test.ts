import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parse } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { schema } from '../../../src/graphql/schema.js'
import { createAnswerPost } from '../../../src/http/graphql/direct-operations.js'
import { DocumentMemory } from '../../../src/http/graphql/document-memory.js'
import { createExecutor } from '../../../src/http/graphql/execution/executor.js'
import type { GraphQLEndpoint } from '../../../src/http/graphql/graphql-endpoint.js'
import { Preparations } from '../../../src/http/graphql/preparations.js'
import { TrustedDocuments } from '../../../src/http/graphql/trusted-documents.js'
import { readBody } from '../../../src/http/server/request-body.js'
import { createLogger } from '../../../src/observability/logger.js'
import { createMetrics } from '../../../src/observability/metrics.js'
import { RequestScope } from '../../../src/observability/request-scope.js'
import { createTelemetry } from '../../../src/observability/telemetry.js'
import { keyFor, sessionFor } from '../../support/callers.js'
import { connectorId, type Patchbay, pluginId, startPatchbay } from '../../support/patchbay.js'
import { send } from '../../support/raw.js'
import { scrape } from '../../support/scrape.js'

/** Of the transport, or different in every response. */
const INCOMPARABLE = ['date', 'connection', 'keep-alive', 'transfer-encoding', 'content-length']

interface Sent {
  headers?: Record<string, string>
  body: string | Buffer[]
}

let patchbay: Patchbay
let authorization: string
const tokens: Record<string, string> = {}

beforeAll(async () => {
  patchbay = await startPatchbay({ PATCHBAY_WRONG_CREDENTIALS_PER_MINUTE: '0' })
  authorization = `Bearer ${await patchbay.tokenFor('ben')}`
  tokens.operator = `Bearer ${await patchbay.tokenFor('ada')}`
  const { key } = await keyFor(patchbay, 'sessions:create')
  tokens.key = `Bearer ${key}`
  tokens.session = `Bearer ${(await sessionFor(patchbay, key, { subject: 'sam', organization: 'northwind' })).token}`
})
afterAll(() => patchbay.close())

test('a known query does not reach yoga, and a new one does', async () => {
  const documents = new DocumentMemory()
  const answerPost = createAnswerPost(
    {
      schema,
      createContext: () => ({}),
      publicUrl: 'http://localhost',
      addressOf: () => '192.0.2.1',
      authenticate: async () => ({ kind: 'api-key', key: { id: 'a', name: 'a', scopes: new Set() } }),
      documents,
      trusted: new TrustedDocuments([], 'off'),
      preparations: new Preparations(),
      execute: createExecutor(schema),
      telemetry: createTelemetry(createLogger('silent'), createMetrics()),
      isPassing: () => false,
    },
    ((_request: unknown, response: ServerResponse) => {
      response.end('from yoga')
    }) as unknown as GraphQLEndpoint,
  )
  await using server = createServer((request, response) => {
    const scope = new RequestScope('one', 'http', undefined)
    scope.run(() => answerPost(request, response, () => readBody(request))).catch(() => response.destroy())
  }).listen(0)
  await once(server, 'listening')
  const url = `http://localhost:${(server.address() as AddressInfo).port}`
  const ask = async () => {
    const { text } = await send({ url }, '/graphql', {
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ __typename }"}',
    })
    return text
  }
  expect(await ask()).toBe('from yoga')
  documents.remember('{ __typename }', parse('{ __typename }'))
  expect(await ask()).toBe('{"data":{"__typename":"Query"}}')
})

/** What an operator sees of the operations that were carried out until now. */
async function counted(): Promise<Map<string, number>> {
  const { text } = await scrape(patchbay)
  const lines = text.match(/^patchbay_(graphql|faults|api_keys)\w*_(total|count)[{ ].*$/gm) ?? []
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]))
}

/** What was counted when the last response had come. */
let before: Map<string, number>
beforeAll(async () => {
  before = await counted()
})

async function answerOf(path: string, { headers = {}, body }: Sent) {
  const sent = { authorization, 'content-type': 'application/json', 'x-request-id': 'one', ...headers }
  const { status, headers: got, text } = await send(patchbay, path, { method: 'POST', headers: sent, body })
  const after = await counted()
  const added = [...after].map(([name, value]) => [name, value - (before.get(name) ?? 0)] as const)
  before = after
  const comparable = Object.entries(got).filter(([name]) => !INCOMPARABLE.includes(name))
  return {
    status,
    headers: Object.fromEntries(comparable),
    text,
    counted: Object.fromEntries(added.filter(([, value]) => value !== 0)),
  }
}

/** Sends a request to yoga, which gets all that have a query string, and twice without one: the second is known. */
async function expectSameAsYoga(sent: Sent): Promise<Awaited<ReturnType<typeof answerOf>>> {
  const expected = await answerOf('/graphql?yoga', sent)
  expect(await answerOf('/graphql', sent)).toEqual(expected)
  expect(await answerOf('/graphql', sent)).toEqual(expected)
  return expected
}

const operation = (query: string, variables?: unknown, more: object = {}) =>
  JSON.stringify({ query, ...(variables === undefined ? {} : { variables }), ...more })
const ACCOUNT = '{ viewer { id name revision organization { id } setups { id } } }'
const PLUGIN = 'query Plugin($slug: String!) { plugin(slug: $slug) { name skills { name } requirements { scopes } } }'
const TWO = 'query A { viewer { id } } query B { viewer { name } } mutation C { __typename }'
const VERIFY =
  'mutation ($id: ID!) { verifyConnection(input: { connectionId: $id }) { __typename ... on Error { message } } }'
const PICTURE = `query Q($all: Boolean = false, $first: Int, $in: [ID!]!) {
  ...part viewer @include(if: $all) { name }
  nodes(ids: $in) { __typename id ... on Plugin { slug iconUrl } ... on Connector { name } }
}
fragment part on Query { list: plugins(first: $first, search: "mail") { edges { cursor node { id setup { id } } } pageInfo { hasNextPage } } }`

describe('G1: an operation is answered as yoga answers it', () => {
  const operations: [string, number, Sent][] = [
    ['a query', 200, { body: operation(ACCOUNT) }],
    ['a query with variables', 200, { body: operation(PLUGIN, { slug: 'meeting-assistant' }) }],
    ['null for a plugin that is not there', 200, { body: operation(PLUGIN, { slug: 'none' }) }],
    [
      'fragments, directives, defaults and interfaces',
      200,
      { body: operation(PICTURE, { in: [pluginId('meeting-assistant'), connectorId('github'), 'none'], first: 2 }) },
    ],
    ['an included field', 200, { body: operation(PICTURE, { in: [], all: true }) }],
    ['a variable that is not declared', 200, { body: operation(ACCOUNT, { other: 1 }) }],
    [
      'null for variables, extensions and operationName',
      200,
      { body: '{"query":"{ viewer { id } }","variables":null,"extensions":null,"operationName":null}' },
    ],
    [
      'extensions',
      200,
      { body: operation(ACCOUNT, {}, { extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } } }) },
    ],
    [
      'a missing query with a persisted one',
      200,
      { body: '{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"x"}}}' },
    ],
    ['one of two operations', 200, { body: operation(TWO, {}, { operationName: 'B' }) }],
    ['a mutation among them', 200, { body: operation(TWO, {}, { operationName: 'C' }) }],
    ['no name for one of two', 400, { body: operation(TWO) }],
    ['an unknown name', 400, { body: operation(TWO, {}, { operationName: 'D' }) }],
    ['an unknown name of a single operation', 400, { body: operation(ACCOUNT, {}, { operationName: 'D' }) }],
    ['an empty name', 400, { body: operation(ACCOUNT, {}, { operationName: '' }) }],
    ['a name that is a number', 400, { body: operation(ACCOUNT, {}, { operationName: 1 }) }],
    ['a mutation that is refused with a typed error', 200, { body: operation(VERIFY, { id: 'none' }) }],
    [
      'a mutation that an API key may not call',
      200,
      { headers: { authorization: 'key' }, body: operation(VERIFY, { id: 'none' }) },
    ],
    ['a field that an API key may not see', 200, { headers: { authorization: 'key' }, body: operation(ACCOUNT) }],
    [
      'the catalogue for an API key',
      200,
      { headers: { authorization: 'key' }, body: operation(PLUGIN, { slug: 'meeting-assistant' }) },
    ],
    ['an operator', 200, { headers: { authorization: 'operator' }, body: operation(ACCOUNT) }],
    ['a setup session', 200, { headers: { authorization: 'session' }, body: operation(ACCOUNT) }],
    [
      'an error that a resolver throws',
      200,
      { body: operation('{ plugins(first: 101) { edges { cursor } } viewer { id } }') },
    ],
    [
      'the same with the type of GraphQL over HTTP',
      200,
      {
        headers: { accept: 'application/graphql-response+json' },
        body: operation('{ a: nodes(ids: []) { id } plugins(first: -1) { edges { cursor } } }'),
      },
    ],
    [
      'introspection',
      200,
      { body: operation('{ __schema { queryType { name } } __type(name: "Plugin") { kind fields { name } } }') },
    ],
    ['only a type name', 200, { body: operation('{ __typename }') }],
    [
      'characters outside ASCII',
      200,
      { body: operation('query ($slug: String!) { plugin(slug: $slug) { name } } # ü 漢 😀', { slug: 'ü漢😀\u0000' }) },
    ],
    [
      'a chunked body',
      200,
      {
        headers: { 'transfer-encoding': 'chunked' },
        body: [Buffer.from('{"query":"{ viewer'), Buffer.from(' { id } }"}')],
      },
    ],
    [
      'a name that is special in JavaScript',
      200,
      { body: operation('{ constructor: __typename __proto__: __typename toString: viewer { __proto__: id } }') },
    ],
    [
      'a subscription that accepts no stream',
      406,
      { headers: { accept: 'application/json' }, body: operation('subscription { connectionStatus { revision } }') },
    ],
    [
      'a subscription that is refused',
      200,
      {
        headers: { accept: 'application/json, text/event-stream' },
        body: operation('subscription { setupProgress(setupId: "none") { id } }'),
      },
    ],
  ]

  test.each(operations)('%s', async (_name, status, { headers = {}, body }) => {
    const caller = tokens[headers.authorization ?? '']
    const answer = await expectSameAsYoga({ body, headers: { ...headers, ...(caller && { authorization: caller }) } })
    expect(answer.status).toBe(status)
  })
})

describe('G1: an operation that cannot be carried out is answered as yoga answers it', () => {
  const operations: [string, Sent][] = [
    ['malformed JSON', { body: '{"query":' }],
    ['an empty body', { body: '' }],
    ['a byte order mark', { body: '\ufeff{"query":"{ viewer { id } }"}' }],
    ['null', { body: 'null' }],
    ['a number', { body: '1' }],
    ['text', { body: '"{ viewer { id } }"' }],
    ['an array', { body: '[{"query":"{ viewer { id } }"}]' }],
    ['an empty array', { body: '[]' }],
    ['an empty object', { body: '{}' }],
    ['an unknown parameter', { body: operation(ACCOUNT, {}, { id: 1 }) }],
    ['an unknown parameter that is null', { body: operation(ACCOUNT, {}, { id: null }) }],
    ['a query that is null', { body: '{"query":null}' }],
    ['a query that is a number', { body: '{"query":1}' }],
    ['an empty query', { body: '{"query":""}' }],
    ['variables in text', { body: operation(ACCOUNT, '{}') }],
    ['variables in a list', { body: operation(ACCOUNT, []) }],
    ['extensions in a list', { body: operation(ACCOUNT, {}, { extensions: [] }) }],
    ['a syntax error', { body: operation('{ viewer { id }') }],
    ['an unknown field', { body: operation('{ viewe { id } }') }],
    ['a variable of another type', { body: operation(PLUGIN, { slug: 1 }) }],
    ['a missing variable', { body: operation(PLUGIN, {}) }],
    ['no variables', { body: operation(PLUGIN) }],
    ['a variable that is null', { body: operation(PLUGIN, { slug: null }) }],
    ['@defer', { body: operation('{ viewer { id ... @defer { name } } }') }],
    ['@stream', { body: operation('{ viewer { id setups @stream { id } } }') }],
    [
      'too much depth',
      { body: operation(`{ plugins { edges { node ${'{ setup { plugin '.repeat(8)} { id } ${'} }'.repeat(8)} } } }`) },
    ],
    ['too high a cost', { body: operation('{ plugins(first: 60000) { edges { node { id } } } }') }],
    ['only a fragment', { body: operation('fragment a on Query { __typename }') }],
  ]

  test.each(operations)('%s', async (_name, sent) => {
    await expectSameAsYoga(sent)
    await expectSameAsYoga({ ...sent, headers: { accept: 'application/graphql-response+json' } })
  })
})

describe('G1: headers have the meaning that they have for yoga', () => {
  const account = operation(ACCOUNT)
  const accepted: [string, number][] = [
    ['*/*', 200],
    ['', 200],
    ['application/json', 200],
    ['Application/JSON', 200],
    ['application/json; charset=utf-8', 200],
    ['application/json; charset=utf-16', 406],
    ['application/json; charset=utf-16, application/graphql-response+json', 200],
    ['application/graphql-response+json, application/json', 200],
    ['application/json, application/graphql-response+json', 200],
    ['application/json;q=0.1, application/graphql-response+json;q=0.9', 200],
    ['application/*', 200],
    ['text/html, */*;q=0.1', 200],
    ['text/html', 406],
    ['multipart/mixed', 200],
    ['multipart/mixed, application/json', 200],
    ['text/event-stream', 200],
    ['text/event-stream, application/json', 200],
    ['application/json, text/event-stream', 200],
    ['image/png', 406],
    ['*/json', 200],
    ['nonsense', 406],
    [',', 406],
  ]
  test.each(accepted)('accept: %s', async (accept, status) => {
    expect(await expectSameAsYoga({ headers: { accept }, body: account })).toMatchObject({ status })
    await expectSameAsYoga({ headers: { accept, authorization: 'Bearer wrong' }, body: account })
    await expectSameAsYoga({ headers: { accept }, body: operation(PLUGIN, { slug: 1 }) })
  })

  const contentTypes: [string, number][] = [
    ['application/json; charset=utf-8', 200],
    ['application/json;charset=latin1', 200],
    ['application/json ; charset=utf-8', 415],
    ['Application/JSON', 415],
    ['application/json, text/plain', 200],
    ['application/json-patch', 415],
  ]
  test.each(contentTypes)('content-type: %s', async (type, status) => {
    expect(await expectSameAsYoga({ headers: { 'content-type': type }, body: account })).toMatchObject({ status })
  })

  const authorizations: [string, number][] = [
    ['', 401],
    ['Bearer', 401],
    ['Bearer wrong', 401],
    ['Bearer a.b.c', 401],
    ['Basic YTpi', 401],
    [`Bearer pbk_${'x'.repeat(20)}`, 401],
    [`Bearer pbs_${'x'.repeat(20)}`, 401],
    [`Bearer ${'x'.repeat(8_000)}`, 401],
  ]
  test.each(authorizations)('authorization: %s', async (authorization, status) => {
    expect(await expectSameAsYoga({ headers: { authorization }, body: account })).toMatchObject({ status })
    await expectSameAsYoga({
      headers: { authorization, accept: 'application/graphql-response+json' },
      body: operation(VERIFY, { id: 'none' }),
    })
  })

  test('pages of allowed origins may read the answer, and others may not', async () => {
    const { origin } = new URL(patchbay.url)
    const allowed = await expectSameAsYoga({ headers: { origin }, body: account })
    expect(allowed.headers).toMatchObject({ 'access-control-allow-origin': origin })
    await expectSameAsYoga({ headers: { origin, authorization: 'Bearer wrong' }, body: account })
    await expectSameAsYoga({ headers: { origin, 'access-control-request-headers': 'x-other' }, body: account })
    const refused = await expectSameAsYoga({ headers: { origin: 'https://hostile.example' }, body: account })
    expect(refused.status).toBe(403)
  })

  test('cookies, encodings, methods in headers and other hosts change nothing', async () => {
    await expectSameAsYoga({ headers: { cookie: 'a=b; pb-x=y; a=c' }, body: account })
    await expectSameAsYoga({ headers: { 'content-encoding': 'gzip' }, body: account })
    await expectSameAsYoga({ headers: { 'content-encoding': 'identity' }, body: account })
    await expectSameAsYoga({ headers: { 'x-http-method-override': 'GET' }, body: account })
    await expectSameAsYoga({ headers: { 'accept-encoding': 'br' }, body: account })
    expect(await expectSameAsYoga({ headers: { host: 'hostile.example' }, body: account })).toMatchObject({
      status: 421,
    })
  })
})

test('G13: a fault is masked as yoga masks it', async () => {
  using _broken = patchbay.database.tap(() => {
    throw new Error('connect ECONNREFUSED 10.0.0.1')
  })
  const answer = await expectSameAsYoga({ body: operation(ACCOUNT) })
  expect(answer.text).toContain('quote one')
  expect(answer.text).not.toContain('ECONNREFUSED')
  await expectSameAsYoga({ headers: { accept: 'application/graphql-response+json' }, body: operation(ACCOUNT) })
  await expectSameAsYoga({ headers: { authorization: `Bearer pbs_${'y'.repeat(20)}` }, body: operation(ACCOUNT) })
})

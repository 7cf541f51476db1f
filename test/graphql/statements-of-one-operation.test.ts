import { randomUUID } from 'node:crypto'
import {
  type GraphQLNamedType,
  getNamedType,
  getNullableType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { globalId } from '../../src/domain/global-id.js'
import { schema } from '../../src/graphql/schema.js'
import { call } from '../support/callers.js'
import { withoutDueWork } from '../support/connecting.js'
import { addConnections } from '../support/crowded-user.js'
import { ofRequests } from '../support/own-statements.js'
import { type Patchbay, pluginId, startPatchbay } from '../support/patchbay.js'
import { RawSocket } from '../support/raw.js'

/** Pages of an operation, its view, what is read along with it, and the authentication. */
const MOST = 30
const ALIASES = 29

const times = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => text(index)).join(' ')
const someId = (index: number) =>
  globalId('Authorization', `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`)

/** The arguments of the root fields. A new field with arguments needs its own. */
const ARGUMENTS: Record<string, (index: number) => string> = {
  plugin: () => '(slug: "meeting-assistant")',
  connector: () => '(slug: "acme-mail")',
  node: (index) => `(id: "${someId(index)}")`,
  nodes: (index) => `(ids: [${times(3, (id) => `"${someId(index * 3 + id)}"`)}])`,
}

let patchbay: Patchbay
const webhooks: string[] = []
beforeAll(async () => {
  patchbay = await startPatchbay()
  await addConnections(patchbay, 3)
  for (let index = 0; index < 3; index++) {
    const { data } = await asKey<{ registerWebhook: { webhook: { id: string } } }>(
      `mutation { registerWebhook(input: { url: "http://localhost:9/${index}" }) { ... on WebhookSecret { webhook { id } } } }`,
    )
    webhooks.push(data.registerWebhook.webhook.id)
  }
})
afterAll(() => patchbay.close())

const asKey = <T>(query: string, variables = {}) =>
  call<T>(patchbay, patchbay.instance.developmentKey ?? '', query, variables)

/** Everything that can be selected on a type without a list within itself. */
function everything(type: GraphQLNamedType, depth: number, within: readonly string[] = []): string {
  if (!isObjectType(type)) return '{ __typename }'
  const fields = Object.values(type.getFields()).flatMap((field) => {
    const named = getNamedType(field.type)
    if (field.args.some((arg) => isNonNullType(arg.type))) throw new Error(`${type.name}.${field.name} needs arguments`)
    if (isLeafType(named)) return [field.name]
    const place = `${type.name}.${field.name}`
    if (depth === 1 || within.includes(place)) return []
    const isList = isListType(getNullableType(field.type))
    return [`${field.name} ${everything(named, depth - 1, isList ? [...within, place] : within)}`]
  })
  return `{ __typename ${fields.join(' ')} }`
}

describe('G19: the aliases of a root field take a bounded number of statements', () => {
  test.each(Object.values(schema.getQueryType()?.getFields() ?? {}).map(({ name }) => name))('%s', async (name) => {
    const field = schema.getQueryType()?.getFields()[name]
    if (!field) throw new Error('it was just there')
    const type = getNamedType(field.type)
    const needs = field.args.some(({ type }) => isNonNullType(type))
    if (needs && !ARGUMENTS[name]) throw new Error(`add the arguments of ${name} to ARGUMENTS`)
    const fragment = isObjectType(type) ? `fragment all on ${type.name} ${everything(type, 3)}` : ''
    const selection = fragment ? '{ ...all }' : '{ __typename id }'
    const query = `{ ${times(ALIASES, (index) => `a${index}: ${name}${ARGUMENTS[name]?.(index) ?? ''} ${selection}`)} } ${fragment}`
    using _quiet = withoutDueWork(patchbay)
    const statements = await patchbay.database.countStatements(async () => {
      for (const execute of [(text: string) => patchbay.execute('ben', text), asKey]) {
        const { errors = [] } = await execute(query)
        for (const { extensions } of errors) expect(['FORBIDDEN', 'LIMIT_EXCEEDED']).toContain(extensions?.code)
      }
    })
    expect(ofRequests(statements).length, statements.join('\n')).toBeLessThanOrEqual(2 * MOST)
  })

  test('nodes of every type are read together, and each id once', async () => {
    const ids = Array.from({ length: 100 }, (_, index) => someId(index))
    const query = `query ($ids: [ID!]!) { ${times(ALIASES, (index) => `a${index}: nodes(ids: $ids) { id }`)} b: node(id: "${ids[0]}") { id } }`
    using _quiet = withoutDueWork(patchbay)
    const statements = await patchbay.database.countStatements(async () => {
      const { data, errors } = await patchbay.execute<Record<string, unknown[]>>('ben', query, { ids })
      expect(errors).toBeUndefined()
      expect(data.a28).toHaveLength(100)
    })
    expect(ofRequests(statements).length).toBe(2) // the view, and the authorizations that aren't part of it
  })

  test('webhooks and deliveries are read together', async () => {
    const ids = [...webhooks, ...Array.from({ length: 90 }, () => globalId('WebhookDelivery', randomUUID()))]
    using _quiet = withoutDueWork(patchbay)
    const statements = await patchbay.database.countStatements(async () => {
      const { data } = await asKey<{ nodes: unknown[] }>('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids })
      expect(data.nodes.filter(Boolean)).toHaveLength(3)
    })
    const reads = statements.filter((sql) => /^SELECT .* FROM "public"\."Webhook(Endpoint|Delivery)"/.test(sql))
    expect(reads, statements.join('\n')).toHaveLength(2)
  })
})

describe('G19: what asks for more is refused', () => {
  test('different ids in all aliases together', async () => {
    const query = `{ ${times(26, (index) => `a${index}: nodes(ids: [${times(4, (id) => `"${someId(index * 4 + id)}"`)}]) { id }`)} }`
    const reason = expect.objectContaining({
      message: 'Ask for at most 100 different ids in one operation.',
      extensions: { code: 'LIMIT_EXCEEDED', limit: 'ids' },
    })
    expect((await patchbay.execute('ben', query)).errors).toContainEqual(reason)
    const socket = await RawSocket.open(patchbay)
    await socket.init(`Bearer ${await patchbay.tokenFor('ben')}`)
    expect(await socket.execute(query)).toMatchObject({ payload: { errors: expect.arrayContaining([reason]) } })
    socket.terminate()
  })

  test('pages of activity and of deliveries', async () => {
    const reason = expect.objectContaining({ extensions: { code: 'LIMIT_EXCEEDED', limit: 'pages' } })
    const activity = `{ viewer { ${times(26, (index) => `a${index}: activity { edges { cursor } }`)} } }`
    expect((await patchbay.execute('ben', activity)).errors).toContainEqual(reason)
    const deliveries = `{ webhooks { ${times(26, (index) => `a${index}: deliveries { edges { cursor } }`)} } }`
    expect((await asKey(deliveries)).errors).toContainEqual(reason)
  })

  test.each(Object.values(schema.getMutationType()?.getFields() ?? {}).map(({ name }) => name))(
    'the mutation %s, eleven times',
    async (name) => {
      const query = `mutation { ${times(11, (index) => `a${index}: ${name}(input: {}) { __typename }`)} }`
      const statements = await patchbay.database.countStatements(async () => {
        const { errors } = await patchbay.execute('ben', query)
        expect(errors).toEqual([
          expect.objectContaining({ extensions: { code: 'GRAPHQL_VALIDATION_FAILED', limit: 'mutations' } }),
        ])
      })
      expect(ofRequests(statements).filter((sql) => /"User"|INSERT|UPDATE/.test(sql))).toEqual([])
    },
  )

  test('ten mutations take ten times the statements of one', async () => {
    const start = (count: number) =>
      patchbay.database.countStatements(() =>
        patchbay.execute(
          'cleo',
          `mutation { ${times(count, (index) => `a${index}: startSetup(input: { pluginId: "${pluginId('meeting-assistant')}" }) { __typename }`)} }`,
        ),
      )
    using _quiet = withoutDueWork(patchbay)
    const first = await start(1)
    expect(ofRequests(await start(10)).length).toBeLessThanOrEqual(10 * ofRequests(first).length)
  })
})

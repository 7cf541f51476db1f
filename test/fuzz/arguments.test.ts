import fc from 'fast-check'
import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
} from 'graphql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { API_KEY_SCOPES } from '../../src/domain/identity/api-key-caller.js'
import { schema } from '../../src/graphql/schema.js'
import { call, keyFor, tokenOf } from '../support/callers.js'
import { HOST } from '../support/host-user.js'
import { type Patchbay, startPatchbay } from '../support/patchbay.js'
import { RawSocket } from '../support/raw.js'
import { FUZZING, fuzz, UNLIMITED } from './fuzz.js'
import { id, json, number, text } from './values.js'

/** They would end what the other cases work with. */
const LEFT_OUT = ['deleteUser']

let patchbay: Patchbay
let tokens: string[]

beforeAll(async () => {
  patchbay = await startPatchbay({ ...HOST, ...UNLIMITED })
  const { key } = await keyFor(patchbay, ...API_KEY_SCOPES)
  const user = { subject: 'fuzzed', organization: 'fuzzed' }
  tokens = [key, await tokenOf(user), await tokenOf(user, { operator: true }), await patchbay.tokenFor('ada')]
})
afterAll(() => patchbay.close())

/** Values that pass the coercion of this type, however odd. */
function valuesOf(type: GraphQLInputType, within: readonly string[] = []): fc.Arbitrary<unknown> {
  if (isNonNullType(type)) return valuesOf(type.ofType, within)
  if (isListType(type)) return fc.array(present(type.ofType, within), { maxLength: 4 })
  if (isEnumType(type)) return fc.constantFrom(...type.getValues().map(({ name }) => name))
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields())
    const nested = [...within, type.name]
    return fc.record(Object.fromEntries(fields.map((field) => [field.name, valuesOf(field.type, nested)])), {
      requiredKeys: fields.filter((field) => isNonNullType(field.type)).map(({ name }) => name),
    })
  }
  switch (type.name) {
    case 'Int':
      return fc.oneof(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), fc.constantFrom(0, 1, -1, 100, 101))
    case 'Float':
      return number
    case 'Boolean':
      return fc.boolean()
    case 'ID':
      return id
    case 'JSON':
      return json
    case 'DateTime':
      return fc.date({ noInvalidDate: true }).map((date) => date.toISOString())
    default:
      return text
  }
}

function present(type: GraphQLInputType, within: readonly string[]): fc.Arbitrary<unknown> {
  return isNonNullType(type) ? valuesOf(type, within) : fc.oneof(valuesOf(type, within), fc.constant(null))
}

interface Viewed {
  data: { viewer: { revision: number } } | null
}

interface Case {
  operation: 'query' | 'mutation' | 'subscription'
  path: readonly GraphQLField<unknown, unknown>[]
}

/** Every field that takes arguments, with the fields that lead to it from the root. */
function cases(): Case[] {
  const found: Case[] = []
  const visit = (operation: Case['operation'], type: GraphQLOutputType, path: Case['path']) => {
    const named = getNamedType(type)
    if (!('getFields' in named) || path.length > 3) return
    for (const field of Object.values(named.getFields())) {
      if (LEFT_OUT.includes(field.name) || path.includes(field)) continue
      if (field.args.length > 0) found.push({ operation, path: [...path, field] })
      else if (!isLeafType(getNamedType(field.type))) visit(operation, field.type, [...path, field])
    }
  }
  const roots = {
    query: schema.getQueryType(),
    mutation: schema.getMutationType(),
    subscription: schema.getSubscriptionType(),
  }
  for (const [operation, root] of Object.entries(roots)) if (root) visit(operation as Case['operation'], root, [])
  return found
}

const documents = cases().map(({ operation, path }) => {
  const last = path.at(-1)
  if (!last) throw new Error('a path has a field')
  const own = last.args.map(({ name, type }) => `$${name}: ${type}`).join(', ')
  const given = last.args.map(({ name }) => `${name}: $${name}`).join(', ')
  const leaf = isLeafType(getNamedType(last.type)) ? '' : '{ __typename }'
  const inner = `${last.name}(${given}) ${leaf}`
  const selection = path.slice(0, -1).reduceRight((within, { name }) => `${name} { ${within} }`, inner)
  const required = last.args.filter(({ type }) => isNonNullType(type)).map(({ name }) => name)
  const values = Object.fromEntries(last.args.map(({ name, type }) => [name, valuesOf(type)]))
  const variables = fc.record(values, { requiredKeys: required })
  return { operation, query: `${operation} (${own}) { ${selection} }`, variables }
})

const asked = (isSubscription: boolean) =>
  fc
    .constantFrom(...documents.filter(({ operation }) => (operation === 'subscription') === isSubscription))
    .chain(({ query, variables }) =>
      fc.record({ query: fc.constant(query), variables, token: fc.constantFrom(...tokens) }),
    )

test('G23: no argument of any query or mutation causes an internal error', FUZZING, async () => {
  expect(documents.length).toBeGreaterThanOrEqual(33)
  await fuzz('arguments of queries and mutations', asked(false), async ({ query, variables, token }) => {
    const { status, errors } = await call(patchbay, token, query, variables)
    expect(errors?.map(({ extensions }) => extensions?.code) ?? []).not.toContain('INTERNAL_SERVER_ERROR')
    expect(status).toBeLessThan(500)
  })
})

test('G23: no argument of any subscription causes an internal error', FUZZING, async () => {
  const subscribers = new Map<string, { socket: RawSocket; revision: unknown }>()
  for (const token of tokens) {
    const socket = await RawSocket.open(patchbay)
    await socket.init(`Bearer ${token}`)
    const { payload } = await socket.execute('{ viewer { revision } }')
    subscribers.set(token, { socket, revision: (payload as Viewed).data?.viewer.revision })
  }
  await fuzz('arguments of subscriptions', asked(true), async ({ query, variables, token }) => {
    const subscriber = subscribers.get(token)
    // Someone who has this revision hears nothing until the next one.
    if (!subscriber || variables.since === subscriber.revision) return
    const message = await subscriber.socket.execute(query, variables)
    expect(JSON.stringify(message)).not.toContain('INTERNAL_SERVER_ERROR')
    subscriber.socket.send({ type: 'complete', id: String(message.id) })
  })
  for (const { socket } of subscribers.values()) socket.terminate()
})

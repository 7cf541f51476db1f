import {
  buildSchema,
  type ExecutionResult,
  execute,
  type GraphQLFieldResolver,
  GraphQLObjectType,
  GraphQLScalarType,
  GraphQLUnionType,
  getOperationAST,
  getVariableValues,
  parse,
  validate,
} from 'graphql'
import { describe, expect, test, vi } from 'vitest'
import { createExecutor } from '../../../../src/http/graphql/execution/executor.js'

/** Every kind of type, with fields that fail in every way. */
const schema = buildSchema(`
  scalar Odd
  enum Color { RED GREEN }
  interface Named { name: String! }
  type Person implements Named { name: String! friend: Person friends: [Person!] pet: Pet sure: Person! }
  type Dog implements Named { name: String! barks: Boolean! owner: Person! }
  type Cat implements Named { name: String! lives: Int }
  union Pet = Dog | Cat
  input Range { from: Int! = 1 to: Int colors: [Color!] }
  type Query {
    person: Person later: Person sure: Person! sureLater: Person! missing: Person!
    nothing: String fails: String failsLater: String surelyFails: String! surelyFailsLater: String!
    returnsError: String throwsText: String thenable: String
    even: Odd odd: Odd surelyEven: Odd! color: Color noColor: Color number: Int notANumber: Int
    notAList: [String] names: [String] namesWithError: [String] namesLater: [String] sureNames: [String!]
    sureNamesLater: [String!] matrix: [[Int!]] set: [Int]
    pet: Pet petLater: Pet pets: [Pet] unknownPet: Pet named: [Named!]!
    echo(text: String, times: Int = 2, range: Range, color: Color = GREEN, ids: [ID!]): String
    needs(number: Int!): String info(a: Int): String method(by: Int): String
  }
  type Mutation { add(number: Int!): Int addLater(number: Int!): Int fail: Int failLater: Int! }
  type Subscription { tick: Person! number: Int }
`)

const later = <T>(value: T) => new Promise<T>((resolve) => setImmediate(() => resolve(value)))
const failLater = (text: string) => later(0).then(() => Promise.reject(new Error(text)))
const fail = (text: string): never => {
  throw new Error(text)
}

const tom = { kind: 'Cat', name: 'Tom', lives: 7 }
const rex: object = { kind: 'Dog', name: 'Rex', barks: null, owner: () => ada }
const ada: object = { kind: 'Person', name: 'Ada', friend: () => bo, friends: () => [bo, cy], pet: rex, sure: () => cy }
const bo = {
  kind: 'Person',
  name: 'Bo',
  friend: null,
  friends: () => later([ada, null]),
  pet: tom,
  sure: () => later(ada),
}
const cy = { kind: 'Person', name: null, friends: [], sure: () => failLater('not sure') }

const RESOLVERS: Record<string, GraphQLFieldResolver<unknown, unknown>> = {
  person: () => ada,
  later: () => later(ada),
  sure: () => cy,
  sureLater: () => later(bo),
  missing: () => null,
  nothing: () => undefined,
  fails: () => fail('fails'),
  failsLater: () => failLater('fails later'),
  surelyFails: () => fail('surely fails'),
  surelyFailsLater: () => failLater('surely fails later'),
  returnsError: () => new Error('returned'),
  throwsText: () => Promise.reject('text'),
  // biome-ignore lint/suspicious/noThenProperty: this is what the test is about
  thenable: () => ({ then: (resolve: (value: string) => void) => resolve('then') }),
  even: () => 2,
  odd: () => 3,
  surelyEven: () => 2,
  color: () => 'RED',
  noColor: () => 'BLUE',
  number: () => 1,
  notANumber: () => 'x',
  notAList: () => 'text',
  names: () => ['a', null, 'b'],
  namesWithError: () => ['a', new Error('in a list'), 'b'],
  namesLater: () => [later('a'), failLater('an item'), null, later(null), 'b'],
  sureNames: () => ['a', null],
  sureNamesLater: () => [later('a'), failLater('a sure item')],
  matrix: () => [[1, 2], [3, null], null],
  set: () => new Set([1, 2]),
  pet: () => tom,
  petLater: () => later(rex),
  pets: () => [tom, rex, later(tom), { kind: 'Later', name: 'Max' }, null],
  unknownPet: () => ({ kind: 'Person' }),
  named: () => [ada, tom],
  echo: (_source, args) => JSON.stringify(args),
  needs: (_source, args) => JSON.stringify(args),
  info: (_source, _args, context, info) => {
    const { schema: _schema, operation, fieldNodes, fragments, ...rest } = info
    return JSON.stringify([context, operation.name, fieldNodes.length, Object.keys(fragments), rest])
  },
  add: (_source, { number }, sums) => (sums as number[]).push(number),
  addLater: (_source, { number }, sums) => later(0).then(() => (sums as number[]).push(number)),
  fail: () => fail('fails'),
  failLater: () => failLater('fails later'),
}

for (const type of [schema.getQueryType(), schema.getMutationType()]) {
  for (const field of Object.values(type?.getFields() ?? {})) {
    const resolve = RESOLVERS[field.name]
    if (resolve) field.resolve = resolve
  }
}
const { Odd, Pet, Cat } = schema.getTypeMap()
if (Odd instanceof GraphQLScalarType) Odd.serialize = (value) => (value === 3 ? 'three' : null)
if (Pet instanceof GraphQLUnionType) {
  Pet.resolveType = ({ kind }: { kind: string }) => (kind === 'Later' ? later('Dog') : kind)
}
for (const type of [schema.getType('Person'), schema.getType('Dog'), Cat]) {
  // The interface has no resolveType, so its types are asked.
  if (type instanceof GraphQLObjectType) type.isTypeOf = (value) => (value as { kind?: string }).kind !== 'none'
}
const method = schema.getQueryType()?.getFields().method
if (method) delete method.resolve
const ROOT = { method: ({ by }: { by: number }) => `by ${by}` }

const run = createExecutor(schema)

/** What no resolver may do. The errors have our words, which are masked. */
const MISTAKES = ['even', 'surelyEven', 'unknownPet']

/** Executes with both, twice with ours, because the second time everything is planned. */
async function expectSame(
  text: string,
  variables: Record<string, unknown> = {},
  rootValue: unknown = ROOT,
): Promise<ExecutionResult> {
  const document = parse(text)
  expect(validate(schema, document)).toEqual([])
  const operation = getOperationAST(document)
  if (!operation) throw new Error('the test has one operation')
  const expected = await execute({ schema, document, rootValue, contextValue: [], variableValues: variables })
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables)
  if (!coerced) throw new Error('the variables of the test are valid')
  for (let time = 0; time < 2; time++) {
    const result = await run({ document, operation, rootValue, contextValue: [], variableValues: coerced })
    if (MISTAKES.some((name) => text.includes(name))) expect(places(result)).toEqual(places(expected))
    else expect(shown(result)).toEqual(shown(expected))
  }
  return expected
}

function places({ data, errors }: ExecutionResult) {
  return {
    text: JSON.stringify(data),
    at: errors?.map(({ path, locations }) => JSON.stringify([path, locations])).sort(),
  }
}

/** As a client sees it, with errors in the order of their places, because promises settle in any order. */
function shown({ data, errors }: ExecutionResult) {
  const lines = errors?.map((error) => JSON.stringify(error)).sort()
  return {
    text: JSON.stringify(data),
    errors: lines,
    originals: errors?.map(({ originalError }) => originalError?.message).sort(),
  }
}

describe('G1: an operation has the result that graphql-js gives it', () => {
  test.each(Object.keys(schema.getQueryType()?.getFields() ?? {}))('the field %s', async (name) => {
    const field = schema.getQueryType()?.getFields()[name]
    const type = String(field?.type).replace(/\W/g, '')
    const below =
      { Person: '{ name }', Pet: '{ __typename ... on Named { name } }', Named: '{ __typename name }' }[type] ?? ''
    const args = name === 'needs' ? '(number: 1)' : name === 'method' ? '(by: 3)' : ''
    await expectSame(`{ ${name}${args} ${below} }`)
    await expectSame(`query Q { before: number ${name}${args} ${below} after: number }`)
    await expectSame(`{ later { pet { ... on Dog { owner { name } } } } ${name}${args} ${below} }`)
  })

  test.each([
    '{ person { name friend { name pet { ... on Cat { lives } } friends { name } } pet { ... on Dog { barks owner { name } } } } }',
    '{ person { friends { name } sure { name } } later { friends { name } sure { name } } }',
    '{ sureLater { sure { sure { name } } friends { name sure { name } } } number }',
    '{ later { sure { sure { name } } } number }',
    '{ named { name ... on Person { friend { name } } ... on Cat { lives } } }',
    '{ pets { ... on Cat { lives } ... on Dog { name } __typename } }',
    '{ number number one: number ... { number } ...on Query { two: number } }',
    '{ person { ...a ...b } person { friend { name } } } fragment a on Person { name } fragment b on Named { name __typename }',
    '{ __proto__: number constructor: number toString: nothing }',
    '{ failsLater surelyFails }',
    '{ failsLater surelyFailsLater namesLater }',
    '{ __schema { types { name fields { name } } directives { name } } __type(name: "Person") { kind interfaces { name } } }',
  ])('%s', async (text) => void (await expectSame(text)))

  test('arguments, with and without variables', async () => {
    const echo = `query ($text: String, $times: Int = 5, $range: Range, $to: Int, $color: Color, $ids: [ID!], $id: ID = 7) {
      a: echo b: echo(text: "x", times: null, range: { to: 3, colors: [RED] }, color: RED, ids: ["a"])
      c: echo(text: $text, times: $times, range: $range, color: $color, ids: $ids)
      d: echo(range: { from: 4, to: $to }, ids: [$id])
      info(a: $times)
    }`
    await expectSame(echo)
    await expectSame(echo, { text: null, times: null, range: { colors: 'RED' }, color: 'RED', ids: 'one' })
    await expectSame(echo, { text: 'ü', times: 1, range: { from: 2, to: 3 }, to: 9, ids: [1, 'b'], id: 'x', other: 1 })
    await expectSame('query ($number: Int = 3) { needs(number: $number) after: number }', { number: null })
  })

  test('@skip and @include, for every value of their variables', async () => {
    const text = `query ($a: Boolean! = true, $b: Boolean = false) {
      number @include(if: $a) one: number @skip(if: $b) ...part @include(if: $b) later { name @skip(if: $a) } two: number @skip(if: true)
    } fragment part on Query { color later { friend @include(if: $a) { name } } }`
    for (const a of [true, false]) for (const b of [true, false]) await expectSame(text, { a, b })
    await expectSame(text)
    await expectSame(text, { b: null })
  })

  test('a mutation’s fields, one after another, until one that must not fail', async () => {
    await expectSame('mutation { a: addLater(number: 1) b: add(number: 2) fail c: addLater(number: 3) }')
    await expectSame('mutation { a: addLater(number: 1) failLater b: add(number: 2) }')
  })

  test('an event of a subscription', async () => {
    await expectSame('subscription { tick { name friend { name } } }', {}, { tick: ada })
    await expectSame('subscription { tick { name } }', {}, { tick: cy })
    await expectSame('subscription { number }', {}, { number: new Error('not a number') })
  })
})

/** Whether executing it once more plans anything. */
async function isKept(text: string, variableValues: Record<string, unknown> = {}): Promise<boolean> {
  const document = parse(text)
  const operation = getOperationAST(document)
  if (!operation) throw new Error('the test has one operation')
  const fields = vi.spyOn(schema.getQueryType() ?? fail('the schema has queries'), 'getFields')
  const once = async () => {
    const expected = await execute({ schema, document, variableValues })
    fields.mockClear()
    expect(shown(await run({ document, operation, contextValue: [], variableValues }))).toEqual(shown(expected))
    return fields.mock.calls.length === 0
  }
  expect(await once()).toBe(false)
  const kept = await once()
  fields.mockRestore()
  return kept
}

test('a plan of at most 250 fields is kept, wherever the fields are', async () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => `a${index}: number`).join(' ')
  expect(await isKept(`{ ${many(250)} }`)).toBe(true)
  expect(await isKept(`{ ${many(251)} }`)).toBe(false)
})

test('eight plans of an operation are kept, for different conditions', async () => {
  const names = ['a', 'b', 'c', 'd']
  const text = `query (${names.map((name) => `$${name}: Boolean!`)}) { ${names.map((name) => `${name}: number @include(if: $${name})`).join(' ')} number }`
  const document = parse(text)
  const operation = getOperationAST(document)
  if (!operation) throw new Error('the test has one operation')
  const fields = vi.spyOn(schema.getQueryType() ?? fail('the schema has queries'), 'getFields')
  const planned: number[] = []
  for (const round of [1, 2]) {
    for (let values = 0; values < 16; values++) {
      const variableValues = Object.fromEntries(names.map((name, bit) => [name, (values & (1 << bit)) !== 0]))
      const expected = await execute({ schema, document, variableValues })
      fields.mockClear()
      expect(shown(await run({ document, operation, contextValue: [], variableValues }))).toEqual(shown(expected))
      if (round === 2 && fields.mock.calls.length > 0) planned.push(values)
    }
  }
  fields.mockRestore()
  expect(planned).toEqual([8, 9, 10, 11, 12, 13, 14, 15])
})

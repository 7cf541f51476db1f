import { buildSchema, type GraphQLError, parse, validate } from 'graphql'
import { describe, expect, test } from 'vitest'
import { variableErrors } from '../../../src/http/graphql/limits/coerced-variables.js'
import { inPlainWords, requestInPlainWords, syntaxInPlainWords } from '../../../src/http/graphql/plain-words.js'

const schema = buildSchema(`
  type Query { viewer: Viewer!, node(id: ID!): Viewer, list(input: ListInput): [Viewer!]! }
  type Viewer { id: ID!, name: String }
  enum Order { NEWEST OLDEST }
  input ListInput { order: Order, first: Int!, text: String }
`)

const said = (query: string, hideSuggestions = true) =>
  validate(schema, parse(query), undefined, { hideSuggestions } as object).map(({ message }) => inPlainWords(message))

describe('an invalid document', () => {
  test.each<[string, string]>([
    ['{ viewe { id } }', 'The type Query has no field “viewe”. Look it up in the schema.'],
    ['{ node(id: "a", idd: "b") { id } }', 'The field Query.node has no argument “idd”. Look it up in the schema.'],
    ['{ node { id } }', 'The field “node” needs the argument “id”, of type ID!. Add it.'],
    ['{ viewer }', 'The field “viewer” is an object (Viewer!). Select fields of it, as in “viewer { __typename }”.'],
    ['{ viewer { id { x } } }', 'The field “id” is a single value (ID!), so remove the “{ … }” behind it.'],
    ['{ viewer { ...on Person { id } } }', 'The schema has no type “Person”. Look it up in the schema.'],
    ['{ viewer { ...part } }', 'The document has no fragment “part”. Add it, or remove “...part”.'],
    [
      '{ viewer { id } } fragment part on Viewer { id }',
      'The fragment “part” is never used. Remove it, or spread it with “...part”.',
    ],
    [
      '{ viewer { ...a } } fragment a on Viewer { ...a }',
      'The fragment “a” contains itself. Fragments must not go in circles.',
    ],
    ['{ viewer { id @live } }', 'There is no directive “@live”. Remove it. Operations may have @skip and @include.'],
    [
      'query Q { node(id: $id) { id } }',
      'The variable $id isn’t declared. Add it, with its type, in parentheses after the operation’s name.',
    ],
    ['query Q($id: ID!) { viewer { id } }', 'The variable $id is declared, but never used. Remove it.'],
    [
      'query ($id: String) { node(id: $id) { id } }',
      'The variable $id is declared as String, but is used where ID! is needed. Declare it as ID!.',
    ],
    [
      '{ list(input: { first: 1, order: FIRST }) { id } }',
      '“FIRST” isn’t one of the values of Order. Look it up in the schema.',
    ],
    [
      '{ list(input: { first: 1, orde: NEWEST }) { id } }',
      'The input ListInput has no field “orde”. Look it up in the schema.',
    ],
    ['{ list(input: { first: "1" }) { id } }', 'A whole number is needed, and not “1”.'],
    [
      '{ list(input: { first: 9999999999 }) { id } }',
      'A whole number from -2147483648 to 2147483647 is needed, and not 9999999999.',
    ],
    ['{ list(input: { first: 1, text: 3 }) { id } }', 'A text is needed, and not 3.'],
    ['{ list(input: { first: 1, order: "NEWEST" }) { id } }', 'A value of Order is needed, and not “NEWEST”.'],
    ['{ list(input: 3) { id } }', 'A value of type ListInput is needed, and not 3.'],
    ['{ node(id: 1.5) { id } }', 'An id is needed, which is a text, and not 1.5.'],
    ['{ list(input: {}) { id } }', 'The input field “ListInput.first”, of type Int!, is missing. Add it.'],
    ['{ viewer { id } } { viewer { id } }', 'The document has several operations, so give each of them a name.'],
    [
      '{ viewer { a: id a: name } }',
      'The fields “a” are selected twice, and “id” and “name” are different fields. Give one of them an alias, as in “other: …”.',
    ],
  ])('%s', (query, expected) => {
    expect(said(query)[0]).toBe(expected)
  })

  test('keeps the suggestions that graphql-js makes, at the end', () => {
    expect(said('{ viewe { id } }', false)).toEqual(['The type Query has no field “viewe”. Did you mean “viewer”?'])
  })

  test.each([
    [
      'Value "a\\"b" does not exist in "Order" enum.',
      '“a\\"b” isn’t one of the values of Order. Look it up in the schema.',
    ],
    ['Int cannot represent non-integer value: { a: "b" }', 'A whole number is needed, and not { a: "b" }.'],
  ])('quotes only in our way, except in code: %s', (message, expected) => {
    expect(inPlainWords(message)).toBe(expected)
  })

  test('what has no plain words is said as it is', () => {
    expect(inPlainWords('Something else.')).toBe('Something else.')
  })
})

test.each<[string, object, string]>([
  [
    'query ($a: ID!) { node(id: $a) { id } }',
    {},
    'The variable $a is missing. Send a value of type ID! in “variables”.',
  ],
  [
    'query ($a: ID!) { node(id: $a) { id } }',
    { a: null },
    'The variable $a is null. Send a value of type ID! in “variables”.',
  ],
  [
    'query ($a: ListInput) { list(input: $a) { id } }',
    { a: { first: 1, order: 'FIRST' } },
    'The variable $a has an invalid value, “FIRST”: “FIRST” isn’t one of the values of Order. Look it up in the schema.',
  ],
  [
    'query ($a: ListInput) { list(input: $a) { id } }',
    { a: { first: 1, orde: 'NEWEST' } },
    'The variable $a has an invalid value, { first: 1, orde: "NEWEST" }: The input ListInput has no field “orde”. Look it up in the schema.',
  ],
  [
    'query ($a: ListInput) { list(input: $a) { id } }',
    { a: { first: 'x' } },
    'The variable $a has an invalid value, “x”: A whole number is needed.',
  ],
])('the variables of %s with %j', (query, variables, expected) => {
  const [operation] = parse(query).definitions
  const [error] = variableErrors(schema, operation as never, variables as never)
  expect(error?.message.replace(/ Did you mean [^?]*\?/, ' Look it up in the schema.')).toBe(expected)
  expect(error?.extensions).toEqual({ code: 'BAD_USER_INPUT' })
})

test.each<[string, string]>([
  [
    '{ viewer { id }',
    'The query isn’t valid GraphQL at line 1, column 16: expected a name, found the end of the query. A closing bracket may be missing.',
  ],
  [
    '{\n  viewer { 1d } }',
    'The query isn’t valid GraphQL at line 2, column 13: invalid number, expected digit but got: “d”.',
  ],
  ['', 'The query is empty. Send the text of an operation as “query”.'],
])('a syntax error in %j', (query, expected) => {
  const error = (() => {
    try {
      parse(query)
      return undefined
    } catch (thrown) {
      return thrown as GraphQLError
    }
  })()
  expect(syntaxInPlainWords(error?.message ?? '', error?.locations?.[0])).toBe(expected)
})

test.each([
  ['POST body sent invalid JSON.', 'The body isn’t valid JSON. Send an object with “query”.'],
  ['Expected "query" param to be a string, but given number.', 'The “query” has to be text, but its type is number.'],
  [
    'Expected "variables" param to be empty or an object, but given string.',
    'The “variables” have to be an object, but their type is string.',
  ],
  ['GraphQL was never like this.', 'GraphQL was never like this.'],
])('yoga’s “%s”', (message, expected) => {
  expect(requestInPlainWords(message)).toBe(expected)
})

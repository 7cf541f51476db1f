import {
  buildSchema,
  type ExecutionResult,
  GraphQLError,
  type GraphQLFieldResolver,
  getOperationAST,
  getVariableValues,
  parse,
  subscribe as subscribeAsGraphQL,
} from 'graphql'
import { expect, test } from 'vitest'
import { createExecutor } from '../../../../src/http/graphql/execution/executor.js'
import { subscribe } from '../../../../src/http/graphql/execution/subscribe.js'

const schema = buildSchema('type Query { a: Int } type Subscription { count(to: Int! = 3): Int! named: Int }')
const { count } = schema.getSubscriptionType()?.getFields() ?? {}

function subscribing(
  source: GraphQLFieldResolver<unknown, unknown>,
  text = 'subscription ($to: Int!) { named: count(to: $to) }',
) {
  if (!count) throw new Error('the schema of the test has this field')
  count.subscribe = source
  count.resolve = (value) => (value === 2 ? null : value)
  const document = parse(text)
  const operation = getOperationAST(document)
  if (!operation) throw new Error('the test has one operation')
  const variables = { to: 4 }
  const { coerced = {} } = getVariableValues(schema, operation.variableDefinitions ?? [], variables)
  const given = { schema, document, rootValue: 'root', contextValue: {} }
  return {
    ours: () =>
      subscribe({ ...given, operation, variableValues: coerced }, () => given.contextValue, createExecutor(schema)),
    theirs: () => subscribeAsGraphQL({ ...given, variableValues: variables }),
  }
}

async function resultsOf(subscribed: ReturnType<ReturnType<typeof subscribing>['ours']>): Promise<unknown> {
  const results = await subscribed
  if (!(Symbol.asyncIterator in results)) return JSON.stringify(results)
  const seen: ExecutionResult[] = []
  for await (const result of results) seen.push(result)
  return JSON.stringify(seen)
}

async function* counting(_source: unknown, { to }: { to?: number }) {
  for (let number = 1; number <= (to ?? 0); number++) yield number
}

test.each<[string, GraphQLFieldResolver<unknown, unknown>]>([
  ['events, one of which fails', counting],
  ['a refusal', () => Promise.reject(new GraphQLError('No.', { extensions: { code: 'NOT_FOUND' } }))],
  ['a fault', () => Promise.reject(new Error('broken'))],
])('%s: the results are those of graphql-js', async (_name, source) => {
  const { ours, theirs } = subscribing(source)
  const expected = await resultsOf(theirs() as ReturnType<typeof ours>)
  expect(await resultsOf(ours())).toEqual(expected)
})

test('an error of the source ends the subscription, at the operation', async () => {
  const { ours } = subscribing(async function* () {
    yield 1
    throw new GraphQLError('Your token has expired.', { extensions: { code: 'UNAUTHENTICATED' } })
  })
  const results = await ours()
  if (!(Symbol.asyncIterator in results)) throw new Error('a subscription was expected')
  expect(await results.next()).toMatchObject({ value: { data: { named: 1 } } })
  const error = await results.next().catch((reason: GraphQLError) => reason)
  expect(error).toMatchObject({
    message: 'Your token has expired.',
    extensions: { code: 'UNAUTHENTICATED' },
    locations: [{ line: 1, column: 1 }],
  })
})

test('leaving a subscription ends its source, also while it waits', async () => {
  let left = 0
  const { ours } = subscribing(() => ({
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise(() => {}),
      return: async () => {
        left++
        return { done: true, value: undefined }
      },
    }),
  }))
  const results = await ours()
  if (!(Symbol.asyncIterator in results)) throw new Error('a subscription was expected')
  void results.next()
  expect(await results.return?.()).toEqual({ done: true, value: undefined })
  await expect(results.throw?.(new Error('gone'))).rejects.toThrow('gone')
  expect(left).toBe(2)
})

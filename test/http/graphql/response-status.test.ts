import { GraphQLError } from 'graphql'
import { describe, expect, test } from 'vitest'
import type { ResultType } from '../../../src/http/graphql/accepted-type.js'
import { codedError, comingBack } from '../../../src/http/graphql/coded-error.js'
import { statusOf, withStatus } from '../../../src/http/graphql/response-status.js'
import type { ErrorCode } from '../../../src/observability/error-codes.js'

type Type = ResultType | 'text/event-stream'
const JSON_TYPE = 'application/json'
const RESPONSE_TYPE = 'application/graphql-response+json'
const STREAM = 'text/event-stream'
const EVERY: Type[] = [JSON_TYPE, RESPONSE_TYPE, STREAM]

/** An error of a field, or of the whole request if there is no path. */
const error = (code: ErrorCode, path?: string[]) => codedError(code, 'no', {}, { path })

interface Row {
  what: string
  errors: GraphQLError[]
  data?: Record<string, unknown> | null
  /** For JSON, for the type of GraphQL over HTTP, and for a stream. */
  expected: [number, number, number]
}

const rows: Row[] = [
  { what: 'a result without errors', errors: [], data: { a: 1 }, expected: [200, 200, 200] },
  {
    what: 'a fault that left nothing',
    errors: [error('INTERNAL_SERVER_ERROR', ['a'])],
    data: null,
    expected: [500, 500, 200],
  },
  { what: 'a fault before the operation', errors: [error('INTERNAL_SERVER_ERROR')], expected: [500, 500, 500] },
  {
    what: 'the database being away',
    errors: [error('SERVICE_UNAVAILABLE', ['a'])],
    data: null,
    expected: [503, 503, 200],
  },
  {
    what: 'a check of the token that isn’t possible',
    errors: [error('SERVICE_UNAVAILABLE')],
    expected: [503, 503, 503],
  },
  {
    what: 'a fault in every field that may be null',
    errors: [error('SERVICE_UNAVAILABLE', ['a']), error('SERVICE_UNAVAILABLE', ['b', 'c'])],
    data: { a: null, b: null },
    expected: [503, 503, 200],
  },
  {
    what: 'a fault next to a field that is null for another reason',
    errors: [error('INTERNAL_SERVER_ERROR', ['a'])],
    data: { a: null, b: null },
    expected: [200, 200, 200],
  },
  {
    what: 'a fault next to data',
    errors: [error('INTERNAL_SERVER_ERROR', ['a'])],
    data: { a: null, b: { c: 1 } },
    expected: [200, 200, 200],
  },
  {
    what: 'a fault below a field that has data',
    errors: [error('INTERNAL_SERVER_ERROR', ['a', 'b'])],
    data: { a: { b: null } },
    expected: [200, 200, 200],
  },
  {
    what: 'a fault next to a refusal, with nothing left',
    errors: [error('FORBIDDEN', ['a']), error('INTERNAL_SERVER_ERROR', ['b'])],
    data: null,
    expected: [500, 500, 200],
  },
  { what: 'an error without a code', errors: [new GraphQLError('?')], expected: [500, 500, 500] },
  { what: 'a refused field', errors: [error('FORBIDDEN', ['a'])], data: null, expected: [200, 200, 200] },
  {
    what: 'a refused field that may be null',
    errors: [error('BAD_USER_INPUT', ['a'])],
    data: { a: null },
    expected: [200, 200, 200],
  },
  { what: 'a response that is too large', errors: [error('LIMIT_EXCEEDED')], data: null, expected: [200, 200, 200] },
  { what: 'a subscription to nothing', errors: [error('NOT_FOUND', ['a'])], expected: [200, 200, 200] },
  { what: 'a missing token', errors: [error('UNAUTHENTICATED')], expected: [401, 401, 401] },
  { what: 'a user who was erased', errors: [error('UNAUTHENTICATED', ['a'])], data: null, expected: [401, 401, 401] },
  { what: 'a rate limit', errors: [error('TOO_MANY_REQUESTS')], expected: [429, 429, 429] },
  {
    what: 'a rate limit of a field',
    errors: [error('TOO_MANY_REQUESTS', ['a'])],
    data: null,
    expected: [429, 429, 429],
  },
  {
    what: 'a rate limit of one of two fields',
    errors: [error('TOO_MANY_REQUESTS', ['a'])],
    data: { a: null, b: 1 },
    expected: [200, 200, 200],
  },
  { what: 'a syntax error', errors: [error('GRAPHQL_PARSE_FAILED')], expected: [200, 400, 200] },
  { what: 'an invalid document', errors: [error('GRAPHQL_VALIDATION_FAILED')], expected: [200, 400, 200] },
  { what: 'an invalid variable', errors: [error('BAD_USER_INPUT')], expected: [400, 400, 400] },
  { what: 'a list that is too long', errors: [error('LIMIT_EXCEEDED')], expected: [200, 400, 200] },
  { what: 'an unknown operation', errors: [error('OPERATION_RESOLUTION_FAILURE')], expected: [400, 400, 400] },
  { what: 'what is no request', errors: [error('BAD_REQUEST')], expected: [400, 400, 400] },
  { what: 'another form', errors: [error('NOT_ACCEPTABLE')], expected: [406, 406, 406] },
]

test.each(rows)('HTTP shows $what with $expected', ({ errors, data, expected }) => {
  expect(EVERY.map((type) => statusOf({ errors, ...(data !== undefined && { data }) }, type))).toEqual(expected)
})

describe('what yoga gets', () => {
  test('has the status and the headers, and keeps the rest', () => {
    const away = codedError('SERVICE_UNAVAILABLE', 'away', comingBack(), { path: ['a'] })
    const { errors } = withStatus({ errors: [away], data: null }, JSON_TYPE)
    expect(errors?.[0]?.extensions).toEqual({
      code: 'SERVICE_UNAVAILABLE',
      retryAfterSeconds: 2,
      http: { status: 503, headers: { 'retry-after': '2' } },
    })
  })

  test('has no data with another status than 200, because GraphQL over HTTP forbids that', () => {
    const data = { a: null }
    expect(withStatus({ errors: [error('INTERNAL_SERVER_ERROR', ['a'])], data }, RESPONSE_TYPE).data).toBeNull()
    expect(withStatus({ errors: [error('FORBIDDEN', ['a'])], data }, RESPONSE_TYPE).data).toBe(data)
  })
})

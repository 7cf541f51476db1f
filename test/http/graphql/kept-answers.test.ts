import { GraphQLError, parse } from 'graphql'
import { expect, test } from 'vitest'
import { stateOf } from '../../../src/domain/idempotency/idempotency-records.js'
import { answerIn, isFinal, MAX_ANSWER_BYTES, textOfAnswer } from '../../../src/http/graphql/idempotency/kept-answer.js'

const failed = (extensions: object) => ({ errors: [new GraphQLError('It failed.', { extensions: { ...extensions } })] })

test.each<[string, object, boolean]>([
  ['a fault', { code: 'INTERNAL_SERVER_ERROR' }, false],
  ['a database that doesn’t answer', { code: 'OTHER', http: { status: 503 } }, false],
  ['a token that is no longer accepted', { code: 'UNAUTHENTICATED' }, false],
  ['a rate limit', { code: 'TOO_MANY_REQUESTS', http: { status: 429 } }, false],
  ['an argument out of range', { code: 'BAD_USER_INPUT' }, true],
  ['a response that is too large', { code: 'LIMIT_EXCEEDED' }, true],
])('whether the answer to a key is kept: %s', (_what, extensions, isKept) => {
  expect(isFinal(failed(extensions), [])).toBe(isKept)
})

test('typed errors are kept, except for one that depends on the caller’s credentials', () => {
  const result = { data: { registerWebhook: {} } }
  expect(isFinal(result, ['DuplicateWebhookError'])).toBe(true)
  expect(isFinal(result, ['ForbiddenError'])).toBe(false)
})

test('an answer is kept up to 64 KB, counted in bytes', () => {
  const withText = (length: number) => ({ data: { text: 'ü'.repeat(length) } })
  expect(textOfAnswer(withText(MAX_ANSWER_BYTES / 2))).toBeNull()
  expect(textOfAnswer(withText(MAX_ANSWER_BYTES / 2 - 20))).toContain('üü')
})

test('a kept answer is the one that was given, with the places of its errors', () => {
  const document = parse('mutation {\n  startSetup\n}')
  const [operation] = document.definitions
  if (operation?.kind !== 'OperationDefinition') throw new Error('there is one operation')
  const error = new GraphQLError('It failed.', {
    nodes: operation.selectionSet.selections[0] ?? null,
    path: ['startSetup', 0],
    extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } },
  })
  const given = { errors: [error], data: null }
  const kept = answerIn(textOfAnswer(given) ?? '', operation)
  expect(JSON.stringify(kept)).toBe(JSON.stringify({ data: null, errors: [error] }))
  expect(kept.errors?.[0]?.locations).toEqual([{ line: 2, column: 3 }])
  expect(kept.errors?.[0]?.extensions).toEqual(error.extensions)
})

test.each<[string, Partial<Parameters<typeof stateOf>[0]>, string]>([
  ['another request', { isSame: false, answer: '{}' }, 'reused'],
  ['an answer', { createdId: 'x', answer: '{}', isLeased: true }, 'answered'],
  ['a secret', { createdId: 'x', shownOnce: true }, 'shown-once'],
  ['an effect without an answer yet', { createdId: 'x', isLeased: true }, 'in-use'],
  ['an effect without an answer', { createdId: 'x' }, 'not-kept'],
  ['nothing yet', { isLeased: true }, 'in-use'],
])('what a known key means: %s', (_what, found, kind) => {
  const nothing = { isSame: true, createdId: null, answer: null, shownOnce: false, isLeased: false }
  expect(stateOf({ ...nothing, ...found }).kind).toBe(kind)
})

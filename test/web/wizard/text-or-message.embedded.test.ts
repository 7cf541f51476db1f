import { GraphQLEnumType } from 'graphql'
import { describe, expect, test } from 'vitest'
import { schema } from '../../../src/graphql/schema.js'
import { ApiError } from '../../../src/web/client/transport.js'
import { failureTexts, problemText, refusalText, troubleText } from '../../../src/web/wizard/text-or-message.js'

const UNKNOWN = 'A message of the API.'

function codesOf(name: string): string[] {
  const type = schema.getType(name)
  if (!(type instanceof GraphQLEnumType)) throw new Error(`${name} is not an enum`)
  return type.getValues().map((value) => value.name)
}

describe('the wizard has its own text', () => {
  test.each(codesOf('AuthorizationFailureCode'))('for an authorization that fails with %s', (code) => {
    const { message } = failureTexts({ code, message: UNKNOWN }, 'Acme Mail')
    expect(message).not.toBe('')
    expect(message).not.toBe(UNKNOWN)
  })

  test.each(codesOf('ConnectionProblemCode'))('for a connection with the problem %s', (code) => {
    const text = problemText({ code, message: UNKNOWN }, 'Acme Mail')
    expect(text).not.toBe('')
    expect(text).not.toBe(UNKNOWN)
  })
})

test('the wizard shows the API’s message for a code that it does not know', () => {
  expect(failureTexts({ code: 'OF_TOMORROW', message: UNKNOWN, hint: 'Wait.' }, 'Acme Mail')).toEqual({
    message: UNKNOWN,
    hint: 'Wait.',
  })
  expect(problemText({ code: 'OF_TOMORROW', message: UNKNOWN }, 'Acme Mail')).toBe(UNKNOWN)
})

test('the wizard shows its own text if the API’s message is for developers, and the API’s message otherwise', () => {
  const message = 'This setup doesn’t exist or belongs to another user. Check the id.'
  expect(refusalText({ __typename: 'NotFoundError', message })).not.toMatch(/\bid\b|user/)
  expect(refusalText({ __typename: 'PluginRetiredError', message: UNKNOWN })).toBe(UNKNOWN)
})

test('the wizard asks a person who does something too often to wait, and otherwise says that the server was not reached', () => {
  expect(troubleText(new ApiError(UNKNOWN, 'TOO_MANY_REQUESTS'))).toMatch(/too often\. Wait/)
  for (const error of [new ApiError(UNKNOWN, 'INTERNAL_SERVER_ERROR'), new TypeError('fetch failed')]) {
    expect(troubleText(error)).toMatch(/server/)
  }
})

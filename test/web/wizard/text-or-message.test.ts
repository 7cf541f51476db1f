import { GraphQLEnumType, getNamedType, isInterfaceType, isUnionType, Kind, OperationTypeNode, parse } from 'graphql'
import { beforeAll, describe, expect, test } from 'vitest'
import * as operations from '../../../src/generated/documents/graphql.js'
import { schema } from '../../../src/graphql/schema.js'
import { LANGUAGES, type Language } from '../../../src/languages/languages.js'
import { ApiError } from '../../../src/web/client/transport.js'
import {
  failureTexts,
  problemEvent,
  problemText,
  refusalText,
  troubleText,
  uncheckedText,
} from '../../../src/web/wizard/text-or-message.js'
import { loadTexts, texts } from '../../../src/web/wizard/texts.js'

const UNKNOWN = 'A message of the API.'

function codesOf(name: string): string[] {
  const type = schema.getType(name)
  if (!(type instanceof GraphQLEnumType)) throw new Error(`${name} is not an enum`)
  return type.getValues().map((value) => value.name)
}

/** The errors that the wizard's mutations can return. The client package also has two that the wizard doesn't use. */
function typedErrors(): string[] {
  const documents = Object.entries(operations).filter(([name]) => name.endsWith('Document'))
  const definitions = documents.flatMap(([, text]) => parse(String(text)).definitions)
  const fields = definitions.flatMap((each) =>
    each.kind === Kind.OPERATION_DEFINITION && each.operation === OperationTypeNode.MUTATION
      ? each.selectionSet.selections.flatMap((field) => (field.kind === Kind.FIELD ? field.name.value : []))
      : [],
  )
  const unions = fields
    .filter((field) => field !== 'confirmAuthorization' && field !== 'chooseAccount')
    .map((field) => getNamedType(schema.getMutationType()?.getFields()[field]?.type))
  const errors = schema.getType('Error')
  if (!isInterfaceType(errors)) throw new Error('Error is not an interface')
  const members = unions.flatMap((type) => (isUnionType(type) ? type.getTypes() : []))
  const names = members.filter((type) => schema.isSubType(errors, type)).map(({ name }) => name)
  if (names.length === 0) throw new Error('the mutations have no errors')
  return [...new Set(names)]
}

describe.each(Object.keys(LANGUAGES) as Language[])('the wizard has its own text in the language %s', (language) => {
  beforeAll(() => loadTexts(language))

  test.each(codesOf('AuthorizationFailureCode'))('for an authorization that fails with %s', (code) => {
    const { message } = failureTexts({ code, message: UNKNOWN }, 'Acme Mail')
    expect(message).not.toBe('')
    expect(message).not.toBe(UNKNOWN)
  })

  test.each(typedErrors())('for a %s', (__typename) => {
    const text = uncheckedText({ __typename, message: UNKNOWN }, 'Acme Mail')
    expect(text).not.toBe('')
    expect(text).not.toBe(UNKNOWN)
  })

  test.each(codesOf('ConnectionProblemCode'))('for a connection with the problem %s', (code) => {
    const event = problemEvent(code, 'Acme Mail')
    expect(event).toContain('Acme Mail')
    expect(event).not.toMatch(/\.$/) // the activity says it without a period
    const text = problemText({ code, message: UNKNOWN }, 'Acme Mail')
    expect(text).toMatch(new RegExp(`^${event}\\. .+\\.$`))
  })
})

describe.each(Object.keys(LANGUAGES) as Language[])('in the language %s', (language) => {
  beforeAll(() => loadTexts(language))

  test.each(['AppUnavailableError', 'ClientRefusedError'])(
    'a %s names the app that was to be checked',
    (__typename) => {
      expect(uncheckedText({ __typename, message: UNKNOWN }, 'Acme Mail')).toContain('Acme Mail')
    },
  )

  test('a count is on one line with its noun, no app is counted twice, and the only app isn’t counted', () => {
    const { progress } = texts.setup
    const all = [progress(0, 1, 0), progress(1, 1, 1), progress(3, 3, 0), progress(3, 3, 1), progress(3, 3, 2)]
    for (const text of all) expect(text).not.toMatch(/\d /)
    expect(new Set(all.map((text) => text.replaceAll('\u00a0', ' '))).size).toBe(all.length)
    expect(progress(1, 1, 1)).not.toMatch(/\d/)
    expect(progress(2, 3, 2).match(/\d/g)).toEqual(['0', '3', '2'])
    expect(progress(2, 3, 1).match(/\d/g)).toEqual(['1', '3', '1'])
    expect(progress(0, 1, 0, true)).not.toBe(progress(0, 1, 0)) // other apps may be connected
  })
})

describe('in English', () => {
  beforeAll(() => loadTexts('en'))

  test('the wizard shows the API’s message for a code that it does not know', () => {
    expect(failureTexts({ code: 'OF_TOMORROW', message: UNKNOWN, hint: 'Wait.' }, 'Acme Mail')).toEqual({
      message: UNKNOWN,
      hint: 'Wait.',
    })
    expect(problemText({ code: 'OF_TOMORROW', message: UNKNOWN }, 'Acme Mail')).toBe(UNKNOWN)
  })

  test('the wizard shows its own text for a typed error, and the API’s message for an error that it does not know', () => {
    const message = 'This setup doesn’t exist or belongs to another user. Check the id.'
    expect(refusalText({ __typename: 'NotFoundError', message })).not.toMatch(/\bid\b|user/)
    expect(refusalText({ __typename: 'ErrorOfTomorrow', message: UNKNOWN })).toBe(UNKNOWN)
  })

  test('the wizard asks a person who does something too often to wait, and otherwise says whether the server was reached', () => {
    expect(troubleText(new ApiError(UNKNOWN, 'TOO_MANY_REQUESTS'))).toMatch(/too often\. Wait/)
    expect(troubleText(new ApiError(UNKNOWN, 'INTERNAL_SERVER_ERROR'))).toMatch(/^Something went wrong .* Try again\.$/)
    expect(troubleText(new TypeError('fetch failed'))).toMatch(/didn’t respond\. Try again\.$/)
  })
})

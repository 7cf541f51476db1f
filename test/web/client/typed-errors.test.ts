import { GraphQLUnionType } from 'graphql'
import { describe, expect, test } from 'vitest'
import { enteredVariables } from '../../../src/domain/authorization/entered-variables.js'
import { ProviderSchema } from '../../../src/domain/catalogue/provider.js'
import {
  AuthorizationEndedError,
  BindingImpossibleError,
  ConfirmationRefusedError,
  ConnectorNotRequiredError,
  ConnectorUnavailableError,
  type DomainError,
  ForbiddenError,
  InvalidReturnToError,
  InvalidVariablesError,
  NotFoundError,
  TooManyAuthorizationsError,
  UnknownChoiceError,
} from '../../../src/domain/errors.js'
import { RateLimitedError } from '../../../src/domain/rate-limit/rate-limited-error.js'
import { schema } from '../../../src/graphql/schema.js'
import { messageForPeople } from '../../../src/web/client/typed-errors.js'

const ERRORS: DomainError[] = [
  new NotFoundError('setup'),
  new ConnectorUnavailableError('Acme Mail'),
  new ConnectorNotRequiredError('Acme Chat', 'Inbox Helper'),
  new InvalidReturnToError('not-allowed'),
  refusedVariable(),
  new BindingImpossibleError(),
  new TooManyAuthorizationsError(20, 600_000),
  new ForbiddenError('user'),
  new AuthorizationEndedError('SUCCEEDED'),
  new ConfirmationRefusedError(),
  new UnknownChoiceError(),
]

/** The error for a connector whose subdomain is missing. */
function refusedVariable(): DomainError {
  const url = 'https://{subdomain}.desk.example'
  const variables = [{ name: 'subdomain', label: 'Desk subdomain', placeholder: 'acme' }]
  const provider = ProviderSchema.parse({ authorizationUrl: url, tokenUrl: url, variables })
  try {
    enteredVariables(provider, [], {})
  } catch (error) {
    if (error instanceof InvalidVariablesError) return error
  }
  throw new Error('a missing value was accepted')
}

const JARGON =
  /operator|token|scope|cookie|credential|callback|returnTo|binding|uthoriz|\bids?\b|API|https?:|npm|[A-Z]{3}|_/

function namesOf(union: string): string[] {
  const type = schema.getType(union)
  if (!(type instanceof GraphQLUnionType)) throw new Error(`${union} is not a union`)
  return type.getTypes().map(({ name }) => name)
}

describe('what a person reads when the API refuses', () => {
  test('is tested for every error that the client can get', () => {
    const possible = ['AuthorizeConnectorResult', 'ConfirmAuthorizationResult', 'ChooseAccountResult'].flatMap(namesOf)
    const errors = new Set(possible.filter((name) => name !== 'Authorization'))
    expect(new Set(ERRORS.map(({ name }) => name))).toEqual(errors)
  })

  test.each([
    ...ERRORS.map(({ name, message }) => [name, message] as const),
    ['TOO_MANY_REQUESTS', new RateLimitedError('authorizations', 3).message] as const,
  ])('says for %s what happened and what to do, without technical terms', (__typename, message) => {
    const text = messageForPeople({ __typename, message })
    expect(text).not.toMatch(JARGON)
    expect(text.match(/[.!?](\s|$)/g)?.length).toBeGreaterThanOrEqual(2)
  })
})

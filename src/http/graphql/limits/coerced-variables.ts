import {
  type GraphQLError,
  type GraphQLInputType,
  type GraphQLSchema,
  getVariableValues,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql'
import { codedError } from '../coded-error.js'
import type { Values } from '../execution/plan.js'
import { inPlainWords } from '../plain-words.js'

/** No field takes more. Coercing a list costs a microsecond for each item, even if the field then refuses it. */
const MAX_ITEMS = 1_000
const MAX_ERRORS = 10

/**
 * Returns an operation's variables as resolvers get them, or undefined if one isn't valid. It stops at the first that
 * isn't, because errors are much more expensive than values.
 * @throws GraphQLError if a list is too long
 */
export function coercedVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  given: Values | null | undefined,
): Record<string, unknown> | undefined {
  for (const { variable, type: node } of variableDefinitions) {
    const type = typeFromAST(schema, node as never)
    if (isInputType(type)) checkLists(type, given?.[variable.name.value])
  }
  return getVariableValues(schema, variableDefinitions, given ?? {}, { maxErrors: 1 }).coerced
}

/** Says what is wrong with an operation's variables. */
export function variableErrors(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  given: Values | null | undefined,
): GraphQLError[] {
  const { errors = [] } = getVariableValues(schema, variableDefinitions, given ?? {}, { maxErrors: MAX_ERRORS })
  return errors.map(({ message, nodes = null }) => codedError('BAD_USER_INPUT', inPlainWords(message), {}, { nodes }))
}

function checkLists(type: GraphQLInputType, value: unknown): void {
  if (isNonNullType(type)) {
    checkLists(type.ofType, value)
  } else if (isListType(type) && Array.isArray(value)) {
    if (value.length > MAX_ITEMS) throw tooLong(value.length)
    for (const item of value) checkLists(type.ofType, item)
  } else if (isInputObjectType(type) && typeof value === 'object' && value !== null) {
    for (const field of Object.values(type.getFields())) {
      checkLists(field.type, (value as Readonly<Record<string, unknown>>)[field.name])
    }
  }
}

function tooLong(items: number): GraphQLError {
  return codedError(
    'LIMIT_EXCEEDED',
    `A list in the variables has ${items.toLocaleString('en')} items, and ${MAX_ITEMS.toLocaleString('en')} is the limit. Send it in several operations.`,
    { limit: 'list-items' },
  )
}

import { type DocumentNode, GraphQLError, getOperationAST, Kind } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { codedError } from './coded-error.js'
import { inPlainWords, syntaxInPlainWords } from './plain-words.js'

/** Gives every error of a document its code and plain words, over HTTP and WebSocket. */
export const plainErrors: Plugin = {
  onParse({ context }) {
    return ({ result, replaceParseResult }) => {
      if (result instanceof GraphQLError) return replaceParseResult(plainSyntaxError(result))
      if (result === null || result instanceof Error) return
      const { params, request } = context as { params?: { operationName?: unknown }; request?: Request }
      const operation = requestedOperation(result, params?.operationName)
      if (operation instanceof GraphQLError) throw operation
      if (operation === 'mutation' && request?.method === 'GET') {
        throw codedError('METHOD_NOT_ALLOWED', 'Send mutations with POST. GET is only for queries and subscriptions.', {
          http: { headers: { allow: 'POST' } },
        })
      }
    }
  },
  onValidate() {
    return ({ valid, result, setResult }) => {
      if (!valid) setResult((result as readonly GraphQLError[]).map(plainValidationError))
    }
  },
}

/** Returns the type of the operation that a request names, or the error if it names none. */
export function requestedOperation(
  document: DocumentNode,
  name: unknown,
): 'query' | 'mutation' | 'subscription' | GraphQLError {
  const operation = getOperationAST(document, name as string | null | undefined)
  if (operation) return operation.operation
  const names = document.definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION ? [definition.name?.value ?? '(without a name)'] : [],
  )
  return codedError('OPERATION_RESOLUTION_FAILURE', resolutionFailure(names, name))
}

const MAX_NAMES = 10

function resolutionFailure(names: readonly string[], asked: unknown): string {
  if (names.length === 0) return 'The document has no operation. Send a query, a mutation or a subscription.'
  const known = names.slice(0, MAX_NAMES).join(', ')
  if (asked == null) return `The document has several operations. Say in operationName which one to run: ${known}.`
  return `The document has no operation of the name in operationName. It has: ${known}.`
}

function plainSyntaxError(error: GraphQLError): GraphQLError {
  const { message, source, positions, extensions, locations } = error
  if (extensions.code !== undefined) return error
  return codedError('GRAPHQL_PARSE_FAILED', syntaxInPlainWords(message, locations?.[0]), {}, { source, positions })
}

function plainValidationError(error: GraphQLError): GraphQLError {
  const { message, nodes, source, positions, extensions } = error
  if (extensions.code !== undefined) return error
  return codedError('GRAPHQL_VALIDATION_FAILED', inPlainWords(message), {}, { nodes, source, positions })
}

import { type ExecutionResult, GraphQLError } from 'graphql'
import { isAsyncIterable, type Plugin } from 'graphql-yoga'
import { LOOK_UP } from './plain-words.js'

/** What graphql-js adds to its messages if a name is nearly right. In those about variables, it can't be told not to. */
const SUGGESTION = /\s*Did you mean [^?]*\?/g

/** Takes suggestions out of errors, because they tell what the schema has. Nothing else that says so is left out. */
export const withoutSuggestions: Plugin = {
  onExecute() {
    return {
      onExecuteDone({ result, setResult }) {
        if (!isAsyncIterable(result)) setResult(correctedResult(result))
      },
    }
  },
  onSubscribe() {
    return {
      onSubscribeResult({ result, setResult }) {
        if (!isAsyncIterable(result)) setResult(correctedResult(result))
      },
    }
  },
}

function correctedResult(result: ExecutionResult): ExecutionResult {
  return result.errors ? { ...result, errors: result.errors.map(corrected) } : result
}

function corrected(error: GraphQLError): GraphQLError {
  const message = error.message.replace(SUGGESTION, LOOK_UP)
  if (message === error.message) return error
  const { nodes = null, source = null, positions = null, path = null, extensions } = error
  return new GraphQLError(message, { nodes, source, positions, path, extensions })
}

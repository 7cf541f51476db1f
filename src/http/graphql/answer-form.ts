import type { ExecutionResult, GraphQLError } from 'graphql'
import { isAsyncIterable, type Plugin, processRegularResult } from 'graphql-yoga'
import { acceptedType, acceptsParts, acceptsStream, EVENT_STREAM } from './accepted-type.js'
import { codedError } from './coded-error.js'
import { withStatus } from './response-status.js'

const ANSWERS = 'application/json or application/graphql-response+json'
/** More of an Accept header isn't quoted. */
const MAX_QUOTED = 200

/** Returns the error if the client accepts no form in which an operation could be answered. */
export function notAcceptable(accept: string | null | undefined): GraphQLError | undefined {
  const given = accept ?? undefined
  if (acceptedType(given) || acceptsStream(given) || acceptsParts(given)) return undefined
  return codedError(
    'NOT_ACCEPTABLE',
    `The accept header asks for ${quoted(accept)}, but Patchbay answers with ${ANSWERS}, and subscriptions with ${EVENT_STREAM}. Send one of them as accept.`,
  )
}

/** Returns the error if the client accepts no stream, in which alone a subscription can be answered. */
export function noStreamAccepted(accept: string | null | undefined): GraphQLError | undefined {
  if (acceptsStream(accept ?? undefined)) return undefined
  return codedError(
    'NOT_ACCEPTABLE',
    `The accept header asks for ${quoted(accept)}, but subscriptions are answered with ${EVENT_STREAM}. Send accept: ${EVENT_STREAM}, or subscribe over WebSocket.`,
  )
}

/**
 * Answers each result in the form that the client accepts, with the status that says how it went. A client that accepts
 * no form learns that as JSON, and its operation isn't carried out.
 */
export const answeringInForm: Plugin = {
  onSubscribe({ args, setResultAndStopExecution }) {
    const { request } = args.contextValue as { request?: Request }
    const refusal = request && noStreamAccepted(request.headers.get('accept'))
    if (refusal) setResultAndStopExecution({ errors: [refusal] })
  },
  onResultProcess({ request, result, setResult, resultProcessor, setResultProcessor }) {
    if (isAsyncIterable(result) || Array.isArray(result)) return
    if (!resultProcessor) setResultProcessor(processRegularResult, 'application/json')
    const isStreamed = resultProcessor !== undefined && resultProcessor !== processRegularResult
    const type = acceptedType(request.headers.get('accept') ?? undefined) ?? 'application/json'
    setResult(withStatus(result as ExecutionResult, isStreamed ? EVENT_STREAM : type))
  },
}

function quoted(accept: string | null | undefined): string {
  const text = accept ?? ''
  return text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text
}

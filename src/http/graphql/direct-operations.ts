import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { type ExecutionResult, getOperationAST } from 'graphql'
import { processRegularResult } from 'graphql-yoga'
import type { Caller } from '../../domain/identity/caller.js'
import { currentRequest } from '../../observability/request-scope.js'
import { inSpan } from '../../observability/spans.js'
import { browserOf } from '../oauth/browser-channel.js'
import type { ResultType } from './accepted-type.js'
import { corsHeaders } from './cors.js'
import { callerOf, type EndpointOptions, type GraphQLEndpoint, UNREAD } from './graphql-endpoint.js'
import { keyChannelOf } from './idempotency/idempotency-key.js'
import { coercedVariables } from './limits/coerced-variables.js'
import { masked } from './masked.js'
import { answered, operationSpan } from './observe-operations.js'
import { readOperationRequest } from './operation-request.js'
import { withStatus } from './response-status.js'

/**
 * Answers a POST.
 * @param readBody reads its body. If it returns undefined, it has answered the request itself
 */
export type AnswerPost = (
  request: IncomingMessage,
  response: ServerResponse,
  readBody: () => Promise<Buffer | undefined>,
) => Promise<void>

const UNREAD_BODY = Buffer.from(JSON.stringify({ query: UNREAD }))

/**
 * Executes the queries and mutations that nearly all requests are, without yoga's pipeline of web requests, responses
 * and hooks. Everything else is left to yoga: other forms of requests, subscriptions, new documents, and whatever is
 * wrong before an operation starts.
 * So this only has to know how a valid operation is answered.
 */
export function createAnswerPost(
  options: Pick<
    EndpointOptions,
    | 'schema'
    | 'createContext'
    | 'publicUrl'
    | 'authenticate'
    | 'addressOf'
    | 'documents'
    | 'trusted'
    | 'preparations'
    | 'execute'
    | 'telemetry'
    | 'isPassing'
  >,
  yoga: GraphQLEndpoint,
): AnswerPost {
  const { schema, createContext, publicUrl, documents, trusted, preparations, execute, telemetry } = options

  return async (request, response, readBody) => {
    const asYoga = (body: Buffer, caller: Promise<Caller>) => yoga(unread(request, body), response, { caller })
    const authenticated = callerOf(request, options)
    const caller = await authenticated.catch(() => undefined)
    if (!caller) return void (await asYoga(UNREAD_BODY, authenticated))
    const prepare = async (body: Buffer) => {
      const admitted = preparations.turnOf(caller).then(() => caller)
      const isAdmitted = await admitted.then(
        () => true,
        () => false,
      )
      await asYoga(isAdmitted ? body : UNREAD_BODY, admitted)
    }
    const body = await readBody()
    if (!body) return
    const scope = currentRequest()
    const asked = readOperationRequest(request, body, trusted)
    const document = asked && documents.get(asked.query)
    const operation = document && getOperationAST(document, asked.operationName)
    if (document && trusted.refusalOf(caller, document)) return prepare(body)
    if (!scope || !asked || !document || !operation || operation.operation === 'subscription') {
      return prepare(body)
    }
    const { resultType, variables } = asked
    scope.operation = { name: operation.name?.value, type: operation.operation }
    let result: ExecutionResult
    try {
      const coerced = coercedVariables(schema, operation, variables)
      if (!coerced) return prepare(body)
      const browser = browserOf(request, response, publicUrl)
      const contextValue = createContext(caller, browser, keyChannelOf(request, response))
      result = await inSpan(...operationSpan(), () =>
        execute({ document, operation, contextValue, variableValues: coerced }),
      )
      if (result.errors) result = { ...result, errors: result.errors.map((error) => masked(error, options)) }
    } catch (error) {
      result = { errors: [masked(error, options)] }
    }
    answered(telemetry, scope, result)
    await respond(yoga, request, response, resultType, result)
  }
}

async function respond(
  yoga: GraphQLEndpoint,
  request: IncomingMessage,
  response: ServerResponse,
  resultType: ResultType,
  result: ExecutionResult,
): Promise<void> {
  const cors = corsHeaders(request.headers.origin)
  if (result.errors) {
    // Errors say which headers they want. Yoga knows how, and which of their fields are not for clients.
    const answer = processRegularResult(withStatus(result, resultType), yoga.fetchAPI, resultType)
    const text = await answer.text()
    response.writeHead(answer.status, {
      ...Object.fromEntries(answer.headers),
      ...cors,
      'content-length': Buffer.byteLength(text),
    })
    response.end(text)
    return
  }
  const text = JSON.stringify(result)
  response.writeHead(200, {
    'content-type': `${resultType}; charset=utf-8`,
    'content-length': Buffer.byteLength(text),
    ...cors,
  })
  response.end(text)
}

/** Gives a request a body, for yoga to read. */
function unread(request: IncomingMessage, body: Buffer): IncomingMessage {
  return Object.assign(request, { body: Readable.from(body.length > 0 ? [body] : []) })
}

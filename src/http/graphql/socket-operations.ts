import { type ExecutionResult, GraphQLError, getOperationAST } from 'graphql'
import type { SubscribePayload } from 'graphql-ws'
import { isAsyncIterable } from 'graphql-yoga'
import { NO_BROWSER } from '../../domain/authorization/browser-binding.js'
import type { Caller } from '../../domain/identity/caller.js'
import { type Updates, updatesOf } from '../../domain/updates.js'
import type { RequestScope } from '../../observability/request-scope.js'
import { inSpan } from '../../observability/spans.js'
import { AuthenticationError } from '../authentication/authentication-error.js'
import { delayRefusal } from '../refusals.js'
import { codedError } from './coded-error.js'
import { subscribe } from './execution/subscribe.js'
import type { EndpointOptions, GraphQLEndpoint } from './graphql-endpoint.js'
import { coercedVariables } from './limits/coerced-variables.js'
import { masked } from './masked.js'
import { answered, type OperationResult, operationSpan } from './observe-operations.js'
import { documentIdOf, type TrustedDocuments } from './trusted-documents.js'

export interface SocketOperationsOptions
  extends Pick<
    EndpointOptions,
    'schema' | 'createContext' | 'documents' | 'trusted' | 'preparations' | 'execute' | 'telemetry' | 'isPassing'
  > {
  endpoint: GraphQLEndpoint
}

/** What became of an operation: errors that say why it wasn't executed, its one result, or those of a subscription. */
export type Outcome =
  | { errors: readonly GraphQLError[] }
  | { result: ExecutionResult }
  | { results: Updates<ExecutionResult> }

/** The socket that an operation came over. */
interface OperationSource {
  callerOf(): Promise<Caller>
  /** Returns the error that refuses another subscription, or counts it. */
  refusalOf(): GraphQLError | undefined
}

/** Carries out an operation within its request, whose span ends with the result or with the first wait for a push. */
export type CarryOut = (source: OperationSource, payload: SubscribePayload, request: RequestScope) => Promise<Outcome>

type Start = () => Promise<OperationResult>

export function createCarryOut(options: SocketOperationsOptions): CarryOut {
  const { schema, endpoint, documents, trusted, preparations, execute, createContext, telemetry } = options

  /** Returns how to start an operation whose document is remembered, and whose name and variables are right. */
  function prepareRemembered(caller: Caller, payload: SubscribePayload, request: RequestScope): Start | undefined {
    const document = documents.get(payload.query)
    const operation = document && getOperationAST(document, payload.operationName)
    if (!document || !operation || trusted.refusalOf(caller, document)) return undefined
    const coerced = coercedVariables(schema, operation, payload.variables)
    if (!coerced) return undefined
    request.operation = { name: operation.name?.value, type: operation.operation }
    const newContext = contextOf(caller)
    return async () => {
      const executed = {
        document,
        operation,
        rootValue: undefined,
        contextValue: newContext(),
        variableValues: coerced,
      }
      const result = await inSpan(...operationSpan(), () =>
        operation.operation === 'subscription'
          ? subscribe({ schema, ...executed }, newContext, execute)
          : execute(executed),
      )
      return Symbol.asyncIterator in result ? result : maskedResult(result)
    }
  }

  /** A function by itself, because one that waiting subscriptions keep would keep everything around it. */
  function contextOf(caller: Caller) {
    return () => createContext(caller, NO_BROWSER)
  }

  /** Prepares any other operation as the endpoint does: parses and validates it, or says what is wrong with it. */
  async function prepareNew(
    caller: Caller,
    payload: SubscribePayload,
    request: RequestScope,
  ): Promise<Start | readonly GraphQLError[]> {
    await preparations.turnOf(caller)
    const envelope = endpoint.getEnveloped({ caller, params: payload })
    const document = envelope.parse(payload.query)
    const errors = envelope.validate(envelope.schema, document)
    if (errors.length > 0) return errors
    const args = {
      schema: envelope.schema,
      document,
      operationName: payload.operationName ?? null,
      variableValues: payload.variables ?? null,
      contextValue: await envelope.contextFactory(),
    }
    const isSubscription = request.operation?.type === 'subscription'
    return async () => (isSubscription ? envelope.subscribe(args) : envelope.execute(args))
  }

  async function prepare(
    source: OperationSource,
    payload: SubscribePayload,
    request: RequestScope,
  ): Promise<Start | readonly GraphQLError[]> {
    try {
      const caller = await source.callerOf()
      const asked = withText(payload, trusted)
      const prepared = prepareRemembered(caller, asked, request) ?? (await prepareNew(caller, asked, request))
      const isSubscription = typeof prepared === 'function' && request.operation?.type === 'subscription'
      const refusal = isSubscription ? source.refusalOf() : undefined
      if (!refusal) return prepared
      await delayRefusal()
      return [refusal]
    } catch (error) {
      if (error instanceof GraphQLError) return [error]
      if (error instanceof AuthenticationError) return [codedError('UNAUTHENTICATED', error.message)]
      return [maskError(error)]
    }
  }

  function maskedResult<R extends { errors?: readonly GraphQLError[] }>(result: R): R {
    return result.errors ? { ...result, errors: result.errors.map(maskError) } : result
  }

  function maskError(error: unknown): GraphQLError {
    return masked(error, options)
  }

  return async (source, payload, request) => {
    let failed = true
    try {
      const start = await request.run(() => prepare(source, payload, request))
      if (typeof start !== 'function') {
        failed = answered(telemetry, request, { errors: start }).failed
        return { errors: start }
      }
      const answer = await request.run(async () => answered(telemetry, request, await start(), maskError))
      failed = answer.failed
      return isAsyncIterable<ExecutionResult>(answer.result)
        ? { results: updatesOf(answer.result[Symbol.asyncIterator]()) }
        : { result: answer.result }
    } finally {
      request.end({ failed })
    }
  }
}

/**
 * Adds the text of the document that an operation names. The protocol asks for a text, so it is empty then.
 * @throws GraphQLError if it isn't known
 */
function withText(payload: SubscribePayload, trusted: TrustedDocuments): SubscribePayload {
  if (payload.query !== '' || documentIdOf(payload) === undefined) return payload
  const query = trusted.textOf(payload)
  if (query === undefined) throw trusted.notFound(payload)
  return { ...payload, query }
}

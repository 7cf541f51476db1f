import { type DocumentNode, type ExecutionArgs, type GraphQLError, getOperationAST, getVariableValues } from 'graphql'
import type { SubscribePayload } from 'graphql-ws'
import { NO_BROWSER } from '../../domain/authorization/browser-binding.js'
import type { Caller } from '../../domain/identity/caller.js'
import type { RequestScope } from '../../observability/request-scope.js'
import { inSpan } from '../../observability/spans.js'
import { subscribe } from './execution/subscribe.js'
import { type EndpointOptions, type GraphQLEndpoint, masked } from './graphql-endpoint.js'
import { answered, type OperationResult, operationSpan } from './observe-operations.js'

export interface SocketOperationsOptions
  extends Pick<EndpointOptions, 'schema' | 'createContext' | 'documents' | 'execute' | 'telemetry'> {
  endpoint: GraphQLEndpoint
}

/** What preparing an operation hands over to its execution, by way of graphql-ws. */
interface Prepared {
  request: RequestScope
  start: () => Promise<OperationResult>
}

const ALREADY_STARTED = () => Promise.reject(new Error('the operation was started before'))

/** Prepares and executes the operations that arrive over WebSocket. */
export function createSocketOperations(options: SocketOperationsOptions) {
  const { endpoint, documents, telemetry } = options

  /** Returns what to execute, or the errors that say why not. */
  async function prepare(
    caller: Caller,
    params: SubscribePayload,
    request: RequestScope,
  ): Promise<ExecutionArgs | readonly GraphQLError[]> {
    return prepareRemembered(caller, params, request) ?? prepareNew(caller, params, request)
  }

  /** Prepares an operation whose document is remembered, and whose name and variables are right. */
  function prepareRemembered(caller: Caller, params: SubscribePayload, request: RequestScope) {
    const document = documents.get(params.query)
    const operation = document && getOperationAST(document, params.operationName)
    if (!document || !operation) return undefined
    const { schema, execute, createContext } = options
    const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], params.variables ?? {})
    if (!coerced) return undefined
    Object.assign(params, { query: document.loc?.source.body }) // the same text for all, instead of one for each
    request.operation = { name: operation.name?.value, type: operation.operation }
    const newContext = () => createContext(caller, NO_BROWSER)
    const start = async () => {
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
    return argsOf(document, params, { start, request })
  }

  /** Prepares any other operation as the endpoint does: parses and validates it, or says what is wrong with it. */
  async function prepareNew(caller: Caller, params: SubscribePayload, request: RequestScope) {
    const envelope = endpoint.getEnveloped({ caller, params })
    const document = envelope.parse(params.query)
    const errors = envelope.validate(envelope.schema, document)
    if (errors.length > 0) return errors
    const args = {
      schema: envelope.schema,
      document,
      operationName: params.operationName ?? null,
      variableValues: params.variables ?? null,
      contextValue: await envelope.contextFactory(),
    }
    const isSubscription = getOperationAST(document, params.operationName)?.operation === 'subscription'
    const start = async () => (isSubscription ? envelope.subscribe(args) : envelope.execute(args))
    return argsOf(document, params, { start, request })
  }

  function maskedResult<R extends { errors?: readonly GraphQLError[] }>(result: R): R {
    return result.errors ? { ...result, errors: result.errors.map((error) => masked(error, telemetry)) } : result
  }

  function argsOf(document: DocumentNode, { operationName }: SubscribePayload, rootValue: Prepared): ExecutionArgs {
    return {
      schema: options.schema,
      document,
      operationName: operationName ?? null,
      rootValue,
      contextValue: undefined,
    }
  }

  /**
   * Executes or subscribes within the operation's request. Its span ends with the result or with the first wait for a
   * push.
   */
  async function carriedOut({ rootValue }: ExecutionArgs): Promise<OperationResult> {
    const prepared = rootValue as Prepared
    const { request, start } = prepared
    prepared.start = ALREADY_STARTED // graphql-ws keeps the arguments for as long as the subscription lasts
    let failed = true
    try {
      const answer = await request.run(async () =>
        answered(telemetry, request, await start(), (error) => masked(error, telemetry)),
      )
      failed = answer.failed
      return answer.result
    } finally {
      request.end({ failed })
    }
  }

  return { prepare, carriedOut }
}

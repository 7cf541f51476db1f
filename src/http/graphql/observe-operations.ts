import {
  type DocumentNode,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLFormattedError,
  getOperationAST,
} from 'graphql'
import { isAsyncIterable, type Plugin } from 'graphql-yoga'
import { nextOf, type Updates, updatesOf, type Waiter } from '../../domain/updates.js'
import { knownCode, knownLimit } from '../../observability/error-codes.js'
import { shownName } from '../../observability/operation-names.js'
import { currentRequest, type RequestScope } from '../../observability/request-scope.js'
import { inSpan, outsideTraces, startSpan } from '../../observability/spans.js'
import type { ServerTelemetry } from '../../observability/telemetry.js'

type Errors = readonly (GraphQLError | GraphQLFormattedError)[]
export type OperationResult = ExecutionResult | AsyncIterableIterator<ExecutionResult>

/** Gets the operation's name and type for telemetry, and gives each step its span. */
export const observeSteps: Plugin = {
  onParse({ context }) {
    const end = startSpan('graphql.parse')
    return ({ result }) => {
      const failed = result === null || result instanceof Error
      end(failed)
      const request = currentRequest()
      const { params } = context as { params?: { operationName?: string | null } }
      if (!failed && request) request.operation = operationOf(result, params?.operationName)
    }
  },
  onValidate() {
    const end = startSpan('graphql.validate')
    return ({ valid }) => end(!valid)
  },
  onExecute({ executeFn, setExecuteFn }) {
    setExecuteFn((args) => inSpan(...operationSpan(), () => executeFn(args)))
  },
  onSubscribe({ subscribeFn, setSubscribeFn }) {
    setSubscribeFn((args) => inSpan(...operationSpan(), () => subscribeFn(args)))
  },
}

/** Reports the result of an operation over HTTP, as the client will see it. */
export function observeAnswers(telemetry: ServerTelemetry): Plugin {
  return {
    onExecutionResult({ result, setResult }) {
      const request = currentRequest()
      if (!request || !result || Array.isArray(result)) return
      setResult(answered(telemetry, request, result as OperationResult).result)
    },
  }
}

/**
 * Reports the result of an operation, and everything that a subscription pushes afterward.
 * @param mask makes errors of pushes fit for clients, unless something else has done so
 */
export function answered(
  telemetry: ServerTelemetry,
  request: RequestScope,
  result: OperationResult,
  mask?: (error: unknown) => GraphQLError,
): { result: OperationResult; failed: boolean } {
  if (isAsyncIterable<ExecutionResult>(result)) {
    telemetry.operationFinished(request, [])
    return { result: new Pushes(telemetry, request, updatesOf(result[Symbol.asyncIterator]()), mask), failed: false }
  }
  countLimits(telemetry, result.errors)
  return { result, failed: telemetry.operationFinished(request, codesOf(result)) === 'failed' }
}

/**
 * Yields the same results, each produced within the request, so that log lines have the request's id. Their spans
 * belong to no trace. It is one object for each subscription, because thousands of them wait at the same time.
 */
class Pushes implements Updates<ExecutionResult> {
  #close: (() => void) | undefined

  constructor(
    private readonly telemetry: ServerTelemetry,
    private readonly request: RequestScope,
    private readonly results: Updates<ExecutionResult>,
    private readonly mask: ((error: unknown) => GraphQLError) | undefined,
  ) {
    this.#close = telemetry.subscriptionOpened(request.transport === 'http' ? 'sse' : 'websocket')
  }

  next(): Promise<IteratorResult<ExecutionResult, undefined>> {
    return nextOf(this)
  }

  async look(): Promise<IteratorResult<ExecutionResult, undefined> | undefined> {
    const found = await this.#within(() => this.results.look())
    if (found?.done) this.#closed()
    if (!found?.value?.errors) return found
    const { mask } = this
    const value = mask ? { ...found.value, errors: found.value.errors.map(mask) } : found.value
    countLimits(this.telemetry, found.value.errors)
    this.telemetry.errorsSent(codesOf(value))
    return { done: false, value }
  }

  wait(waiter: Waiter): boolean {
    return this.results.wait(waiter)
  }

  return(): Promise<IteratorResult<ExecutionResult, undefined>> {
    this.#closed()
    return this.#within(() => this.results.return())
  }

  async throw(error: unknown): Promise<never> {
    await this.return()
    throw error
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async #within<T>(step: () => Promise<T>): Promise<T> {
    try {
      return await this.request.run(() => outsideTraces(step))
    } catch (error) {
      this.#closed()
      throw this.mask ? this.request.run(() => this.mask?.(error)) : error
    }
  }

  #closed(): void {
    this.#close?.()
    this.#close = undefined
  }
}

function countLimits(telemetry: ServerTelemetry, errors: Errors | undefined): void {
  for (const { extensions } of errors ?? []) {
    const limit = knownLimit(extensions?.limit)
    if (limit !== undefined) telemetry.limitExceeded(limit)
  }
}

function codesOf({ errors = [] }: { errors?: Errors }): string[] {
  return errors.map(({ extensions }) => knownCode(extensions?.code))
}

function operationOf(document: DocumentNode, name: string | null | undefined): RequestScope['operation'] {
  const operation = getOperationAST(document, name)
  return operation ? { name: operation.name?.value, type: operation.operation } : undefined
}

/** Returns the name and the attributes of the current operation's span. */
export function operationSpan(): [name: string, attributes: Record<string, string>] {
  const { name, type } = currentRequest()?.operation ?? { name: undefined, type: 'query' }
  const shown = shownName(name)
  return [`${type} ${shown}`, { 'graphql.operation.type': type, 'graphql.operation.name': shown }]
}

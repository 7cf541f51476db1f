import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql'
import { nextOf, type Updates, updatesOf, type Waiter } from '../../../domain/updates.js'
import type { Executor } from './executor.js'
import type { Values } from './plan.js'
import { ResponseTooLargeError } from './response-budget.js'

interface Subscribed {
  schema: GraphQLSchema
  document: DocumentNode
  /** One of the document's subscriptions. */
  operation: OperationDefinitionNode
  rootValue: unknown
  contextValue: unknown
  /** As coerced by `getVariableValues`. */
  variableValues: Values
}

/** What each event is executed with. Neither the context nor the root value of the subscription is kept. */
type Kept = Pick<Subscribed, 'document' | 'operation' | 'variableValues'>

/**
 * Subscribes as graphql-js does, and executes a plan for each event (GraphQL specification, §6.2.3). The subscription
 * ends after an event whose response would be too large, because the next one would be too.
 * @param contextOf makes the context of an event. Resolvers keep things with a context, so a waiting subscription has none
 * @returns the results, or one with the errors that say why there is no subscription
 */
export async function subscribe(
  subscribed: Subscribed,
  contextOf: () => unknown,
  execute: Executor,
): Promise<ExecutionResult | Updates<ExecutionResult>> {
  const { operation, ...args } = subscribed
  const { document, variableValues } = args
  const events = await createSourceEventStream({ ...args, operationName: operation.name?.value ?? null })
  if (!(Symbol.asyncIterator in events)) return events
  return new Results(
    updatesOf(events[Symbol.asyncIterator]()),
    { document, operation, variableValues },
    contextOf,
    execute,
  )
}

/** One object for each subscription, because thousands of them wait at the same time. */
class Results implements Updates<ExecutionResult> {
  readonly #events: Updates<unknown>
  readonly #kept: Kept
  readonly #contextOf: () => unknown
  readonly #execute: Executor

  constructor(events: Updates<unknown>, kept: Kept, contextOf: () => unknown, execute: Executor) {
    this.#events = events
    this.#kept = kept
    this.#contextOf = contextOf
    this.#execute = execute
  }

  next(): Promise<IteratorResult<ExecutionResult, undefined>> {
    return nextOf(this)
  }

  async look(): Promise<IteratorResult<ExecutionResult, undefined> | undefined> {
    const event = await this.#events.look().catch((error) => this.#failed(error))
    if (!event) return undefined
    if (event.done) return { done: true, value: undefined }
    const executed = { ...this.#kept, rootValue: event.value, contextValue: this.#contextOf() }
    const value = await this.#execute(executed)
    if (value.errors?.some((error) => error instanceof ResponseTooLargeError)) await this.#events.return?.()
    return { done: false, value }
  }

  wait(waiter: Waiter): boolean {
    return this.#events.wait(waiter)
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    await this.#events.return()
    return { done: true, value: undefined }
  }

  async throw(error: unknown): Promise<never> {
    await this.#events.return()
    throw error
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  #failed(error: Error): never {
    throw new GraphQLError(error.message, { nodes: [this.#kept.operation], originalError: error })
  }
}

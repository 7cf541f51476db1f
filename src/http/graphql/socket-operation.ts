import { type ExecutionResult, GraphQLError, type GraphQLFormattedError } from 'graphql'
import { MessageType } from 'graphql-ws'
import type { Updates, Waiter } from '../../domain/updates.js'
import type { RequestScope } from '../../observability/request-scope.js'
import type { Outcome } from './socket-operations.js'

/** The socket, as far as one of its operations is concerned. */
export interface OperationSocket {
  /** Resolves when the message was handed over to the system, or can't be. */
  send(message: object): Promise<void>
  /** Closes the socket: its token is no longer accepted. Does nothing if each operation has its own token. */
  refuseFurther(): void
  ended(operation: SocketOperation): void
  fail(error: unknown): void
}

/** One operation of a socket, from its `subscribe` until either side completes it. */
export class SocketOperation implements Waiter {
  readonly id: string
  /** Whether it counts as a subscription. */
  isSubscription = false
  readonly #socket: OperationSocket
  readonly #request: RequestScope
  #results: Updates<ExecutionResult> | undefined
  #ended = false

  constructor(id: string, socket: OperationSocket, request: RequestScope) {
    this.id = id
    this.#socket = socket
    this.#request = request
  }

  /** Whether the client waits for a result that is the only one, or may be. */
  get isBusy(): boolean {
    return this.#results === undefined
  }

  async answer(outcome: Promise<Outcome>): Promise<void> {
    const answer = await outcome
    if ('results' in answer) {
      if (this.#ended) return void (await answer.results.return())
      this.#results = answer.results
      return this.#push()
    }
    if (this.#ended) return
    if ('errors' in answer) return this.#sendErrors(answer.errors)
    await this.#sendNext(answer.result)
    await this.#complete()
  }

  /** There may be something new. It is looked for a moment later and within the operation's own request. */
  wake(): void {
    queueMicrotask(() => {
      this.#request.run(() => this.#push()).catch((error) => this.#socket.fail(error))
    })
  }

  /** The client leaves. */
  async leave(): Promise<void> {
    this.#end()
    await this.#results?.return()
  }

  /** Sends what there is, one after the other, so that a slow reader skips states. Then waits, holding nothing. */
  async #push(): Promise<void> {
    const results = this.#results
    try {
      while (results && !this.#ended) {
        const found = await results.look()
        if (found?.done) return this.#complete()
        if (found) await this.#sendNext(found.value)
        else if (results.wait(this)) return
      }
    } catch (error) {
      await results?.return()
      const originalError = error instanceof Error ? error : new Error(String(error))
      await this.#sendErrors([new GraphQLError(originalError.message, { originalError })])
    }
  }

  async #sendNext(payload: ExecutionResult): Promise<void> {
    if (this.#ended) return
    if (payload.errors && endsToken(payload.errors)) this.#socket.refuseFurther()
    const { errors } = payload
    const sent = errors ? { ...payload, errors: errors.map(withoutStatus) } : payload
    await this.#socket.send({ id: this.id, type: MessageType.Next, payload: sent })
  }

  async #sendErrors(errors: readonly GraphQLError[]): Promise<void> {
    if (this.#ended) return
    this.#end()
    if (endsToken(errors)) this.#socket.refuseFurther()
    await this.#socket.send({ id: this.id, type: MessageType.Error, payload: errors.map(withoutStatus) })
  }

  async #complete(): Promise<void> {
    if (this.#ended) return
    this.#end()
    await this.#socket.send({ id: this.id, type: MessageType.Complete })
  }

  #end(): void {
    this.#ended = true
    this.#socket.ended(this)
  }
}

/** Returns whether the token isn't accepted, by itself or as one of too many. */
function endsToken(errors: readonly GraphQLError[]): boolean {
  return errors.some(({ extensions: { code, limit } }) => code === 'UNAUTHENTICATED' || limit === 'wrong-credentials')
}

/** Returns an error as clients get it, without what is meant for HTTP responses. */
function withoutStatus(error: GraphQLError): GraphQLFormattedError {
  const { extensions: { http, ...extensions } = {}, ...rest } = error.toJSON()
  return { ...rest, extensions }
}

import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import { type ServerSpan, startServerSpan } from './spans.js'

export type Transport = 'http' | 'websocket'
export type OperationType = 'query' | 'mutation' | 'subscription'

/** One HTTP request or one WebSocket operation, and what was learned about it along the way. */
export class RequestScope {
  #id: string | undefined
  readonly #span: ServerSpan | undefined
  readonly startedAtMs = performance.now()
  /** The authorization that it is about. */
  authorizationId: string | undefined
  /** Its operation, once that was parsed. */
  operation: { name: string | undefined; type: OperationType } | undefined
  /** The names of the typed errors among its results. */
  readonly refusals: string[] = []

  /** @param requestId made up when it is first needed if the request doesn't have one */
  constructor(
    requestId: string | undefined,
    readonly transport: Transport,
    /** Undefined if it creates no trace. */
    span: { name: string; attributes: Record<string, string>; headers?: object } | undefined,
  ) {
    this.#id = requestId
    this.#span = span && startServerSpan(span.name, span.attributes, span.headers)
  }

  get requestId(): string {
    this.#id ??= randomUUID()
    return this.#id
  }

  /** Attributes all log lines and spans of the work to the request. */
  run<T>(work: () => T): T {
    const span = this.#span
    return scopes.run(this, () => (span ? span.run(work) : work()))
  }

  /** Ends the request's span. */
  end(outcome: Parameters<ServerSpan['end']>[0]): void {
    this.#span?.end(outcome)
  }

  get durationMs(): number {
    return performance.now() - this.startedAtMs
  }
}

const scopes = new AsyncLocalStorage<RequestScope>()

/** Returns the current request. Undefined during the server's own work. */
export function currentRequest(): RequestScope | undefined {
  return scopes.getStore()
}

/** Records that the request is about this authorization, so that its log lines say so. */
export function concernsAuthorization(id: string): void {
  const scope = scopes.getStore()
  if (scope) scope.authorizationId = id
}

/** Records a typed error among the request's results. */
export function noteRefusal(error: Error): void {
  scopes.getStore()?.refusals.push(error.name)
}

/**
 * An operation with the types of its result and variables, as this package exports it or a code generator makes it.
 * `toString` must return the operation's text.
 */
export interface Operation<Result, Variables> {
  toString(): string
  /** Only for the compiler, as in other typed documents. */
  readonly __apiType?: ((variables: Variables) => Result) | undefined
}

/** Receives the results of a subscription. `failed` or `completed` is the last call. */
export interface Observer<Result> {
  next(result: Result): void
  /** The subscription ended with an error: an `ApiError` with its `code`, or a network error. */
  failed(error: Error): void
  /** The server completed the subscription. */
  completed(): void
}

/** Sends operations to Patchbay with any GraphQL client. docs/client.md has three of them. */
export interface Transport {
  /**
   * Runs a query or mutation over HTTP, from this browser, because its cookies bind the authorizations it starts to it.
   * Rejects with an `ApiError` if the API refuses the operation, and with any other error if the API wasn't reached.
   */
  execute<Result, Variables>(operation: Operation<Result, Variables>, variables: Variables): Promise<Result>
  /** Subscribes, and returns a function that ends the subscription. */
  subscribe<Result, Variables>(
    operation: Operation<Result, Variables>,
    variables: Variables,
    observer: Observer<Result>,
  ): () => void
}

/** An error at the top level of the API's response. */
export class ApiError extends Error {
  override readonly name = 'ApiError'

  /** @param code `extensions.code` of the first error, such as `NOT_FOUND` or `UNAUTHENTICATED` */
  constructor(
    message: string,
    readonly code: string | undefined,
  ) {
    super(message)
  }
}

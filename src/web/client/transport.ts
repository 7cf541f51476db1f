/**
 * An operation with the types of its result and its variables, as this package exports them and as code generators make
 * them: anything whose `toString` is the operation's text.
 */
export interface Operation<Result, Variables> {
  toString(): string
  /** Only for the compiler, by the convention of typed documents. */
  readonly __apiType?: ((variables: Variables) => Result) | undefined
}

/** Who is told what a subscription brings. After `failed` and `completed` nothing comes any more. */
export interface Observer<Result> {
  next(result: Result): void
  /** The subscription is over: an error of the API, with its `code`, or one of the network. */
  failed(error: Error): void
  /** The server has nothing more to say. */
  completed(): void
}

/** How operations reach Patchbay: a few lines over any GraphQL client. docs/client.md has those of three. */
export interface Transport {
  /**
   * Carries out a query or mutation over HTTP, in this browser, whose cookies bind what it starts to it.
   * Rejects with an `ApiError` when the API refuses the operation as such, and with any other error when it was not reached.
   */
  execute<Result, Variables>(operation: Operation<Result, Variables>, variables: Variables): Promise<Result>
  /** Subscribes. Answers how to stop. */
  subscribe<Result, Variables>(
    operation: Operation<Result, Variables>,
    variables: Variables,
    observer: Observer<Result>,
  ): () => void
}

/** What the API says at the top level of an answer. */
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

/** Longer than Patchbay takes to refresh a token at a slow app. */
const TIMEOUT_MS = 30_000

/** Patchbay couldn't be reached, or didn't execute the operation. */
export class PatchbayError extends Error {
  override readonly name = 'PatchbayError'
  /** @param code `extensions.code` of the first error, such as `UNAUTHENTICATED` */
  constructor(
    message: string,
    readonly code?: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

interface Answer<Data> {
  data?: Data | null
  errors?: { message: string; extensions?: { code?: string; requestId?: string } }[]
}

/** Calls Patchbay's GraphQL API with an API key. */
export class Patchbay {
  /** @param url the origin, such as `https://connect.example.com` */
  constructor(
    readonly url: string,
    private readonly apiKey: string,
  ) {}

  /** @throws PatchbayError */
  async execute<Data>(query: string, variables: object): Promise<Data> {
    const { data, errors } = await this.#send<Data>(query, variables)
    const [error] = errors ?? []
    if (error) {
      const { code, requestId } = error.extensions ?? {}
      throw new PatchbayError(requestId ? `${error.message} (request ${requestId})` : error.message, code)
    }
    if (!data) throw new PatchbayError('Patchbay answered without data.')
    return data
  }

  async #send<Data>(query: string, variables: object): Promise<Answer<Data>> {
    try {
      const response = await fetch(`${this.url}/graphql`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${this.apiKey}`,
          'content-type': 'application/json',
          accept: 'application/json',
        },
        body: JSON.stringify({ query, variables }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      return (await response.json()) as Answer<Data>
    } catch (cause) {
      // No connection, no answer in time, or an answer that isn't Patchbay's, such as a proxy's error page.
      throw new PatchbayError(`Patchbay can't be reached at ${this.url}.`, undefined, { cause })
    }
  }
}

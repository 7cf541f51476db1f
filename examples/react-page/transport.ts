import { createClient } from 'graphql-sse'
import { ApiError, type Transport } from 'patchbay/client'

interface Refusal {
  message: string
  extensions?: { code?: unknown }
}

/**
 * Sends operations with `fetch`, and subscribes by server-sent events. If your application has a GraphQL client, use that
 * one: docs/client.md has transports for urql and Apollo.
 * @param url the API, such as `https://connect.example.com/graphql`
 */
export function createTransport(url: string, accessToken: () => Promise<string>): Transport {
  const authorization = async () => ({ authorization: `Bearer ${await accessToken()}` })
  const streams = createClient({ url, credentials: 'include', headers: authorization, retryAttempts: 0 })
  return {
    async execute<Result>(operation: { toString(): string }, variables: unknown) {
      const response = await fetch(url, {
        method: 'POST',
        // The cookie that the answer sets ties the authorization to this browser.
        credentials: 'include',
        headers: { ...(await authorization()), 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify({ query: operation.toString(), variables }),
      })
      const { data, errors } = (await response.json()) as { data: Result; errors?: Refusal[] }
      if (errors?.[0]) throw errorOf(errors[0])
      return data
    },
    subscribe: (operation, variables, observer) =>
      streams.subscribe(
        { query: operation.toString(), variables: variables as Record<string, unknown> },
        {
          next: ({ data, errors }) => {
            const [error] = (errors ?? []) as readonly Refusal[]
            if (error) observer.failed(errorOf(error))
            else observer.next(data as Parameters<typeof observer.next>[0])
          },
          error: (error) => observer.failed(error instanceof Error ? error : new Error('The stream ended.')),
          complete: () => observer.completed(),
        },
      ),
  }
}

function errorOf({ message, extensions }: Refusal): ApiError {
  return new ApiError(message, typeof extensions?.code === 'string' ? extensions.code : undefined)
}

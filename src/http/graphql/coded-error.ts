import { GraphQLError } from 'graphql'
import type { ErrorCode } from '../../observability/error-codes.js'

/** How long to wait before trying again what is unavailable, in seconds. */
const RETRY_AFTER_SECONDS = 2

/** Where in a document or a result an error is. */
type Place = { [Part in 'nodes' | 'path' | 'source' | 'positions']?: GraphQLError[Part] | null }

/** Creates an error for clients. Its code decides the status of a response: see response-status.ts. */
export function codedError(
  code: ErrorCode,
  message: string,
  extensions: Record<string, unknown> = {},
  place: Place = {},
): GraphQLError {
  const { nodes = null, path = null, source = null, positions = null } = place
  return new GraphQLError(message, { nodes, path, source, positions, extensions: { code, ...extensions } })
}

/** The extensions of an error that says to come back soon, and the response's header. */
export function comingBack() {
  return {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    http: { headers: { 'retry-after': String(RETRY_AFTER_SECONDS) } },
  }
}

/** Returns the response's headers that errors ask for. */
export function headersOf({ extensions }: GraphQLError): Record<string, string> {
  return (extensions.http as { headers?: Record<string, string> } | undefined)?.headers ?? {}
}

import { GraphQLError } from 'graphql'

/**
 * Refuses an operation that asks for more than its share.
 * @param limit its name, for programs and metrics
 * @param message what to do instead
 */
export function limitExceeded(limit: 'ids' | 'pages', message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'LIMIT_EXCEEDED', limit } })
}

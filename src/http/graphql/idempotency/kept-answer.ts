import { type ExecutionResult, GraphQLError, type OperationDefinitionNode } from 'graphql'
import { ERROR_CODES, type ErrorCode, knownCode } from '../../../observability/error-codes.js'

/** The largest result that is kept. Those of mutations have a hundredth of it. */
export const MAX_ANSWER_BYTES = 65_536

interface KeptError {
  message: string
  path?: readonly (string | number)[]
  positions?: readonly number[]
  extensions: Record<string, unknown>
}

/** Returns whether a result is final. Faults aren't, and neither is what depends on the caller's credentials. */
export function isFinal({ errors = [] }: ExecutionResult, refusals: readonly string[]): boolean {
  return (
    !errors.some(({ extensions }) => saysNothing(knownCode(extensions.code))) && !refusals.includes('ForbiddenError')
  )
}

/** Whether a code says nothing about the operation, so that it may be sent again with the same key. */
function saysNothing(code: ErrorCode | 'OTHER'): boolean {
  return (
    code === 'OTHER' ||
    ERROR_CODES[code].outcome === 'failed' ||
    code === 'UNAUTHENTICATED' ||
    code === 'TOO_MANY_REQUESTS'
  )
}

/**
 * Returns a result as text, with errors that are fit for clients.
 * @returns null if it is too large
 */
export function textOfAnswer({ data, errors }: ExecutionResult): string | null {
  const kept = errors?.map(
    ({ message, path, positions, extensions }): KeptError => ({
      message,
      ...(path && { path }),
      ...(positions && { positions }),
      extensions,
    }),
  )
  const text = JSON.stringify({ ...(data !== undefined && { data }), ...(kept && { errors: kept }) })
  return Buffer.byteLength(text) > MAX_ANSWER_BYTES ? null : text
}

/** Reads a kept result of the same operation. */
export function answerIn(text: string, { loc }: OperationDefinitionNode): ExecutionResult {
  const { errors, ...rest } = JSON.parse(text) as ExecutionResult & { errors?: KeptError[] }
  if (!errors) return rest
  const errorOf = ({ message, path, positions, extensions }: KeptError) =>
    new GraphQLError(message, { path, positions, source: loc?.source, extensions })
  return { ...rest, errors: errors.map(errorOf) }
}

/** Codes that top-level errors carry, from here and from yoga. docs/errors.md explains each. */
export const ERROR_CODES: ReadonlySet<string> = new Set([
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'FORBIDDEN',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'INTERNAL_SERVER_ERROR',
  'NOT_FOUND',
  'OPERATION_RESOLUTION_FAILURE',
  'REQUEST_ENTITY_TOO_LARGE',
  'UNAUTHENTICATED',
])

/** What the caller wrote is no operation that could be carried out. */
const INVALID = new Set([
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'REQUEST_ENTITY_TOO_LARGE',
])
/** What the caller may not do, or not with this. */
const REFUSED = new Set(['FORBIDDEN', 'NOT_FOUND', 'UNAUTHENTICATED'])

/** A code of the closed set; any other is `OTHER`. */
export function knownCode(code: unknown): string {
  return typeof code === 'string' && ERROR_CODES.has(code) ? code : 'OTHER'
}

export type OperationOutcome = 'ok' | 'refused' | 'invalid' | 'failed'

/**
 * How an operation ended: `failed` is for an operator to look at, all else is the caller's.
 * @param codes of its top-level errors
 * @param refusals how many typed errors are among its results
 */
export function outcomeOf(codes: readonly string[], refusals: number): OperationOutcome {
  if (codes.some((code) => !INVALID.has(code) && !REFUSED.has(code))) return 'failed'
  if (codes.some((code) => INVALID.has(code))) return 'invalid'
  return codes.length > 0 || refusals > 0 ? 'refused' : 'ok'
}

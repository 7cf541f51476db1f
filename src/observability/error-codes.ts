/** Codes that top-level errors carry, from here and from yoga. docs/errors.md explains each. */
export const ERROR_CODES: ReadonlySet<string> = new Set([
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'FORBIDDEN',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'IDEMPOTENCY_ANSWER_NOT_KEPT',
  'IDEMPOTENCY_KEY_IN_USE',
  'IDEMPOTENCY_KEY_REUSED',
  'IDEMPOTENCY_SECRET_SHOWN_ONCE',
  'INTERNAL_SERVER_ERROR',
  'LIMIT_EXCEEDED',
  'NOT_FOUND',
  'OPERATION_RESOLUTION_FAILURE',
  'REQUEST_ENTITY_TOO_LARGE',
  'TOO_MANY_REQUESTS',
  'UNAUTHENTICATED',
])

/** The caller's operation is invalid. */
const INVALID = new Set([
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'LIMIT_EXCEEDED',
  'OPERATION_RESOLUTION_FAILURE',
  'REQUEST_ENTITY_TOO_LARGE',
])
/** The caller may not do this, or not with this token. */
const REFUSED = new Set([
  'FORBIDDEN',
  'IDEMPOTENCY_ANSWER_NOT_KEPT',
  'IDEMPOTENCY_KEY_IN_USE',
  'IDEMPOTENCY_KEY_REUSED',
  'IDEMPOTENCY_SECRET_SHOWN_ONCE',
  'NOT_FOUND',
  'TOO_MANY_REQUESTS',
  'UNAUTHENTICATED',
])

/** Returns a known code, or `OTHER` for any other one. */
export function knownCode(code: unknown): string {
  return typeof code === 'string' && ERROR_CODES.has(code) ? code : 'OTHER'
}

/** The limits whose errors have their name as `extensions.limit`, or that close sockets. docs/api.md explains each. */
const LIMITS: ReadonlySet<unknown> = new Set([
  'characters',
  'event-streams',
  'fields',
  'fragments',
  'idempotency-keys',
  'ids',
  'list-items',
  'mutations',
  'pages',
  'repeated-fields',
  'repeated-lists',
  'subscriptions',
  'text',
  'values',
  'waiting-operations',
])

/** Returns the name of the limit that an error is about, if it is about one. */
export function knownLimit(limit: unknown): string | undefined {
  return LIMITS.has(limit) ? String(limit) : undefined
}

export type OperationOutcome = 'ok' | 'refused' | 'invalid' | 'failed'

/**
 * Returns how an operation ended. `failed` needs an operator's attention. The other outcomes are up to the caller.
 * @param codes the codes of its top-level errors
 * @param refusals the number of typed errors among its results
 */
export function outcomeOf(codes: readonly string[], refusals: number): OperationOutcome {
  if (codes.some((code) => !INVALID.has(code) && !REFUSED.has(code))) return 'failed'
  if (codes.some((code) => INVALID.has(code))) return 'invalid'
  return codes.length > 0 || refusals > 0 ? 'refused' : 'ok'
}

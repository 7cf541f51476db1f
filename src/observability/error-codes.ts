export type OperationOutcome = 'ok' | 'refused' | 'invalid' | 'failed'

interface CodeFacts {
  /** The HTTP status of a response whose operation wasn't carried out for this reason. */
  status: number
  /** The same for `application/json`, if it differs: GraphQL over HTTP keeps errors of a document apart from those of HTTP. */
  jsonStatus?: number
  outcome: Exclude<OperationOutcome, 'ok'>
}

const CODES = {
  BAD_REQUEST: { status: 400, outcome: 'invalid' },
  BAD_USER_INPUT: { status: 400, outcome: 'invalid' },
  DOCUMENT_NOT_TRUSTED: { status: 400, jsonStatus: 200, outcome: 'refused' },
  FORBIDDEN: { status: 200, outcome: 'refused' },
  GRAPHQL_PARSE_FAILED: { status: 400, jsonStatus: 200, outcome: 'invalid' },
  GRAPHQL_VALIDATION_FAILED: { status: 400, jsonStatus: 200, outcome: 'invalid' },
  IDEMPOTENCY_ANSWER_NOT_KEPT: { status: 422, outcome: 'refused' },
  IDEMPOTENCY_KEY_IN_USE: { status: 409, outcome: 'refused' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, outcome: 'refused' },
  IDEMPOTENCY_SECRET_SHOWN_ONCE: { status: 422, outcome: 'refused' },
  INTERNAL_SERVER_ERROR: { status: 500, outcome: 'failed' },
  LIMIT_EXCEEDED: { status: 400, jsonStatus: 200, outcome: 'invalid' },
  METHOD_NOT_ALLOWED: { status: 405, outcome: 'invalid' },
  MISDIRECTED_REQUEST: { status: 421, outcome: 'invalid' },
  NOT_ACCEPTABLE: { status: 406, outcome: 'invalid' },
  NOT_FOUND: { status: 404, outcome: 'refused' },
  OPERATION_RESOLUTION_FAILURE: { status: 400, outcome: 'invalid' },
  ORIGIN_NOT_ALLOWED: { status: 403, outcome: 'refused' },
  PERSISTED_DOCUMENT_NOT_FOUND: { status: 400, jsonStatus: 200, outcome: 'invalid' },
  PERSISTED_QUERY_NOT_SUPPORTED: { status: 400, jsonStatus: 200, outcome: 'invalid' },
  REQUEST_ENTITY_TOO_LARGE: { status: 413, outcome: 'invalid' },
  SERVICE_UNAVAILABLE: { status: 503, outcome: 'failed' },
  TOO_MANY_REQUESTS: { status: 429, outcome: 'refused' },
  UNAUTHENTICATED: { status: 401, outcome: 'refused' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, outcome: 'invalid' },
} as const satisfies Record<string, CodeFacts>

/** What a top-level error says in `extensions.code`. */
export type ErrorCode = keyof typeof CODES

/** Every code of a top-level error. docs/errors.md explains each. */
export const ERROR_CODES: Readonly<Record<ErrorCode, CodeFacts>> = CODES

/** Returns a known code, or `OTHER` for any other one. */
export function knownCode(code: unknown): ErrorCode | 'OTHER' {
  return typeof code === 'string' && Object.hasOwn(ERROR_CODES, code) ? (code as ErrorCode) : 'OTHER'
}

/** The limits whose errors have their name as `extensions.limit`, or that close sockets. docs/api.md explains each. */
const LIMITS: ReadonlySet<unknown> = new Set([
  'aliases',
  'characters',
  'cost',
  'depth',
  'directives',
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
  'tokens',
  'values',
  'waiting-operations',
])

/** Returns the name of the limit that an error is about, if it is about one. */
export function knownLimit(limit: unknown): string | undefined {
  return LIMITS.has(limit) ? String(limit) : undefined
}

/**
 * Returns how an operation ended. `failed` needs an operator's attention. The other outcomes are up to the caller.
 * @param codes the codes of its top-level errors
 * @param refusals the number of typed errors among its results
 */
export function outcomeOf(codes: readonly string[], refusals: number): OperationOutcome {
  const outcomes = new Set(
    codes.map((code) => {
      const known = knownCode(code)
      return known === 'OTHER' ? 'failed' : ERROR_CODES[known].outcome
    }),
  )
  if (outcomes.has('failed')) return 'failed'
  if (outcomes.has('invalid')) return 'invalid'
  return outcomes.size > 0 || refusals > 0 ? 'refused' : 'ok'
}

import { randomUUID } from 'node:crypto'
import { GraphQLError } from 'graphql'
import { ForbiddenError, NotAdmittedError } from '../../domain/errors.js'
import { VaultError } from '../../domain/ports/vault.js'
import { RateLimitedError } from '../../domain/rate-limit/rate-limited-error.js'
import type { ErrorCode } from '../../observability/error-codes.js'
import { currentRequest } from '../../observability/request-scope.js'
import type { ServerTelemetry } from '../../observability/telemetry.js'
import { codedError, comingBack, headersOf } from './coded-error.js'
import { requestInPlainWords } from './plain-words.js'
import { tooManyRequests } from './too-many-requests.js'

export interface Masking {
  telemetry: Pick<ServerTelemetry, 'requestFailed'>
  /** Whether an error says that the database doesn't respond, or has no room, right now. */
  isPassing: (error: unknown) => boolean
}

/** Returns what clients may read of an error. The rest is logged under the request's id, which they can quote. */
export function masked(error: unknown, masking: Masking): GraphQLError {
  const located = error instanceof GraphQLError ? error : undefined
  const original = located ? located.originalError : error
  if (located && (original === undefined || original instanceof GraphQLError)) {
    // graphql-js sets no code where it refuses the value of an argument.
    located.extensions.code ??= 'BAD_USER_INPUT' satisfies ErrorCode
    if (located.extensions.code !== ('BAD_REQUEST' satisfies ErrorCode)) return located
    return codedError('BAD_REQUEST', requestInPlainWords(located.message), { http: { headers: headersOf(located) } })
  }
  const place = { nodes: located?.nodes ?? null, path: located?.path ?? null }
  const refusal = original instanceof Error ? refusalOf(original) : undefined
  if (refusal) return new GraphQLError((original as Error).message, { ...place, extensions: refusal })
  const isPassing = (original instanceof VaultError && original.retryable) || masking.isPassing(original)
  return fault(original, isPassing, masking, place)
}

/** Logs a fault, and returns what clients learn of it. */
export function fault(
  error: unknown,
  isPassing: boolean,
  { telemetry }: Pick<Masking, 'telemetry'>,
  place: Parameters<typeof codedError>[3] = {},
): GraphQLError {
  const requestId = currentRequest()?.requestId ?? randomUUID()
  telemetry.requestFailed(requestId, error)
  if (isPassing) {
    const message = `Patchbay can’t do this right now, because something that it needs doesn’t respond. Try again in a few seconds. If the problem persists, contact support and quote ${requestId}.`
    return codedError('SERVICE_UNAVAILABLE', message, { requestId, ...comingBack() }, place)
  }
  const message = `Something went wrong on our side. Try again. If the problem persists, contact support and quote ${requestId}.`
  return codedError('INTERNAL_SERVER_ERROR', message, { requestId }, place)
}

/** How a refusal looks if no result has a member for it. */
function refusalOf(error: Error): { code: ErrorCode } | undefined {
  if (error instanceof ForbiddenError) return { code: 'FORBIDDEN' }
  if (error instanceof NotAdmittedError) return { code: 'UNAUTHENTICATED' }
  if (error instanceof RateLimitedError) return tooManyRequests(error.limit, error.retryAfterSeconds)
  return undefined
}

import type { ErrorCode } from '../../observability/error-codes.js'

export const TOO_MANY_REQUESTS: ErrorCode & 'TOO_MANY_REQUESTS' = 'TOO_MANY_REQUESTS'

/** The extensions of an error that a caller gets who has to wait, and the response's header. */
export function tooManyRequests(limit: string, retryAfterSeconds: number) {
  const http = { headers: { 'retry-after': String(retryAfterSeconds) } }
  return { code: TOO_MANY_REQUESTS, limit, retryAfterSeconds, http }
}

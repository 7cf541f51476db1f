import type { IncomingMessage } from 'node:http'
import getRawBody from 'raw-body'

export const MAX_BODY_BYTES = 1_000_000

/**
 * Makes sure that a request's body is within the limit before anything parses it. A stated length is trusted, because
 * Node reads no more than that. A body without one is read here, up to the limit.
 * @returns false if it is too large
 */
export async function withinBodyLimit(request: IncomingMessage & { body?: unknown }): Promise<boolean> {
  const length = request.headers['content-length']
  if (length !== undefined) return Number(length) <= MAX_BODY_BYTES
  if (request.headers['transfer-encoding'] === undefined) return true
  try {
    request.body = await getRawBody(request, { limit: MAX_BODY_BYTES, encoding: 'utf8' })
    return true
  } catch (error) {
    if ((error as { type?: string }).type === 'entity.too.large') return false
    throw error
  }
}

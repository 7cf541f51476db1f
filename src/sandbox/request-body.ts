import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'

const MAX_BYTES = 64 * 1024

/**
 * Reads a form's fields and puts the body back, so that whoever answers the request reads it as if it had not been touched.
 * Of a body that breaks off, the fields that came. One over 64 KB is not touched: it has no fields, and is refused later.
 */
export async function peekForm(request: IncomingMessage): Promise<URLSearchParams> {
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers
  if (Number(length) > MAX_BYTES || (length === '0' && encoding === undefined)) return new URLSearchParams()
  const chunks: Buffer[] = []
  let size = 0
  for (;;) {
    for (let chunk: Buffer | null = request.read(); chunk; chunk = request.read()) {
      chunks.push(chunk)
      size += chunk.length
    }
    if (request.complete || request.destroyed || size > MAX_BYTES) break
    try {
      await once(request, 'readable')
    } catch {
      break // the client has gone; the stream says so to the next reader too
    }
  }
  const body = Buffer.concat(chunks)
  // In the same turn as the last read: afterwards the stream would count as ended.
  request.unshift(body)
  return new URLSearchParams(body.toString())
}

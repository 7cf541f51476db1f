import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'

const MAX_BYTES = 64 * 1024

/**
 * Reads a body as text and puts it back, so that the next reader of the request gets it unchanged.
 * If the body breaks off, returns what arrived. A body of more than 64 KB isn't read: it returns nothing and is rejected
 * later.
 */
export async function peekBody(request: IncomingMessage): Promise<string> {
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers
  if (Number(length) > MAX_BYTES || (length === '0' && encoding === undefined)) return ''
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
      break // the client is gone, and the stream tells the next reader so
    }
  }
  const body = Buffer.concat(chunks)
  // In the same turn as the last read, because the stream would count as ended afterward.
  request.unshift(body)
  return body.toString()
}

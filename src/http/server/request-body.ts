import type { IncomingMessage } from 'node:http'

export const MAX_BODY_BYTES = 1_000_000

/**
 * Reads a request's body before anything parses it.
 * @returns undefined if it is too large. A body that says so isn't read at all
 * @throws if the client leaves before it has sent everything
 */
export async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return undefined
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    request
      .on('data', (chunk: Buffer) => {
        bytes += chunk.length
        if (bytes <= MAX_BODY_BYTES) return void chunks.push(chunk)
        request.pause()
        resolve(undefined)
      })
      .once('end', () => resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)))
      .once('error', reject)
  })
}

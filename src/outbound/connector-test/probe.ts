import type { GuardedAgent } from '../guarded-agent.js'

const TIMEOUT_MS = 10_000
const MAX_BODY_BYTES = 64 * 1024

/** The status of a response, where it redirects to, and the beginning of what a refusal says. */
export interface Probed {
  status: number
  location: string | null
  text: string
}

/** Asks for a URL, guarded like every request. Redirects aren't followed. */
export async function probe(guard: GuardedAgent, url: string): Promise<Probed> {
  const { statusCode, headers, body } = await guard.request(url, {
    headers: { accept: 'text/html, application/json', 'user-agent': 'patchbay' },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  body.on('error', () => {})
  const text = statusCode >= 400 ? await beginningOf(body) : ''
  body.destroy()
  const [location = null] = [headers.location ?? []].flat()
  return { status: statusCode, location, text }
}

/** What can't be read is left out: the status alone says enough. */
async function beginningOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of body) {
      chunks.push(chunk)
      size += chunk.length
      if (size >= MAX_BODY_BYTES) break
    }
  } catch {
    return ''
  }
  return Buffer.concat(chunks).subarray(0, MAX_BODY_BYTES).toString()
}

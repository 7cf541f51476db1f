import type { GuardedAgent } from '../guarded-agent.js'

const TIMEOUT_MS = 10_000

/** The status of a response, and where it redirects to. */
export interface Probed {
  status: number
  location: string | null
}

/** Asks for a URL, guarded like every request, and reads nothing of the body. Redirects aren't followed. */
export async function probe(guard: GuardedAgent, url: string): Promise<Probed> {
  const { undici, agent } = await guard.open()
  const { statusCode, headers, body } = await undici.request(url, {
    headers: { accept: 'text/html, application/json', 'user-agent': 'patchbay' },
    dispatcher: agent,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  body.on('error', () => {}).destroy()
  const [location = null] = [headers.location ?? []].flat()
  return { status: statusCode, location }
}

import type { TokenSource } from './token-source.js'

/** Longer than the API waits for any app. Without it, the network could leave a request unanswered forever. */
const PATIENCE_MS = 20_000

/**
 * Returns a fetch that sends the token. If the API rejects the token, it tries once more with a new one. Each try has a
 * timeout.
 */
export function createSignedFetch(tokens: TokenSource): typeof fetch {
  return async (input, init) => {
    const send = async () => {
      const token = await tokens.get()
      const headers = new Headers(init?.headers)
      headers.set('authorization', `Bearer ${token}`)
      const signals = [AbortSignal.timeout(PATIENCE_MS), ...(init?.signal ? [init.signal] : [])]
      const signal = AbortSignal.any(signals)
      return { token, response: await fetch(input, { ...init, headers, signal, credentials: 'same-origin' }) }
    }
    const { token, response } = await send()
    if (!(await refusesToken(response))) return response
    tokens.refused(token)
    return (await send()).response
  }
}

/** Returns whether the API rejects the token. If many others were invalid too, it doesn't say so with 401. */
async function refusesToken(response: Response): Promise<boolean> {
  if (response.status !== 429) return response.status === 401
  const text = await response.clone().text()
  return text.includes('"limit":"wrong-credentials"')
}

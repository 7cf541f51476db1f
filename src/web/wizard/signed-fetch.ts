import type { TokenSource } from './token-source.js'

/** A fetch that says who calls, and asks once more with another token when the one it had is refused. */
export function createSignedFetch(tokens: TokenSource): typeof fetch {
  return async (input, init) => {
    const send = async () => {
      const token = await tokens.get()
      const headers = new Headers(init?.headers)
      headers.set('authorization', `Bearer ${token}`)
      return { token, response: await fetch(input, { ...init, headers, credentials: 'same-origin' }) }
    }
    const { token, response } = await send()
    if (response.status !== 401) return response
    tokens.refused(token)
    return (await send()).response
  }
}

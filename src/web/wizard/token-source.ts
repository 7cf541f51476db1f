/** How long before its expiry a token is renewed, so that it can't expire on the way to the API. */
const MARGIN_MS = 30_000
const PATIENCE_MS = 15_000

/** No one is signed in to the host, or they no longer are. */
export class SignedOutError extends Error {
  override readonly name = 'SignedOutError'
}

/** Fetches the signed-in user's token when it's needed, and renews it before it expires. */
export interface TokenSource {
  /** Rejects with a SignedOutError if no one is signed in to the host, and with any other error if the host wasn't reached. */
  get(): Promise<string>
  /** Reports that the API rejected this token, so that the next `get()` fetches a new one. */
  refused(token: string): void
}

export function createTokenSource(address: string, onSignedOut: () => void): TokenSource {
  let present: string | undefined
  let coming: Promise<string> | undefined

  async function fetchToken(): Promise<string> {
    const response = await fetch(address, {
      credentials: 'include',
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    if (response.status === 401) {
      onSignedOut()
      throw new SignedOutError('No one is signed in.')
    }
    if (!response.ok) throw new Error(`The token endpoint responded with ${response.status}.`)
    const { token } = (await response.json()) as { token: string }
    present = token
    return token
  }

  return {
    get() {
      if (present && !endsSoon(present)) return Promise.resolve(present)
      coming ??= fetchToken().finally(() => {
        coming = undefined
      })
      return coming
    },
    refused(token) {
      if (present === token) present = undefined
    },
  }
}

/** Returns whether the token expires soon. One without an expiry is used until the API rejects it. */
function endsSoon(token: string): boolean {
  const { exp } = claimsOf(token)
  return exp !== undefined && exp * 1000 - Date.now() < MARGIN_MS
}

/** Reads a JWT's claims without verifying them. Only the API decides whether the token is valid. */
function claimsOf(token: string): { exp?: number } {
  try {
    const [, payload = ''] = token.split('.')
    return JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))) as { exp?: number }
  } catch {
    return {}
  }
}

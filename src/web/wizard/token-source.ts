/** Tokens are renewed this long before they end, so that none ends on its way. */
const MARGIN_MS = 30_000
const PATIENCE_MS = 15_000

/** Nobody is signed in at the host, or no longer. */
export class SignedOutError extends Error {
  override readonly name = 'SignedOutError'
}

/** The token of whoever is signed in, fetched when needed and renewed before it ends. */
export interface TokenSource {
  /** Rejects with a SignedOutError when the host knows nobody, and with any other error when it was not reached. */
  get(): Promise<string>
  /** The API takes this token no more: the next one is fetched. */
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
      throw new SignedOutError('Nobody is signed in.')
    }
    if (!response.ok) throw new Error(`The token’s address answered ${response.status}.`)
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

/** A token that does not say when it ends is used until it is refused. */
function endsSoon(token: string): boolean {
  const { exp } = claimsOf(token)
  return exp !== undefined && exp * 1000 - Date.now() < MARGIN_MS
}

/** What a JWT says, unverified: only the API decides what it is worth. */
function claimsOf(token: string): { exp?: number } {
  try {
    const [, payload = ''] = token.split('.')
    return JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))) as { exp?: number }
  } catch {
    return {}
  }
}

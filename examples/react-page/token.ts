/** A token that lasts less than this is replaced, so that it doesn't end on its way. */
const MARGIN_MS = 60_000

/**
 * Returns a function that resolves with a valid token of the signed-in user. It's kept in memory only, and asked for once
 * for all who need it at the same time.
 * @param url your token endpoint: `{ "token": "…" }`, or 401 if no one is signed in
 */
export function createAccessToken(url: string): () => Promise<string> {
  let present: { token: string; expiresAt: number } | undefined
  let asked: Promise<string> | undefined

  async function ask(): Promise<string> {
    const response = await fetch(url, { credentials: 'include', headers: { accept: 'application/json' } })
    if (response.status === 401) throw new Error('You’re signed out. Sign in, and reload this page.')
    if (!response.ok)
      throw new Error(`The token endpoint ${url} answered ${response.status}. ${await reasonIn(response)}`)
    const { token } = (await response.json()) as { token: string }
    present = { token, expiresAt: expiryOf(token) }
    return token
  }

  return () => {
    if (present && present.expiresAt - Date.now() > MARGIN_MS) return Promise.resolve(present.token)
    asked ??= ask().finally(() => {
      asked = undefined
    })
    return asked
  }
}

/** What an endpoint says about a failure, if that's text for people. */
async function reasonIn(response: Response): Promise<string> {
  return response.headers.get('content-type')?.startsWith('text/plain') ? await response.text() : ''
}

/** When a JWT expires, in ms since 1970. It's read, not verified: Patchbay does that. */
function expiryOf(token: string): number {
  const [, payload = ''] = token.split('.')
  const { exp } = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))) as { exp: number }
  return exp * 1_000
}

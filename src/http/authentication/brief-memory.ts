/** How long a result for a token is remembered. Changes take effect everywhere within this time. */
const LIFETIME_MS = 2_000
/** More than this is someone who tries one token after another. */
const MAX_REMEMBERED = 10_000

interface Remembered<T> {
  answer: Promise<T>
  until: number
}

/**
 * Shares one lookup among all callers that ask for the same token within two seconds. Errors are not remembered.
 * @param ask looks up a token of bounded length
 */
export function createBriefMemory<T>(ask: (token: string) => Promise<T>): (token: string) => Promise<T> {
  const remembered = new Map<string, Remembered<T>>()

  function forgetOld(now: number): void {
    // In the order in which they expire, because all of them last equally long.
    for (const [token, { until }] of remembered) {
      if (until > now && remembered.size < MAX_REMEMBERED) return
      remembered.delete(token)
    }
  }

  return (token) => {
    const now = performance.now()
    const known = remembered.get(token)
    if (known && known.until > now) return known.answer
    remembered.delete(token)
    forgetOld(now)
    // From the start of the lookup, because its result may not include later changes.
    const asked: Remembered<T> = { answer: ask(token), until: now + LIFETIME_MS }
    remembered.set(token, asked)
    asked.answer.catch(() => {
      if (remembered.get(token) === asked) remembered.delete(token)
    })
    return asked.answer
  }
}

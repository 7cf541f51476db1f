/** What was found for a token is believed for this long, so that it takes effect everywhere within this time when it changes. */
const LIFETIME_MS = 2_000
/** More would be somebody who tries one token after the other. */
const MAX_REMEMBERED = 10_000

interface Remembered<T> {
  answer: Promise<T>
  until: number
}

/**
 * The same question, asked once for all who ask it within two seconds. An error is not remembered.
 * @param ask about a token of a bounded length
 */
export function createBriefMemory<T>(ask: (token: string) => Promise<T>): (token: string) => Promise<T> {
  const remembered = new Map<string, Remembered<T>>()

  function forgetOld(now: number): void {
    // In the order in which they end, because all last equally long.
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
    // From the asking on, because what changes meanwhile may not be in the answer.
    const asked: Remembered<T> = { answer: ask(token), until: now + LIFETIME_MS }
    remembered.set(token, asked)
    asked.answer.catch(() => {
      if (remembered.get(token) === asked) remembered.delete(token)
    })
    return asked.answer
  }
}

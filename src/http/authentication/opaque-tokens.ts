import type { LookUp } from './batched-lookup.js'

/** How long a result for a token is remembered. Changes take effect everywhere within this time. */
const LIFETIME_MS = 2_000
/** More than this is someone who tries one token after another. */
const MAX_REMEMBERED = 10_000

interface Remembered<T> {
  answer: Promise<T>
  until: number
}

/** Tokens that only the database knows. */
export class OpaqueTokens<T> {
  readonly #lookUp: LookUp<T>
  readonly #remembered = new Map<string, Remembered<T>>()
  /** Tokens whose last lookup accepted them, the latest ones last. */
  readonly #accepted = new Set<string>()

  constructor(lookUp: LookUp<T>) {
    this.#lookUp = lookUp
  }

  /**
   * Looks up a token of bounded length. All callers that ask for the same one within two seconds share a lookup. Errors
   * are not remembered.
   * @param patiently whether a token that wasn't accepted before may wait for the lookup of others
   */
  find(token: string, patiently: () => boolean): Promise<T> {
    const now = performance.now()
    const known = this.#remembered.get(token)
    if (known && known.until > now) return known.answer
    this.#remembered.delete(token)
    this.#forgetOld(now)
    // From the start of the lookup, because its result may not include later changes.
    const asked: Remembered<T> = {
      answer: this.#lookUp(token, !this.#accepted.has(token) && patiently()),
      until: now + LIFETIME_MS,
    }
    this.#remembered.set(token, asked)
    asked.answer.catch(() => {
      if (this.#remembered.get(token) === asked) this.#remembered.delete(token)
    })
    return asked.answer
  }

  /**
   * Notes whether a token was accepted.
   * @returns whether it had been accepted before
   */
  note(token: string, isAccepted: boolean): boolean {
    const wasAccepted = this.#accepted.delete(token)
    if (isAccepted) this.#accepted.add(token)
    const [oldest] = this.#accepted.size > MAX_REMEMBERED ? this.#accepted : []
    if (oldest !== undefined) this.#accepted.delete(oldest)
    return wasAccepted
  }

  #forgetOld(now: number): void {
    // In the order in which they expire, because all of them last about equally long.
    for (const [token, { until }] of this.#remembered) {
      if (until > now && this.#remembered.size < MAX_REMEMBERED) return
      this.#remembered.delete(token)
    }
  }
}

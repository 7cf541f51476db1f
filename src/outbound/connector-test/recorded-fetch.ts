import type { GuardedFetch } from '../guarded-fetch.js'
import type { Answer } from './token-meaning.js'

/** What one request led to. */
export interface Recorded {
  answer?: Answer
  /** Why there is no answer. */
  error?: unknown
}

/** A fetch that also notes its last answer, as it came. */
export function recordedFetch(fetch: GuardedFetch): { fetch: GuardedFetch; recorded: Recorded } {
  const recorded: Recorded = {}
  return {
    recorded,
    async fetch(url, request) {
      try {
        const response = await fetch(url, request)
        const challenge = response.headers.get('www-authenticate')
        recorded.answer = { status: response.status, text: await response.clone().text(), challenge }
        return response
      } catch (error) {
        recorded.error = error
        throw error
      }
    },
  }
}

import { UUID } from '../formats.js'
import type { RateLimit } from '../rate-limit/rate-limit.js'
import { shownKeyId } from './api-key/key-form.js'

const OF_ADDRESSES: ReadonlySet<RateLimit> = new Set(['wrong-credentials', 'unknown-pages', 'staging-passwords'])

/**
 * Returns how logs name the caller that a rate limit refused.
 *
 * 1. Wrong credentials, wrong passwords and unknown pages count for an address.
 * 2. Refreshes count for a connection.
 * 3. Everything else counts for a user, whose id is a UUID, or for an API key.
 */
export function shownCaller(limit: RateLimit, caller: string): string {
  if (OF_ADDRESSES.has(limit)) return `address ${caller || 'unknown'}`
  if (limit === 'refreshes') return `connection ${caller}`
  return UUID.test(caller) ? `user ${caller}` : `key ${shownKeyId(caller)}`
}

import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { RateLimitedError } from '../../domain/rate-limit/rate-limited-error.js'
import type { RateLimits } from '../../domain/rate-limit/rate-limits.js'
import type { Authenticate } from '../authentication/authenticate.js'
import { AuthenticationError } from '../authentication/authentication-error.js'
import { delayRefusal } from '../refusals.js'

/** How long people stay signed in. */
const STAY_MS = 12 * 3_600_000

/** Decides who may enter a staging. */
export interface Doorkeeper {
  /**
   * Returns until when someone with this secret may stay, or null if it is wrong.
   * @param secret the password or, without one, a token of the host's user
   * @throws RateLimitedError after too many wrong ones from this address
   */
  admit(secret: string, address: () => string): Promise<Date | null>
  /** Reads the secret that a program sends in its Authorization header. */
  secretIn(request: Pick<IncomingMessage, 'headers'>): string | undefined
}

/** Admits those who know the password. */
export function createPasswordDoorkeeper(password: string, rateLimits: Pick<RateLimits, 'take' | 'check'>): Doorkeeper {
  const expected = digest(password)
  /** Nothing here waits, so that no one can send many guesses at a time before the first one counts. */
  function judged(secret: string, address: string): Date | null {
    rateLimits.check('staging-passwords', address)
    if (timingSafeEqual(digest(secret), expected)) return new Date(Date.now() + STAY_MS)
    rateLimits.take('staging-passwords', address)
    return null
  }
  return {
    async admit(secret, address) {
      try {
        const until = judged(secret, address())
        if (!until) await delayRefusal()
        return until
      } catch (error) {
        if (error instanceof RateLimitedError) await delayRefusal()
        throw error
      }
    },
    secretIn({ headers }) {
      const [, encoded] = /^Basic ([\w+/=-]+)$/i.exec(headers.authorization ?? '') ?? []
      if (encoded === undefined) return undefined
      const text = Buffer.from(encoded, 'base64').toString()
      return text.slice(text.indexOf(':') + 1) // under any user name
    },
  }
}

/** Admits the host's signed-in users. */
export function createTokenDoorkeeper(authenticate: Authenticate): Doorkeeper {
  return {
    async admit(token, address) {
      try {
        const caller = await authenticate(`Bearer ${token}`, address)
        // Setup sessions and API keys are for programs that act for someone.
        if (caller.kind !== 'user' || caller.viewer.session) return null
        const stay = Date.now() + STAY_MS
        return new Date(Math.min(stay, caller.viewer.expiresAt?.getTime() ?? stay))
      } catch (error) {
        if (error instanceof AuthenticationError) return null
        throw error
      }
    },
    secretIn: ({ headers }) => /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1],
  }
}

/** Of one length, so that comparing says nothing about the password's. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

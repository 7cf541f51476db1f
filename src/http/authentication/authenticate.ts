import { parseKey } from '../../domain/access/api-key/key-form.js'
import type { VerifiedKey } from '../../domain/access/api-key/verify-keys.js'
import { parseSessionToken } from '../../domain/access/setup-session/session-token.js'
import type { Caller } from '../../domain/identity/caller.js'
import type { Viewer } from '../../domain/identity/viewer.js'
import type { Telemetry } from '../../domain/ports/telemetry.js'
import { RateLimitedError } from '../../domain/rate-limit/rate-limited-error.js'
import type { RateLimits } from '../../domain/rate-limit/rate-limits.js'
import { delayRefusal } from '../refusals.js'
import { AuthenticationError } from './authentication-error.js'
import { createBatchedLookup } from './batched-lookup.js'
import { type CredentialKind, credentialKind } from './credential-kind.js'
import type { VerifyToken } from './host-tokens.js'
import { OpaqueTokens } from './opaque-tokens.js'

const MAX_REMEMBERED = 10_000

/**
 * @param address returns the address that the caller comes from
 * @throws AuthenticationError; RateLimitedError if too many credentials that can't be verified come from there
 */
export type Authenticate = (authorization: string | null | undefined, address: () => string) => Promise<Caller>

interface Remembered {
  viewer: Viewer
  /** In milliseconds since 1970. */
  until: number
}

interface Options {
  verifyToken: VerifyToken
  verifyKeys: (keys: readonly string[]) => Promise<VerifiedKey[]>
  /** Returns the user and the setup of each setup session's token, or null. */
  verifySessions: (tokens: readonly string[]) => Promise<(Viewer | null)[]>
  onKeyUsed: (keyId: string) => void
  rateLimits: Pick<RateLimits, 'take' | 'refuses'>
  telemetry: Pick<Telemetry, 'keyRefused' | 'credentialRefused'>
}

/**
 * Authenticates every caller over HTTP, SSE and WebSocket by verifying its `Bearer` token. A host's token is remembered
 * until it expires, or for a minute if one of the host's published keys verified it, because the host may withdraw the
 * key. API keys and setup sessions are remembered for two seconds.
 *
 * Credentials that can't be verified count for their address, and from some number on they are refused as too many.
 * Nothing else is: not the right credentials of others at that address, which may be a proxy's, nor their expired tokens,
 * whose owners have to learn that. Until then, keys and sessions that are new there wait for a shared lookup, so that
 * guesses don't cost the database a statement each.
 */
export function createAuthenticate(options: Options): Authenticate {
  const { verifyToken, onKeyUsed, rateLimits, telemetry } = options
  const keys = new OpaqueTokens(createBatchedLookup(options.verifyKeys))
  const sessions = new OpaqueTokens(createBatchedLookup(options.verifySessions))
  const remembered = new Map<string, Remembered>()

  async function keyCaller(text: string, address: () => string): Promise<Caller> {
    const { key, refused } = parseKey(text) ? await keys.find(text, () => isSuspect(address())) : DAMAGED
    const wasAccepted = keys.note(text, key !== null)
    if (key) {
      onKeyUsed(key.id)
      return { kind: 'api-key', key }
    }
    telemetry.keyRefused(refused)
    const error = new AuthenticationError(
      'api-key',
      'This API key isn’t valid. Check that it’s complete. Operators can list the keys with npm run operator -- list-keys.',
    )
    throw wasAccepted ? error : unverified(error, address)
  }

  async function sessionCaller(text: string, address: () => string): Promise<Caller> {
    const viewer = parseSessionToken(text) ? await sessions.find(text, () => isSuspect(address())) : null
    const wasAccepted = sessions.note(text, viewer !== null)
    if (viewer) return { kind: 'user', viewer }
    const error = new AuthenticationError(
      'setup-session',
      'This setup session is invalid or has expired. Create a new one with createSetupSession.',
    )
    throw wasAccepted ? error : unverified(error, address)
  }

  function isSuspect(address: string): boolean {
    return rateLimits.refuses('wrong-credentials', address)
  }

  /** Returns the error. @throws RateLimitedError if there were too many from this address */
  function unverified(error: AuthenticationError, address: () => string): AuthenticationError {
    rateLimits.take('wrong-credentials', address())
    return error
  }

  function kindOf(token: string, address: () => string): CredentialKind {
    try {
      return credentialKind(token)
    } catch (error) {
      throw error instanceof AuthenticationError && error.reason === 'malformed' ? unverified(error, address) : error
    }
  }

  async function callerOf(authorization: string | null | undefined, address: () => string): Promise<Caller> {
    const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1] ?? ''
    const kind = kindOf(token, address)
    if (kind === 'api-key') return keyCaller(token, address)
    if (kind === 'setup-session') return sessionCaller(token, address)
    const known = remembered.get(token)
    if (known && Date.now() < known.until) return { kind: 'user', viewer: known.viewer }
    remembered.delete(token)
    const { viewer, forMs } = await verifyToken(token).catch((error) => {
      throw error instanceof AuthenticationError && !isSigned(error) ? unverified(error, address) : error
    })
    if (remembered.size >= MAX_REMEMBERED) {
      const [oldest] = remembered.keys()
      if (oldest !== undefined) remembered.delete(oldest)
    }
    remembered.set(token, { viewer, until: Math.min(viewer.expiresAt?.getTime() ?? 0, Date.now() + forMs) })
    return { kind: 'user', viewer }
  }

  return (authorization, address) =>
    callerOf(authorization, address).catch(async (error) => {
      if (error instanceof RateLimitedError) await delayRefusal()
      if (error instanceof AuthenticationError) {
        telemetry.credentialRefused(error.reason, error.message, error.mismatch)
      }
      throw error
    })
}

/** Returns whether the token's signature was right, so that no one guessed it. */
function isSigned({ reason }: AuthenticationError): boolean {
  return reason === 'expired' || reason === 'claim'
}

const DAMAGED: VerifiedKey = { key: null, refused: 'damaged' }

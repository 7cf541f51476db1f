import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose'
import type { TokenConfig } from '../../config/environment.js'
import { KEY_PREFIX, parseKey } from '../../domain/access/api-key/key-form.js'
import type { VerifiedKey } from '../../domain/access/api-key/verify-keys.js'
import { parseSessionToken, SESSION_PREFIX } from '../../domain/access/setup-session/session-token.js'
import type { Caller } from '../../domain/identity/caller.js'
import type { Viewer } from '../../domain/identity/viewer.js'
import type { CredentialRefusal, Telemetry } from '../../domain/ports/telemetry.js'
import { RateLimitedError } from '../../domain/rate-limit/rate-limited-error.js'
import type { RateLimits } from '../../domain/rate-limit/rate-limits.js'
import { DEVELOPMENT_ISSUER } from '../development/development-issuer.js'
import { delayRefusal } from '../refusals.js'
import { AuthenticationError } from './authentication-error.js'
import { createBatchedLookup } from './batched-lookup.js'
import { viewerFromClaims } from './claims.js'
import { OpaqueTokens } from './opaque-tokens.js'
import { createVerifySecret } from './shared-secret.js'

const ASYMMETRIC = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']
const MAX_REMEMBERED = 10_000
/** After this time, the host's keys are fetched again, and tokens that they verified are verified again. */
const KEYS_LIFETIME_MS = 60_000
/** How long the last keys count if the host doesn't serve any. */
const LAST_KEYS_COUNT_MS = 10 * 60_000
/** For every token. */
const CHECKS = { requiredClaims: ['exp'], clockTolerance: '5 seconds' }

class KeysUnavailableError extends Error {
  override readonly name = 'KeysUnavailableError'
}

/**
 * @param address returns the address that the caller comes from
 * @throws AuthenticationError; RateLimitedError if too many credentials that can't be verified come from there
 */
export type Authenticate = (authorization: string | null | undefined, address: () => string) => Promise<Caller>

interface Verified {
  payload: JWTPayload
  /** How long the signature counts without being verified again. */
  forMs: number
}

interface Remembered {
  viewer: Viewer
  /** In milliseconds since 1970. */
  until: number
}

interface Options {
  tokens: TokenConfig
  /** The secret of the development issuer. Undefined in production, where its tokens are invalid. */
  developmentSecret: string | undefined
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
  const { tokens, developmentSecret, onKeyUsed, rateLimits, telemetry } = options
  const keys = new OpaqueTokens(createBatchedLookup(options.verifyKeys))
  const sessions = new OpaqueTokens(createBatchedLookup(options.verifySessions))
  const remembered = new Map<string, Remembered>()
  const verifyDevelopment = developmentSecret === undefined ? undefined : createVerifySecret(developmentSecret)
  const verifyHost = tokens.secret === undefined ? undefined : createVerifySecret(tokens.secret)
  const jwks = tokens.jwksUrl === undefined ? undefined : remoteKeys(new URL(tokens.jwksUrl))

  async function verified(token: string): Promise<Verified> {
    const { alg } = decodeProtectedHeader(token)
    if (verifyDevelopment && decodeJwt(token).iss === DEVELOPMENT_ISSUER) {
      return { payload: verifyDevelopment(token, { ...CHECKS, issuer: DEVELOPMENT_ISSUER }), forMs: Infinity }
    }
    const expected = {
      ...CHECKS,
      ...(tokens.issuer !== undefined && { issuer: tokens.issuer }),
      ...(tokens.audience !== undefined && { audience: tokens.audience }),
    }
    // The key decides the algorithm, never the token, because a public key is not a shared secret.
    if (alg === 'HS256' && verifyHost) return { payload: verifyHost(token, expected), forMs: Infinity }
    if (jwks) {
      const { payload } = await jwtVerify(token, jwks, { ...expected, algorithms: ASYMMETRIC })
      return { payload, forMs: KEYS_LIFETIME_MS }
    }
    throw new AuthenticationError('algorithm', 'The token’s signature algorithm isn’t configured on this server.')
  }

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
      'This setup session is invalid or has expired. Create a new one.',
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

  /** Returns what to answer to a token that isn't valid. @throws RateLimitedError, KeysUnavailableError */
  function refusalOf(error: unknown, address: () => string): AuthenticationError {
    if (error instanceof KeysUnavailableError) throw error
    // In both cases, the signature was right.
    if (error instanceof errors.JWTExpired)
      return new AuthenticationError('expired', 'The token has expired. Get a new one from your application.')
    if (error instanceof errors.JWTClaimValidationFailed)
      return new AuthenticationError(
        'claim',
        `The token’s ${error.claim} claim doesn’t match what this server expects.`,
      )
    const isExplained = error instanceof AuthenticationError
    return unverified(isExplained ? error : new AuthenticationError(reasonOf(error), 'The token is invalid.'), address)
  }

  async function callerOf(authorization: string | null | undefined, address: () => string): Promise<Caller> {
    const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1] ?? ''
    if (token.startsWith(KEY_PREFIX)) return keyCaller(token, address)
    if (token.startsWith(SESSION_PREFIX)) return sessionCaller(token, address)
    const expected = `your user’s token, an API key (${KEY_PREFIX}…) or a setup session (${SESSION_PREFIX}…)`
    if (!token)
      throw new AuthenticationError('missing', `Authentication required. Send Authorization: Bearer with ${expected}.`)
    if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token))
      throw unverified(
        new AuthenticationError('malformed', `This isn’t a token, or only a part of one. Send ${expected}.`),
        address,
      )
    const known = remembered.get(token)
    if (known && Date.now() < known.until) return { kind: 'user', viewer: known.viewer }
    remembered.delete(token)
    const { payload, forMs } = await verified(token).catch((error) => {
      throw refusalOf(error, address)
    })
    const viewer = viewerFromClaims(payload, tokens)
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
      if (error instanceof AuthenticationError) telemetry.credentialRefused(error.reason, error.message)
      throw error
    })
}

/** Returns why jose refuses a token, if that isn't for its claims. */
function reasonOf(error: unknown): CredentialRefusal {
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return 'unknown-key'
  return error instanceof errors.JWSSignatureVerificationFailed ? 'signature' : 'malformed'
}

const DAMAGED: VerifiedKey = { key: null, refused: 'damaged' }

/**
 * The host's keys. If they can't be fetched, the last ones count for a while. After that, it is a fault and not a
 * rejection, because it says nothing about a token.
 */
function remoteKeys(url: URL): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(url, { cacheMaxAge: KEYS_LIFETIME_MS })
  let freshAt = 0
  return async (header, token) => {
    try {
      const key = await keys(header, token)
      freshAt = Date.now()
      return key
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error
      const last = keys.jwks()
      if (last && Date.now() < freshAt + LAST_KEYS_COUNT_MS) return createLocalJWKSet(last)(header, token)
      throw new KeysUnavailableError('the host’s JWKS cannot be read', { cause: error })
    }
  }
}

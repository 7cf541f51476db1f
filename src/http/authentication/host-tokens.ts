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
import type { Viewer } from '../../domain/identity/viewer.js'
import type { CredentialRefusal } from '../../domain/ports/telemetry.js'
import { DEVELOPMENT_ISSUER } from '../development/development-issuer.js'
import { AuthenticationError } from './authentication-error.js'
import { viewerFromClaims } from './claims.js'
import { createVerifySecret } from './shared-secret.js'

const ASYMMETRIC = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']
/** After this time, the host's keys are fetched again, and tokens that they verified are verified again. */
const KEYS_LIFETIME_MS = 60_000
/** How long the last keys count if the host doesn't serve any. */
const LAST_KEYS_COUNT_MS = 10 * 60_000
/** For every token. */
const CHECKS = { requiredClaims: ['exp'], clockTolerance: '5 seconds' }

export class KeysUnavailableError extends Error {
  override readonly name = 'KeysUnavailableError'
}

export interface VerifiedToken {
  viewer: Viewer
  /** How long the signature counts without being verified again. */
  forMs: number
}

/** @throws AuthenticationError, KeysUnavailableError */
export type VerifyToken = (token: string) => Promise<VerifiedToken>

/**
 * Verifies users' tokens: the host's, signed with a shared secret or one of its published keys, and in development those
 * of the built-in issuer.
 * @param developmentSecret the secret of the development issuer. Undefined in production, where its tokens are invalid
 */
export function createVerifyToken(tokens: TokenConfig, developmentSecret: string | undefined): VerifyToken {
  const verifyDevelopment = developmentSecret === undefined ? undefined : createVerifySecret(developmentSecret)
  const verifyHost = tokens.secret === undefined ? undefined : createVerifySecret(tokens.secret)
  const jwks = tokens.jwksUrl === undefined ? undefined : remoteKeys(new URL(tokens.jwksUrl))

  async function verified(token: string): Promise<{ payload: JWTPayload; forMs: number }> {
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

  return async (token) => {
    const { payload, forMs } = await verified(token).catch((error) => {
      throw refusalOf(error)
    })
    return { viewer: viewerFromClaims(payload, tokens), forMs }
  }
}

/** Returns what to answer to a token that isn't valid. */
function refusalOf(error: unknown): Error {
  if (error instanceof KeysUnavailableError || error instanceof AuthenticationError) return error
  if (error instanceof errors.JWTExpired) {
    return new AuthenticationError('expired', 'The token has expired. Get a new one from your application.')
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    return new AuthenticationError('claim', `The token’s ${error.claim} claim doesn’t match what this server expects.`)
  }
  return new AuthenticationError(reasonOf(error), 'The token is invalid.')
}

/** Returns why jose refuses a token, if that isn't for its claims. */
function reasonOf(error: unknown): CredentialRefusal {
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return 'unknown-key'
  return error instanceof errors.JWSSignatureVerificationFailed ? 'signature' : 'malformed'
}

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

import { decodeJwt, decodeProtectedHeader, errors, type FetchImplementation, type JWTPayload, jwtVerify } from 'jose'
import type { TokenConfig } from '../../config/environment.js'
import type { HostIssuers } from '../../domain/identity/host-issuers.js'
import type { Viewer } from '../../domain/identity/viewer.js'
import type { CredentialRefusal } from '../../domain/ports/telemetry.js'
import { DEVELOPMENT_ISSUER } from '../development/development-issuer.js'
import { AuthenticationError } from './authentication-error.js'
import { viewerFromClaims } from './claims.js'
import { createHostKeys, type HostKeys, KEYS_LIFETIME_MS, type KeysChanged, KeysUnavailableError } from './host-keys.js'
import { createVerifySecret } from './shared-secret.js'

const ASYMMETRIC = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']
/** For every token. */
const CHECKS = { requiredClaims: ['exp'], clockTolerance: '5 seconds' }

export interface VerifiedToken {
  viewer: Viewer
  /** How long the signature counts without being verified again. */
  forMs: number
}

/** @throws AuthenticationError, KeysUnavailableError */
export type VerifyToken = (token: string) => Promise<VerifiedToken>

export interface HostTokens {
  verify: VerifyToken
  /** Whether every JWKS can be read now. Undefined if there is none. */
  canReadKeys: (() => Promise<boolean>) | undefined
}

/** Returns the issuers whose tokens `createHostTokens` accepts, for those who name the users of such tokens. */
export function acceptedIssuers(
  { issuers, formerIssuers, secret, jwksUrls }: TokenConfig,
  { development }: { development: boolean },
): HostIssuers {
  const [main = DEVELOPMENT_ISSUER, ...further] = issuers
  const others = development && main !== DEVELOPMENT_ISSUER ? [...further, DEVELOPMENT_ISSUER] : further
  const isVerifiable = secret !== undefined || jwksUrls.length > 0
  return { main, former: formerIssuers, others, any: issuers.length === 0 && isVerifiable }
}

interface HostTokensOptions {
  tokens: TokenConfig
  /** The secret of the development issuer. Undefined in production, where its tokens are invalid. */
  developmentSecret: string | undefined
  keysChanged?: KeysChanged
  /** Fetches the JWKS, by default directly. */
  fetchKeys?: FetchImplementation | undefined
}

/**
 * Verifies users' tokens: the host's, signed with a shared secret or one of its published keys, and in development those
 * of the built-in issuer.
 */
export function createHostTokens(options: HostTokensOptions): HostTokens {
  const { tokens, developmentSecret, fetchKeys, keysChanged = () => {} } = options
  const { issuers, audience } = tokens
  const verifyDevelopment = developmentSecret === undefined ? undefined : createVerifySecret(developmentSecret)
  const verifyHost = tokens.secret === undefined ? undefined : createVerifySecret(tokens.secret)
  const keySets = tokens.jwksUrls.map((url) => createHostKeys(url, keysChanged, fetchKeys))
  const expected = {
    ...CHECKS,
    ...(issuers.length > 0 && { issuer: [...issuers] }),
    ...(audience !== undefined && { audience }),
  }

  /** One JWKS has the keys of all issuers. Several have those of one each, which sign for no other. */
  function keysOf(issuer: string | undefined): HostKeys | undefined {
    return keySets.length === 1 ? keySets[0] : keySets[issuers.indexOf(issuer ?? '')]
  }

  async function verified(token: string): Promise<{ payload: JWTPayload; forMs: number }> {
    const { alg } = decodeProtectedHeader(token)
    const { iss } = decodeJwt(token)
    if (verifyDevelopment && iss === DEVELOPMENT_ISSUER) {
      return { payload: verifyDevelopment(token, { ...CHECKS, issuer: DEVELOPMENT_ISSUER }), forMs: Infinity }
    }
    // The key decides the algorithm, never the token, because a public key is not a shared secret.
    if (alg === 'HS256' && verifyHost) return { payload: verifyHost(token, expected), forMs: Infinity }
    if (keySets.length > 0) {
      const keys = keysOf(iss)
      if (!keys) throw mismatch('unknown-issuer', 'iss', decodeJwt(token), tokens)
      const { payload } = await jwtVerify(token, keys.keyOf, { ...expected, algorithms: ASYMMETRIC })
      return { payload, forMs: KEYS_LIFETIME_MS }
    }
    throw new AuthenticationError(
      'algorithm',
      'The token’s signature algorithm isn’t configured on this server. Operators configure the key that verifies it.',
    )
  }

  return {
    async verify(token) {
      const { payload, forMs } = await verified(token).catch((error) => {
        throw refusalOf(error, tokens)
      })
      return { viewer: viewerFromClaims(payload, tokens), forMs }
    },
    canReadKeys:
      keySets.length === 0
        ? undefined
        : async () => {
            const readable = await Promise.all(keySets.map((keys) => keys.check()))
            return readable.every(Boolean)
          },
  }
}

/** Of a claim in the log. */
const MAX_SHOWN = 200

/** @param reason `claim` only if the signature is right, because wrong credentials count for their address */
function mismatch(
  reason: 'claim' | 'unknown-issuer',
  claim: string,
  payload: JWTPayload,
  { issuers, audience }: TokenConfig,
): AuthenticationError {
  const message = `The token’s ${claim} claim doesn’t match what this server expects.`
  if (claim !== 'iss' && claim !== 'aud') {
    return new AuthenticationError(reason, `${message} Get a new token from your application.`)
  }
  const { [claim]: actual } = payload
  return new AuthenticationError(reason, `${message} Operators find both values in the log.`, {
    claim,
    expected: claim === 'iss' ? issuers : [audience ?? ''],
    actual: actual === undefined ? null : String(actual).slice(0, MAX_SHOWN),
  })
}

/** Returns what to answer to a token that isn't valid. */
function refusalOf(error: unknown, tokens: TokenConfig): Error {
  if (error instanceof KeysUnavailableError || error instanceof AuthenticationError) return error
  if (error instanceof errors.JWTExpired) {
    return new AuthenticationError('expired', 'The token has expired. Get a new one from your application.')
  }
  if (error instanceof errors.JWTClaimValidationFailed) return mismatch('claim', error.claim, error.payload, tokens)
  return new AuthenticationError(reasonOf(error), 'The token is invalid. Get a new one from your application.')
}

/** Returns why jose refuses a token, if that isn't for its claims. */
function reasonOf(error: unknown): CredentialRefusal {
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return 'unknown-key'
  return error instanceof errors.JWSSignatureVerificationFailed ? 'signature' : 'malformed'
}

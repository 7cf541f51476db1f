import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto'
import { decodeProtectedHeader, errors, type JWTClaimVerificationOptions, type JWTPayload, UnsecuredJWT } from 'jose'

/** The header of a JWT without a signature (RFC 7519 §6). */
const UNSECURED = Buffer.from('{"alg":"none"}').toString('base64url')

/** @throws JOSEError if the signature or a claim isn't right */
export type VerifySecret = (token: string, expected: JWTClaimVerificationOptions) => JWTPayload

/**
 * Verifies tokens that are signed with a shared secret (HS256). Node computes the signature, because jose would hand each
 * one to a thread of Web Crypto, which takes ten times as long. The claims are checked by jose, which gets them as a
 * token without a signature once that is verified.
 */
export function createVerifySecret(secret: string): VerifySecret {
  const key = createSecretKey(secret, 'utf8')
  return (token, expected) => {
    const end = token.lastIndexOf('.')
    const { alg, crit } = decodeProtectedHeader(token)
    if (alg !== 'HS256' || crit !== undefined) throw new errors.JWSInvalid('unexpected header parameters')
    const signature = createHmac('sha256', key).update(token.slice(0, end)).digest()
    const given = Buffer.from(token.slice(end + 1), 'base64url')
    if (given.length !== signature.length || !timingSafeEqual(given, signature)) {
      throw new errors.JWSSignatureVerificationFailed()
    }
    const claims = token.slice(token.indexOf('.'), end + 1)
    return UnsecuredJWT.decode(`${UNSECURED}${claims}`, expected).payload
  }
}

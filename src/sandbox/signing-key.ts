import { generateKeyPair, randomUUID } from 'node:crypto'
import { promisify } from 'node:util'

/** A private JWK. */
export interface SigningKey {
  kty: string
  [member: string]: unknown
}

/** An RS256 key for ID tokens, the algorithm every client expects. Slow to make, so that the apps share one. */
export async function generateSigningKey(): Promise<SigningKey> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  const { kty = 'RSA', ...jwk } = privateKey.export({ format: 'jwk' })
  return { ...jwk, kty, alg: 'RS256', use: 'sig', kid: randomUUID() }
}

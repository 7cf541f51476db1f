import { generateKeyPair, randomUUID } from 'node:crypto'
import { promisify } from 'node:util'

/** A private JWK. */
export interface SigningKey {
  kty: string
  [member: string]: unknown
}

/** Makes a key for ID tokens, for RS256, which every client supports. That is slow, so the apps share one key. */
export async function generateSigningKey(): Promise<SigningKey> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  const { kty = 'RSA', ...jwk } = privateKey.export({ format: 'jwk' })
  return { ...jwk, kty, alg: 'RS256', use: 'sig', kid: randomUUID() }
}

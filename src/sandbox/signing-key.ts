import { generateKeyPair, randomUUID } from 'node:crypto'
import { promisify } from 'node:util'

/** A private JWK. */
export interface SigningKey {
  kty: string
  [member: string]: unknown
}

let own: Promise<SigningKey> | undefined

/**
 * This process's key for ID tokens, for RS256, which every client supports. To make one is slow, so every app of every
 * sandbox shares it.
 */
export function ownSigningKey(): Promise<SigningKey> {
  own ??= generateSigningKey()
  return own
}

async function generateSigningKey(): Promise<SigningKey> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  const { kty = 'RSA', ...jwk } = privateKey.export({ format: 'jwk' })
  return { ...jwk, kty, alg: 'RS256', use: 'sig', kid: randomUUID() }
}

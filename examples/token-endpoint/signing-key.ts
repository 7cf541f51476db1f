import { readFile } from 'node:fs/promises'
import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importPKCS8,
  type JWK,
  SignJWT,
} from 'jose'
import type { User } from './sessions.js'

const ALGORITHM = 'ES256'

/** Short, so that signing out takes effect quickly. The wizard gets a new token before this one ends. */
const LIFETIME_SECONDS = 600

/** The key that signs your users' tokens, and what Patchbay verifies them with. */
export interface SigningKey {
  /** A token for Patchbay, for the user who is signed in. */
  sign(user: User, claims: { issuer: string; audience: string }): Promise<string>
  /** The public key, as `PATCHBAY_JWKS_URL` returns it. */
  jwks: { keys: JWK[] }
}

/**
 * Reads the key, or makes one that lasts as long as this process.
 * @param file a private key in PKCS #8: `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256`
 */
export async function openSigningKey(file: string | undefined): Promise<SigningKey> {
  const privateKey = file === undefined ? await generated() : await read(file)
  const { kty, crv, x, y } = await exportJWK(privateKey)
  // Only these members are public.
  const publicJwk = { kty, crv, x, y } as JWK
  const kid = await calculateJwkThumbprint(publicJwk)
  return {
    jwks: { keys: [{ ...publicJwk, kid, alg: ALGORITHM, use: 'sig' }] },
    sign: ({ id, name, organization }, { issuer, audience }) =>
      new SignJWT({ org: organization.id, org_name: organization.name, name })
        .setProtectedHeader({ alg: ALGORITHM, kid })
        .setSubject(id)
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime(`${LIFETIME_SECONDS}s`)
        .sign(privateKey),
  }
}

async function generated(): Promise<CryptoKey> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true })
  return privateKey
}

async function read(file: string): Promise<CryptoKey> {
  return importPKCS8(await readFile(file, 'utf8'), ALGORITHM, { extractable: true })
}

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** The SHA-256 of a high-entropy secret. The database stores only this. */
export function hashSecret(secret: string): Buffer<ArrayBuffer> {
  return createHash('sha256').update(secret).digest() as Buffer<ArrayBuffer>
}

/** A regular expression for what `newSecret` returns, as text. */
export const SECRET_PATTERN = '[A-Za-z0-9_-]{43}'

/** Returns 256 random bits in base64url. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

export function matchesHash(secret: string | undefined, hash: Uint8Array | null): boolean {
  return secret !== undefined && hash !== null && timingSafeEqual(hashSecret(secret), hash)
}

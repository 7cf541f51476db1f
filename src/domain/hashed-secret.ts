import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** SHA-256 of a high-entropy secret: what the database keeps of it. */
export function hashSecret(secret: string): Buffer<ArrayBuffer> {
  return createHash('sha256').update(secret).digest() as Buffer<ArrayBuffer>
}

/** What `newSecret` returns, as text of a regular expression. */
export const SECRET_PATTERN = '[A-Za-z0-9_-]{43}'

/** 256 random bits, base64url. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

export function matchesHash(secret: string | undefined, hash: Uint8Array | null): boolean {
  return secret !== undefined && hash !== null && timingSafeEqual(hashSecret(secret), hash)
}

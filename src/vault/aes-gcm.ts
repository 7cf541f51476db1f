import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

export const KEY_BYTES = 32
const IV_BYTES = 12
const TAG_BYTES = 16
/** The number of bytes that encryption adds to the plaintext. */
export const OVERHEAD_BYTES = IV_BYTES + TAG_BYTES

const ALGORITHM = 'aes-256-gcm'
const OPTIONS = { authTagLength: TAG_BYTES }

/** AES-256-GCM (NIST SP 800-38D) with a random 96-bit IV: `iv | ciphertext | tag`. */
export function encrypt(key: Uint8Array, plaintext: Uint8Array, additional: Uint8Array): Buffer<ArrayBuffer> {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv(ALGORITHM, key, iv, OPTIONS).setAAD(additional)
  return Buffer.concat([iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
}

/** @throws Error if the key, the additional data or any byte differs from what was encrypted */
export function decrypt(key: Uint8Array, encrypted: Uint8Array, additional: Uint8Array): Buffer<ArrayBuffer> {
  const decipher = createDecipheriv(ALGORITHM, key, encrypted.subarray(0, IV_BYTES), OPTIONS)
    .setAAD(additional)
    .setAuthTag(encrypted.subarray(-TAG_BYTES))
  return Buffer.concat([decipher.update(encrypted.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()])
}

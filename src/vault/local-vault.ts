import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { type SealBinding, type Vault, VaultError } from '../domain/vault/vault.js'
import { KEY_BYTES, KEY_ID_BYTES, type KeyRing } from './key-ring.js'

const VERSION = 1
const IV_BYTES = 12
const TAG_BYTES = 16
const WRAPPED_BYTES = IV_BYTES + KEY_BYTES + TAG_BYTES
const HEADER_BYTES = 1 + KEY_ID_BYTES + WRAPPED_BYTES
const MIN_BYTES = HEADER_BYTES + IV_BYTES + TAG_BYTES

/**
 * Envelope encryption with keys held in memory: a fresh 256-bit data key for every record, wrapped by the active key.
 *
 * Stored as `version (1) | kekId (8) | wrapped key (60: iv, key, tag) | iv (12) | ciphertext | tag (16)`, AES-256-GCM
 * (NIST SP 800-38D) with random 96-bit IVs. The binding is additional data of both layers.
 */
export function createLocalVault(ring: KeyRing): Vault {
  return {
    async seal(plaintext, binding) {
      const dataKey = randomBytes(KEY_BYTES)
      const head = Buffer.concat([Buffer.from([VERSION]), ring.active.id])
      const wrapped = encrypt(ring.active.bytes, dataKey, additionalData(head, binding))
      // Not the key's id: wrapping the data key again leaves the body as it is.
      const body = encrypt(dataKey, Buffer.from(plaintext, 'utf8'), additionalData(head.subarray(0, 1), binding))
      return new Uint8Array(Buffer.concat([head, wrapped, body]))
    },
    async open(sealed, binding) {
      if (sealed.length < MIN_BYTES || sealed[0] !== VERSION) throw new VaultError('DAMAGED')
      const head = Buffer.from(sealed.subarray(0, 1 + KEY_ID_BYTES))
      const key = ring.find(head.subarray(1))
      if (!key) throw new VaultError('UNKNOWN_KEY')
      const wrapped = sealed.subarray(1 + KEY_ID_BYTES, HEADER_BYTES)
      const dataKey = decrypt(key.bytes, wrapped, additionalData(head, binding))
      const body = sealed.subarray(HEADER_BYTES)
      return decrypt(dataKey, body, additionalData(head.subarray(0, 1), binding)).toString('utf8')
    },
  }
}

/** Each part is preceded by its length, so that no two bindings read the same. */
function additionalData(head: Buffer, { organization, userId, recordId, field }: SealBinding): Buffer {
  const parts = [organization, userId, recordId, field].flatMap((part) => {
    const bytes = Buffer.from(part, 'utf8')
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    return [length, bytes]
  })
  return Buffer.concat([head, ...parts])
}

function encrypt(key: Buffer, plaintext: Buffer, additional: Buffer): Buffer {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES }).setAAD(additional)
  return Buffer.concat([iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
}

function decrypt(key: Buffer, sealed: Uint8Array, additional: Buffer): Buffer {
  const iv = sealed.subarray(0, IV_BYTES)
  const tag = sealed.subarray(-TAG_BYTES)
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES })
      .setAAD(additional)
      .setAuthTag(tag)
    return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()])
  } catch (cause) {
    throw new VaultError('DAMAGED', { cause })
  }
}

import { createHash } from 'node:crypto'
import { VaultError } from '../domain/ports/vault.js'
import { decrypt, encrypt, KEY_BYTES, OVERHEAD_BYTES } from './aes-gcm.js'
import type { KeyService } from './key-service.js'

const ID_BYTES = 8

export interface KeyRing extends KeyService {
  /** The ids of all keys, in order. */
  readonly keyIds: readonly string[]
}

/**
 * Key-encryption keys in memory. The first one wraps, and all of them unwrap.
 * @param keys base64 of 32 bytes each. Their strength was checked when the configuration was read
 * @throws Error without the value, if a key isn't 256 bits long or there are no keys
 */
export function createKeyRing(keys: readonly string[]): KeyRing {
  const ring = new Map(
    keys.map((text, index) => {
      const key = Buffer.from(text, 'base64')
      if (key.length !== KEY_BYTES) throw new Error(`vault key ${index + 1} is not 256 bits of base64`)
      return [keyIdOf(key), key]
    }),
  )
  const [active] = ring
  if (!active) throw new Error('the key ring is empty')
  const [activeKeyId, activeKey] = active
  return {
    activeKeyId,
    keyIds: [...ring.keys()],
    wrap: async (dataKey, additionalData) => encrypt(activeKey, dataKey, additionalData),
    async unwrap(keyId, wrapped, additionalData) {
      const key = ring.get(keyId)
      if (!key) throw new VaultError('UNKNOWN_KEY', { keyId })
      if (wrapped.length !== KEY_BYTES + OVERHEAD_BYTES) throw new VaultError('DAMAGED', { keyId })
      try {
        return decrypt(key, wrapped, additionalData)
      } catch (cause) {
        throw new VaultError('DAMAGED', { keyId, cause })
      }
    },
  }
}

/** The start of the key's SHA-256, in hex. It names the key without revealing it. */
function keyIdOf(key: Uint8Array): string {
  return createHash('sha256')
    .update(key)
    .digest('hex')
    .slice(0, ID_BYTES * 2)
}

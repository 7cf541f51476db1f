import { createHash, timingSafeEqual } from 'node:crypto'

export const KEY_BYTES = 32
export const KEY_ID_BYTES = 8

export interface Key {
  /** The first eight bytes of the key's SHA-256: names the key without telling it. */
  id: Buffer
  bytes: Buffer
}

export interface KeyRing {
  active: Key
  find(id: Uint8Array): Key | undefined
}

/**
 * @param keys base64, 32 bytes each; the first seals, all of them open
 * @throws Error in words, without the value, when one is not 256 bits long
 */
export function createKeyRing(keys: readonly string[]): KeyRing {
  const ring = keys.map((text, index): Key => {
    const bytes = Buffer.from(text, 'base64')
    if (bytes.length !== KEY_BYTES)
      throw new Error(`vault key ${index + 1} is not 256 bits of base64: openssl rand -base64 32 makes one`)
    return { id: createHash('sha256').update(bytes).digest().subarray(0, KEY_ID_BYTES), bytes }
  })
  const [active] = ring
  if (!active) throw new Error('the key ring is empty')
  return { active, find: (id) => ring.find((key) => id.length === KEY_ID_BYTES && timingSafeEqual(key.id, id)) }
}

import { createHash, randomBytes } from 'node:crypto'
import { type SealBinding, type Vault, VaultError } from '../domain/ports/vault.js'
import { decrypt, encrypt, KEY_BYTES, OVERHEAD_BYTES } from './aes-gcm.js'
import type { KeyService } from './key-service.js'

const VERSION = 2
const KEY_ID = /^[\x21-\x7e]{1,255}$/
const LENGTH_BYTES = 2
const PART_LENGTH_BYTES = 4
const MAX_WRAPPED_BYTES = 0xffff

/**
 * Envelope encryption: a new 256-bit data key for every record, wrapped by a key of the key service.
 *
 * Stored as
 * `version (1) | length of the key's id (1) | key's id | length of the wrapped key (2, big endian) | wrapped key |
 * body`,
 * with the body as `iv (12) | ciphertext | tag (16)`, AES-256-GCM under the data key. The binding is additional data of
 * both. For the body, it is combined only with the version, so that the data key can be rewrapped on its own. For the
 * wrapped key, it is combined with everything before it and hashed, so that a key service learns no names.
 * @param failed called for every failure, for the operator
 */
export function createEnvelopeVault(keys: KeyService, failed: (error: VaultError) => void = () => {}): Vault {
  if (!KEY_ID.test(keys.activeKeyId)) throw new Error('the active key’s id is not 1 to 255 printable ASCII characters')
  const activePrefix = prefixOf(keys.activeKeyId)

  async function wrapped(dataKey: Uint8Array, body: Uint8Array, binding: SealBinding) {
    const key = await asked(() => keys.wrap(dataKey, digestOf(activePrefix, binding)))
    if (key.length > MAX_WRAPPED_BYTES) throw new VaultError('KEY_SERVICE_UNAVAILABLE', { keyId: keys.activeKeyId })
    const length = Buffer.alloc(LENGTH_BYTES)
    length.writeUInt16BE(key.length)
    return new Uint8Array(Buffer.concat([activePrefix, length, key, body]))
  }

  async function unwrapped({ keyId, prefix, wrappedKey }: SealedRecord, binding: SealBinding): Promise<Uint8Array> {
    const dataKey = await asked(() => keys.unwrap(keyId, wrappedKey, digestOf(prefix, binding)))
    if (dataKey.length !== KEY_BYTES) throw new VaultError('DAMAGED', { keyId })
    return dataKey
  }

  const reporting = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      if (error instanceof VaultError) failed(error)
      throw error
    }
  }

  return {
    activePrefix,
    seal: (plaintext, binding) =>
      reporting(async () => {
        const dataKey = randomBytes(KEY_BYTES)
        return wrapped(dataKey, encrypt(dataKey, Buffer.from(plaintext, 'utf8'), bodyData(binding)), binding)
      }),
    open: (sealed, binding) =>
      reporting(async () => {
        const record = parse(sealed)
        return bodyOf(record, await unwrapped(record, binding), binding).toString('utf8')
      }),
    rewrap: (sealed, binding) =>
      reporting(async () => {
        const record = parse(sealed)
        if (record.keyId === keys.activeKeyId) return sealed
        const dataKey = await unwrapped(record, binding)
        bodyOf(record, dataKey, binding) // a damaged record must not look as if it had been written today
        return wrapped(dataKey, record.body, binding)
      }),
  }
}

interface SealedRecord {
  keyId: string
  /** Everything before the wrapped key's length. */
  prefix: Uint8Array
  wrappedKey: Uint8Array
  body: Uint8Array
}

function prefixOf(keyId: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([VERSION, keyId.length, ...Buffer.from(keyId, 'latin1')])
}

/** @throws VaultError if it isn't a record of this version */
function parse(sealed: Uint8Array): SealedRecord {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength)
  const prefixBytes = 2 + (bytes[1] ?? 0)
  const keyAt = prefixBytes + LENGTH_BYTES
  if (bytes[0] !== VERSION || bytes.length < keyAt) throw new VaultError('DAMAGED')
  const keyId = bytes.toString('latin1', 2, prefixBytes)
  if (!KEY_ID.test(keyId)) throw new VaultError('DAMAGED')
  const bodyAt = keyAt + bytes.readUInt16BE(prefixBytes)
  if (bytes.length < bodyAt + OVERHEAD_BYTES) throw new VaultError('DAMAGED', { keyId })
  return {
    keyId,
    prefix: bytes.subarray(0, prefixBytes),
    wrappedKey: bytes.subarray(keyAt, bodyAt),
    body: bytes.subarray(bodyAt),
  }
}

function bodyOf({ keyId, body }: SealedRecord, dataKey: Uint8Array, binding: SealBinding): Buffer {
  try {
    return decrypt(dataKey, body, bodyData(binding))
  } catch (cause) {
    throw new VaultError('DAMAGED', { keyId, cause })
  }
}

/** If a key service throws anything other than a VaultError, that says nothing about the record. */
async function asked<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    throw error instanceof VaultError ? error : new VaultError('KEY_SERVICE_UNAVAILABLE', { cause: error })
  }
}

function bodyData(binding: SealBinding): Buffer {
  return additionalData(Uint8Array.of(VERSION), binding)
}

function digestOf(prefix: Uint8Array, binding: SealBinding): Buffer {
  return createHash('sha256').update(additionalData(prefix, binding)).digest()
}

/** Each part is preceded by its length, so that no two bindings are equal. */
function additionalData(head: Uint8Array, { organization, userId, recordId, field }: SealBinding): Buffer {
  const parts = [organization, userId, recordId, field].map((part) => Buffer.from(part, 'utf8'))
  const data = Buffer.allocUnsafe(parts.reduce((size, part) => size + PART_LENGTH_BYTES + part.length, head.length))
  data.set(head)
  let at = head.length
  for (const part of parts) {
    at = data.writeUInt32BE(part.length, at)
    data.set(part, at)
    at += part.length
  }
  return data
}

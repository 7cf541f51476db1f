/**
 * Wraps data keys with keys that it never hands out: a key ring in memory, or a service over a network (AWS KMS, Google
 * Cloud KMS, Vault's transit engine). The vault has no other access to keys.
 *
 * Failures are a VaultError: UNKNOWN_KEY, KEY_SERVICE_UNAVAILABLE, or DAMAGED if the wrapped key or the additional data
 * isn't what was wrapped. Any other error counts as KEY_SERVICE_UNAVAILABLE, because it says nothing about the record.
 * An implementation over a network needs its own time limits, a few seconds in total, and has to retry within them:
 * someone is waiting, and the vault asks only once.
 */
export interface KeyService {
  /**
   * The key that wraps: 1 to 255 printable ASCII characters, stored with each record. Must not change while this object
   * is used.
   */
  readonly activeKeyId: string
  /**
   * @param dataKey 32 bytes
   * @param additionalData 32 bytes that reveal nothing and must be given again to unwrap
   * @returns at most 65,535 bytes
   */
  wrap(dataKey: Uint8Array, additionalData: Uint8Array): Promise<Uint8Array>
  unwrap(keyId: string, wrapped: Uint8Array, additionalData: Uint8Array): Promise<Uint8Array>
}

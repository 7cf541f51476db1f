/**
 * Wraps data keys with keys it does not hand out: a key ring in memory, or a service over a network (AWS KMS, Google Cloud
 * KMS, Vault's transit engine). The vault has no other way to a key.
 *
 * What fails is a VaultError: UNKNOWN_KEY, KEY_SERVICE_UNAVAILABLE, or DAMAGED when the wrapped key or the additional data
 * is not what was wrapped; anything else that is thrown counts as KEY_SERVICE_UNAVAILABLE, because it says nothing of the record. An
 * implementation over a network has time limits of its own, a few seconds in all, and tries again within them:
 * somebody waits, and the vault asks once.
 */
export interface KeyService {
  /** The key that wraps: 1 to 255 printable ASCII characters, stored with each record. The same for as long as this object is used. */
  readonly activeKeyId: string
  /**
   * @param dataKey 32 bytes
   * @param additionalData 32 bytes that tell nothing: must be given again to unwrap
   * @returns at most 65,535 bytes
   */
  wrap(dataKey: Uint8Array, additionalData: Uint8Array): Promise<Uint8Array>
  unwrap(keyId: string, wrapped: Uint8Array, additionalData: Uint8Array): Promise<Uint8Array>
}

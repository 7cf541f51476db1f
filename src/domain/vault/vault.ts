/** What a sealed record is bound to: moved to another row, user or column it does not open. */
export interface SealBinding {
  /** The user's organization; empty for an operator's record. */
  organization: string
  /** The user; empty for an operator's record. */
  userId: string
  /** The id of the record the secret belongs to, which need not be the row it lies in. */
  recordId: string
  /** What kind of secret it is. */
  field: 'connection.tokens' | 'authorization.secret' | 'connector.credentials' | 'webhook.secret'
}

/** Seals what must not be read from a copy of the database. */
export interface Vault {
  seal(plaintext: string, binding: SealBinding): Promise<Uint8Array<ArrayBuffer>>
  /** @throws VaultError when the record is damaged, was moved, or its key is not in the ring */
  open(sealed: Uint8Array, binding: SealBinding): Promise<string>
}

export class VaultError extends Error {
  override readonly name = 'VaultError'
  constructor(
    readonly code: 'UNKNOWN_KEY' | 'DAMAGED',
    options?: ErrorOptions,
  ) {
    super(
      code === 'UNKNOWN_KEY'
        ? 'the key that sealed this record is not in the key ring'
        : 'the sealed record does not open',
      options,
    )
  }
}

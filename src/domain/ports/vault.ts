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

/** Seals what must not be read from a copy of the database. Everything here fails with a VaultError and nothing else. */
export interface Vault {
  /** How every record begins whose data key the active key has wrapped, and no other. */
  readonly activePrefix: Uint8Array<ArrayBuffer>
  seal(plaintext: string, binding: SealBinding): Promise<Uint8Array<ArrayBuffer>>
  open(sealed: Uint8Array, binding: SealBinding): Promise<string>
  /** The same record wrapped by the active key; unchanged when it is so already. What is sealed keeps its bytes. */
  rewrap(sealed: Uint8Array<ArrayBuffer>, binding: SealBinding): Promise<Uint8Array<ArrayBuffer>>
}

export type VaultErrorCode = 'UNKNOWN_KEY' | 'KEY_SERVICE_UNAVAILABLE' | 'DAMAGED'

/** Says why a record could not be sealed or opened, and what to do. Never carries what is in it. */
export class VaultError extends Error {
  override readonly name = 'VaultError'
  /** Whether the same may succeed later without a change of the record: then nothing may be given up because of it. */
  readonly retryable: boolean
  /** The key it is about, where that is known: its name, not the key. */
  readonly keyId: string | undefined

  constructor(
    readonly code: VaultErrorCode,
    { keyId, ...options }: ErrorOptions & { keyId?: string } = {},
  ) {
    super(MESSAGES[code](keyId === undefined ? 'The key' : `The key ${keyId}`), options)
    this.retryable = code !== 'DAMAGED'
    this.keyId = keyId
  }
}

const MESSAGES: Record<VaultErrorCode, (theKey: string) => string> = {
  UNKNOWN_KEY: (theKey) =>
    `${theKey} that wrapped this record is missing. Add it back to PATCHBAY_KEYS on every instance, after the first key. Then run npm run operator -- rewrap, so that the record no longer depends on it.`,
  KEY_SERVICE_UNAVAILABLE: () =>
    'The key service isn’t responding. Nothing is lost. Try again, and check the service if the problem persists.',
  DAMAGED: () =>
    'The sealed record can’t be opened: it was changed, truncated or moved from another row. Restore it from a backup, or replace it: users reconnect, operators configure the connector again.',
}

/** What a sealed record is bound to. If it is moved to another row, user or column, it doesn't open. */
export interface SealBinding {
  /** The user's organization. Empty for an operator's record. */
  organization: string
  /** The user. Empty for an operator's record. */
  userId: string
  /** The id of the record that the secret belongs to, which may differ from the row that stores it. */
  recordId: string
  /** What kind of secret it is. */
  field: 'connection.tokens' | 'authorization.secret' | 'connector.credentials' | 'webhook.secret'
}

/** Seals what must not be readable in a copy of the database. All methods throw VaultError and no other error. */
export interface Vault {
  /** The prefix of exactly those records whose data key is wrapped by the active key. */
  readonly activePrefix: Uint8Array<ArrayBuffer>
  seal(plaintext: string, binding: SealBinding): Promise<Uint8Array<ArrayBuffer>>
  open(sealed: Uint8Array, binding: SealBinding): Promise<string>
  /**
   * Returns the same record wrapped by the active key, unchanged if it already is. The encrypted content doesn't
   * change.
   */
  rewrap(sealed: Uint8Array<ArrayBuffer>, binding: SealBinding): Promise<Uint8Array<ArrayBuffer>>
}

export type VaultErrorCode = 'UNKNOWN_KEY' | 'KEY_SERVICE_UNAVAILABLE' | 'DAMAGED'

/** A record couldn't be sealed or opened. The message says why and what to do, and never contains the secret. */
export class VaultError extends Error {
  override readonly name = 'VaultError'
  /** Whether it may work later without a change to the record. If so, nothing may be given up because of it. */
  readonly retryable: boolean
  /** The name of the key, if known. Not the key itself. */
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
    'The sealed record can’t be opened: it was changed, truncated or moved from another row. Restore it from a backup. Otherwise the user has to reconnect, or an operator has to configure the connector again.',
}

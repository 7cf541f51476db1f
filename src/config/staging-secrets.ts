import { createHmac } from 'node:crypto'

/** What a staging signs with. All instances with the same keys and password have the same. */
export interface StagingSecrets {
  /** For passes. The first one signs, and all of them count, as with the vault's keys. */
  passKeys: readonly Buffer[]
  /** For the tokens of the demo people. */
  tokenSecret: string
}

/**
 * Derives the secrets from the vault's keys, which are random, and from the password, so that a new password ends what was
 * signed under the previous one. The password alone isn't enough, because passes could then be tested against guesses.
 * @param password undefined if the host's tokens protect the staging
 */
export function stagingSecrets(vaultKeys: readonly string[], password = ''): StagingSecrets {
  const derived = (key: string, purpose: string) =>
    createHmac('sha256', Buffer.from(key, 'base64')).update(`patchbay staging\0${purpose}\0${password}`).digest()
  return {
    passKeys: vaultKeys.map((key) => derived(key, 'passes')),
    tokenSecret: derived(vaultKeys[0] ?? '', 'demo tokens').toString('base64url'),
  }
}

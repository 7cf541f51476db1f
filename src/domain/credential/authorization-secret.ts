import type { VariableValues } from '../catalogue/url-template.js'
import type { AccountChoice, Tokens } from '../ports/oauth-client.js'
import { type SealBinding, type Vault, VaultError } from '../ports/vault.js'

/** What an authorization must remember until it ends. */
export interface AuthorizationSecret {
  state: string
  codeVerifier: string
  /** What the person entered for the connector's variables. */
  variables?: VariableValues
  /** The callback's parameters, kept until the user confirms (binding CONFIRM). */
  callback?: string
}

/** What an authorization remembers instead while it awaits the person's choice. Its tokens are sealed apart. */
export interface AwaitedChoice extends Pick<Tokens, 'scope' | 'expiresInSeconds'> {
  choices: readonly AccountChoice[]
}

export interface SecretOwner {
  id: string
  userId: string
  user: { organization: string }
}

export function secretBinding({ id, userId, user }: SecretOwner): SealBinding {
  return { organization: user.organization, userId, recordId: id, field: 'authorization.secret' }
}

export function sealSecret(
  vault: Vault,
  owner: SecretOwner,
  secret: AuthorizationSecret | AwaitedChoice,
): Promise<Uint8Array<ArrayBuffer>> {
  return vault.seal(JSON.stringify(secret), secretBinding(owner))
}

/**
 * @returns null if the record is damaged, so that the authorization can only end
 * @throws VaultError if it may open later, so that the authorization must not change
 */
export function openSecret(vault: Vault, owner: SecretOwner, sealed: Uint8Array): Promise<AuthorizationSecret | null> {
  return open(vault, owner, sealed)
}

/** The same for an authorization that is AWAITING_CHOICE. */
export function openAwaitedChoice(vault: Vault, owner: SecretOwner, sealed: Uint8Array): Promise<AwaitedChoice | null> {
  return open(vault, owner, sealed)
}

async function open<T>(vault: Vault, owner: SecretOwner, sealed: Uint8Array): Promise<T | null> {
  try {
    return JSON.parse(await vault.open(sealed, secretBinding(owner)))
  } catch (error) {
    if (error instanceof VaultError && !error.retryable) return null
    throw error
  }
}

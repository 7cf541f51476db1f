import type { SealBinding, Vault } from '../vault/vault.js'

/** What an attempt must remember until it ends. */
export interface AuthorizationSecret {
  state: string
  codeVerifier: string
  /** The callback's parameters, kept until the user confirms (binding CONFIRM). */
  callback?: string
}

export interface SecretOwner {
  id: string
  userId: string
  user: { organization: string }
}

function bindingOf({ id, userId, user }: SecretOwner): SealBinding {
  return { organization: user.organization, userId, recordId: id, field: 'authorization.secret' }
}

export function sealSecret(
  vault: Vault,
  owner: SecretOwner,
  secret: AuthorizationSecret,
): Promise<Uint8Array<ArrayBuffer>> {
  return vault.seal(JSON.stringify(secret), bindingOf(owner))
}

export async function openSecret(vault: Vault, owner: SecretOwner, sealed: Uint8Array): Promise<AuthorizationSecret> {
  return JSON.parse(await vault.open(sealed, bindingOf(owner)))
}

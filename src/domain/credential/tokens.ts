import type { Tokens } from '../ports/oauth-client.js'
import type { SealBinding, Vault } from '../ports/vault.js'

export type StoredTokens = Pick<Tokens, 'accessToken' | 'refreshToken'>

/** Whose tokens they are. The record is the connection, or the authorization if its tokens belong to no connection. */
export interface TokenOwner {
  organization: string
  userId: string
  recordId: string
}

export function tokensBinding({ organization, userId, recordId }: TokenOwner): SealBinding {
  return { organization, userId, recordId, field: 'connection.tokens' }
}

export function sealTokens(
  vault: Vault,
  owner: TokenOwner,
  { accessToken, refreshToken }: StoredTokens,
): Promise<Uint8Array<ArrayBuffer>> {
  return vault.seal(JSON.stringify({ accessToken, refreshToken }), tokensBinding(owner))
}

export async function openTokens(vault: Vault, owner: TokenOwner, sealed: Uint8Array): Promise<StoredTokens> {
  return JSON.parse(await vault.open(sealed, tokensBinding(owner)))
}

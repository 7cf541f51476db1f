import type { VariableValues } from '../catalogue/url-template.js'
import type { Tokens } from '../ports/oauth-client.js'
import type { SealBinding, Vault } from '../ports/vault.js'

export interface StoredTokens
  extends Pick<Tokens, 'accessToken' | 'refreshToken' | 'isShortLived'>,
    Partial<Pick<Tokens, 'server'>> {
  /** The values of the connector's variables, which say where the tokens are valid. */
  variables?: VariableValues | undefined
  /** A later response that has tokens and couldn't be used, kept until one can be. */
  unread?: { text: string; receivedAtMs: number } | undefined
}

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
  { accessToken, refreshToken, server, isShortLived, variables = {}, unread }: StoredTokens,
): Promise<Uint8Array<ArrayBuffer>> {
  return vault.seal(
    JSON.stringify({
      accessToken,
      refreshToken,
      ...(server != null && { server }),
      ...(isShortLived && { isShortLived }),
      ...(Object.keys(variables).length > 0 && { variables }),
      unread,
    }),
    tokensBinding(owner),
  )
}

export async function openTokens(vault: Vault, owner: TokenOwner, sealed: Uint8Array): Promise<StoredTokens> {
  return JSON.parse(await vault.open(sealed, tokensBinding(owner)))
}

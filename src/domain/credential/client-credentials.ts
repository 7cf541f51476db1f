import type { Connector } from '../catalogue/catalogue.js'
import type { Db } from '../db.js'
import { redirectUri } from '../oauth-urls.js'
import type { ClientCredentials, OAuthTarget } from '../ports/oauth-client.js'
import type { SealBinding, Vault } from '../ports/vault.js'

export function credentialsBinding(connectorSlug: string): SealBinding {
  return { organization: '', userId: '', recordId: connectorSlug, field: 'connector.credentials' }
}

/** Returns the connector's client at its provider, or null if it has no credentials. */
export async function oauthTarget(
  { db, ...deps }: { db: Db; vault: Vault; settings: { publicUrl: string } },
  connector: Connector,
): Promise<OAuthTarget | null> {
  if (!connector.available) return null
  const row = await db.connectorCredential.findUnique({ where: { connectorSlug: connector.slug } })
  return openTarget(deps, connector, row?.sealed ?? null)
}

/** The same if the sealed credentials were read already. */
export async function openTarget(
  { vault, settings: { publicUrl } }: { vault: Vault; settings: { publicUrl: string } },
  connector: Connector,
  sealed: Uint8Array | null,
): Promise<OAuthTarget | null> {
  if (!connector.available || !sealed) return null
  const credentials: ClientCredentials = JSON.parse(await vault.open(sealed, credentialsBinding(connector.slug)))
  return { provider: connector.provider, credentials, redirectUri: redirectUri(publicUrl, connector.slug) }
}

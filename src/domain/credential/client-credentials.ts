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
  { db, vault, settings: { publicUrl } }: { db: Db; vault: Vault; settings: { publicUrl: string } },
  connector: Connector,
): Promise<OAuthTarget | null> {
  if (!connector.available) return null
  const row = await db.connectorCredential.findUnique({ where: { connectorSlug: connector.slug } })
  if (!row) return null
  const credentials: ClientCredentials = JSON.parse(await vault.open(row.sealed, credentialsBinding(connector.slug)))
  return { provider: connector.provider, credentials, redirectUri: redirectUri(publicUrl, connector.slug) }
}

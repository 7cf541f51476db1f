import type { Connector } from '../catalogue/catalogue.js'
import type { Provider } from '../catalogue/provider.js'
import { providerWith } from '../catalogue/provider-urls.js'
import type { VariableValues } from '../catalogue/url-template.js'
import type { Db } from '../db.js'
import { redirectUri } from '../oauth-urls.js'
import { type ClientCredentials, OAuthError, type OAuthTarget } from '../ports/oauth-client.js'
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

/** Returns the client at the URLs of one customer, or null if the values are missing or no longer fit the settings. */
export function targetWith(target: OAuthTarget, values: VariableValues | undefined): OAuthTarget | null {
  const provider = providerWith(target.provider, values ?? {})
  return provider && { ...target, provider }
}

/**
 * Returns the provider as it is for one customer. Tokens go to no other.
 * @throws OAuthError if the values are missing or no longer fit the settings
 */
export function providerFor(provider: Provider, values: VariableValues | undefined): Provider {
  const filled = providerWith(provider, values ?? {})
  if (filled) return filled
  const names = provider.variables.map(({ name }) => name).join(', ')
  const description = `Nothing was sent: the connection has no valid value for ${names}. The user has to connect again.`
  throw new OAuthError('APP_REFUSED', null, { reported: { host: null, status: null, code: null, description } })
}

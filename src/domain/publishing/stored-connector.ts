import type { Connector as Row } from '../../generated/prisma/client.js'
import { connectorOf } from '../catalogue/build-catalogue.js'
import type { Connector } from '../catalogue/catalogue.js'
import { ProviderSchema, type Providers, ScopeDescriptionsSchema } from '../catalogue/provider.js'
import { ProviderOverridesSchema } from '../catalogue/provider-overrides.js'
import { credentialsBinding } from '../credential/client-credentials.js'
import type { Db } from '../db.js'
import type { ClientCredentials } from '../ports/oauth-client.js'
import type { Vault } from '../ports/vault.js'
import type { ConnectorFacts, IssuerSettings } from './store-connector.js'

/** A connector as operators know it. */
export interface StoredConnector {
  slug: string
  facts: ConnectorFacts
  /** The same as users know it, with everything that the provider adds. */
  connector: Connector
  /** Whether the file in PATCHBAY_CONNECTORS describes it. */
  fromFile: boolean
  /** Null if no credentials are set. */
  sealed: Uint8Array | null
}

export type ConnectorRow = Row & { credential: { sealed: Uint8Array } | null }

/** Returns a connector that wasn't removed, or null. */
export async function findConnector(
  { db, providers }: { db: Db; providers: Providers },
  slug: string,
): Promise<StoredConnector | null> {
  const row = await db.connector.findUnique({ where: { slug, removedAt: null }, include: { credential: true } })
  return row && storedConnector(row, providers)
}

/** Returns all connectors that weren't removed, sorted by slug. */
export async function listConnectors({ db, providers }: { db: Db; providers: Providers }): Promise<StoredConnector[]> {
  const where = { removedAt: null }
  const rows = await db.connector.findMany({ where, orderBy: { slug: 'asc' }, include: { credential: true } })
  return rows.map((row) => storedConnector(row, providers))
}

function storedConnector(row: ConnectorRow, providers: Providers): StoredConnector {
  const { slug, fromFile, credential } = row
  const connector = connectorOf({ ...row, configured: credential !== null, removed: row.removedAt !== null }, providers)
  return { slug, facts: factsOf(row), connector, fromFile, sealed: credential?.sealed ?? null }
}

/** Returns what a row says. Settings that an earlier version didn't know have their defaults. */
export function factsOf(row: Row): ConnectorFacts {
  const { name, iconUrl, signInUrl, defaultScopes, scopeDescriptions, provider, providerSettings } = row
  return {
    name,
    iconUrl,
    signInUrl,
    defaultScopes,
    scopeDescriptions: scopeDescriptions === null ? null : ScopeDescriptionsSchema.parse(scopeDescriptions),
    provider,
    providerSettings: providerSettings === null ? null : ProviderSchema.parse(providerSettings),
    issuerSettings: row.issuerSettings as IssuerSettings | null,
    providerOverrides: row.providerOverrides === null ? null : ProviderOverridesSchema.parse(row.providerOverrides),
  }
}

/** @throws VaultError */
export async function openCredentials(
  { vault }: { vault: Vault },
  slug: string,
  sealed: Uint8Array,
): Promise<ClientCredentials> {
  return JSON.parse(await vault.open(sealed, credentialsBinding(slug)))
}

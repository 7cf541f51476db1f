import type { Prisma } from '../../generated/prisma/client.js'
import type { Provider } from '../catalogue/provider.js'
import type { ProviderOverrides } from '../catalogue/provider-overrides.js'
import { dbNull, type Tx } from '../db.js'
import { ConnectorFromFileError } from '../errors.js'

/** A connector as its row has it. */
export interface ConnectorFacts {
  name: string
  iconUrl: string | null
  signInUrl: string | null
  defaultScopes: string[]
  scopeDescriptions: Record<string, string> | null
  provider: string
  providerSettings: Provider | null
  issuerSettings: IssuerSettings | null
  /** For a provider of the catalogue. Null if it is used as it is. */
  providerOverrides: ProviderOverrides | null
}

/** What an operator says about an OpenID Connect provider. The settings override its metadata. */
export interface IssuerSettings {
  issuer: string
  /** The values of the customer whose metadata was read, if the issuer has variables. */
  variables?: Record<string, string>
  settings: Record<string, unknown>
}

/**
 * Writes a connector in a transaction that has raised the catalogue's revision.
 * @param sealed its credentials. If null, an existing connector keeps those it has
 */
export async function storeConnector(
  tx: Tx,
  slug: string,
  { facts, sealed, fromFile }: { facts: ConnectorFacts; sealed: Uint8Array<ArrayBuffer> | null; fromFile: boolean },
): Promise<void> {
  const none = await dbNull()
  const row = {
    ...facts,
    scopeDescriptions: facts.scopeDescriptions ?? none,
    providerSettings: facts.providerSettings ?? none,
    issuerSettings: (facts.issuerSettings as Prisma.InputJsonObject | null) ?? none,
    providerOverrides: (facts.providerOverrides as Prisma.InputJsonObject | null) ?? none,
    fromFile,
    removedAt: null,
  }
  await tx.connector.upsert({ where: { slug }, create: { slug, ...row }, update: row })
  if (sealed) await storeCredentials(tx, slug, sealed)
  await retryRefreshes(tx, slug)
}

export async function storeCredentials(tx: Tx, connectorSlug: string, sealed: Uint8Array<ArrayBuffer>): Promise<void> {
  await tx.connectorCredential.upsert({
    where: { connectorSlug },
    create: { connectorSlug, sealed },
    update: { sealed },
  })
}

/** What failed because of other settings is tried again now, not after its pause, and counts no longer. */
export async function retryRefreshes(tx: Tx, slug: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE "Connection" SET "refreshDueAt" = LEAST("refreshDueAt", now()), "refreshRefusals" = 0,
      "refreshRefusedSince" = NULL
    WHERE "connectorSlug" = ${slug} AND status = 'LIVE' AND "refreshAttempts" > 0`
}

/** @throws ConnectorFromFileError if the connector is managed by the file in PATCHBAY_CONNECTORS */
export async function refuseFromFile(tx: Tx, slug: string): Promise<void> {
  const connector = await tx.connector.findUnique({ where: { slug }, select: { fromFile: true } })
  if (connector?.fromFile) throw new ConnectorFromFileError(slug)
}

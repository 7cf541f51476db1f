import { ConfigurationError } from '../config/configuration-error.js'
import type { ClientCredentials } from '../domain/ports/oauth-client.js'
import { VaultError } from '../domain/ports/vault.js'
import {
  findConnector,
  listConnectors,
  openCredentials,
  type StoredConnector,
} from '../domain/publishing/stored-connector.js'
import type { CommandContext } from './command.js'

type Deps = CommandContext['deps']

/** @throws ConfigurationError that lists the connectors */
export async function known(deps: Deps, slug: string): Promise<StoredConnector> {
  const stored = await findConnector(deps, slug)
  if (stored) return stored
  const slugs = (await listConnectors(deps)).map((connector) => connector.slug)
  const list = slugs.length === 0 ? 'There are none yet.' : `The connectors are ${slugs.join(', ')}.`
  throw new ConfigurationError(`There’s no connector “${slug}”. ${list}`)
}

/** What is known of a connector's credentials. */
export type Client = { clientId: string; hasSecret: boolean; credentials: ClientCredentials } | { unopened: string }

/** Returns null if no credentials are set. */
export async function clientOf(deps: Deps, { slug, sealed }: StoredConnector): Promise<Client | null> {
  if (!sealed) return null
  try {
    const credentials = await openCredentials(deps, slug, sealed)
    return { clientId: credentials.clientId, hasSecret: credentials.clientSecret !== null, credentials }
  } catch (error) {
    if (error instanceof VaultError) return { unopened: error.message }
    throw error
  }
}

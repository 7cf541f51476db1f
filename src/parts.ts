import { developmentSecrets } from './config/development-secrets.js'
import { type Config, ConfigurationError } from './config/environment.js'
import type { Database } from './database/database.js'
import { openPostgres } from './database/postgres.js'
import type { ConfigureDeps } from './domain/connector/configure-connector.js'
import type { Deps } from './domain/deps.js'
import type { Vault } from './domain/vault/vault.js'
import { createDiscover } from './oauth/discover.js'
import type { GuardedFetch } from './oauth/guarded-fetch.js'
import { providerCatalogue } from './oauth/providers/catalogue.js'
import { createKeyRing } from './vault/key-ring.js'
import { createLocalVault } from './vault/local-vault.js'

/** The database of this configuration, migrated. `onConnectionLost` is told what failed on a connection nobody was using. */
export async function openDatabase(
  config: Config,
  onConnectionLost: (error: Error) => void = () => {},
): Promise<Database> {
  const { database, startTimeoutMs, dataFolder } = config
  if (database) return openPostgres({ ...database, startTimeoutMs, onConnectionLost })
  // Loaded where it is used only: a database in the process takes memory.
  const { openEmbedded } = await import('./database/embedded.js')
  return openEmbedded(dataFolder)
}

/**
 * The vault of this configuration, and in development the secret of its token issuer.
 * @throws ConfigurationError when a key is missing or weak
 */
export async function openVault(config: Config): Promise<{ vault: Vault; tokenSecret: string | undefined }> {
  const secrets = config.development ? await developmentSecrets(config.dataFolder) : undefined
  const keys = config.vaultKeys ?? (secrets ? [secrets.vaultKey] : [])
  try {
    return { vault: createLocalVault(createKeyRing(keys)), tokenSecret: secrets?.tokenSecret }
  } catch (error) {
    throw new ConfigurationError(`PATCHBAY_KEYS: ${error instanceof Error ? error.message : error}`)
  }
}

/** What operators' operations take: the server has them, and the command line. */
export function operatorDeps(
  { db, doorbell, vault }: Pick<Deps, 'db' | 'doorbell' | 'vault'>,
  fetch: GuardedFetch,
  { development }: Config,
): ConfigureDeps {
  return {
    db,
    doorbell,
    vault,
    providers: providerCatalogue,
    discover: createDiscover(fetch, { allowInsecure: development }),
    allowPrivate: development,
  }
}

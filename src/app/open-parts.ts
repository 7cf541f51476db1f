import { developmentSecrets } from '../config/development-secrets.js'
import type { Config } from '../config/environment.js'
import type { Database } from '../database/database.js'
import { openPostgres } from '../database/postgres.js'
import type { Deps } from '../domain/deps.js'
import type { Vault, VaultError } from '../domain/ports/vault.js'
import type { ConfigureDeps } from '../domain/publishing/configure-connector.js'
import { createDiscover } from '../outbound/discover.js'
import type { GuardedFetch } from '../outbound/guarded-fetch.js'
import { providerCatalogue } from '../providers/catalogue.js'
import { createEnvelopeVault } from '../vault/envelope-vault.js'
import { createKeyRing } from '../vault/key-ring.js'
import type { KeyService } from '../vault/key-service.js'

/** The database of this configuration, migrated. `onConnectionLost` is told what failed on a connection nobody was using. */
export async function openDatabase(
  config: Config,
  onConnectionLost: (error: Error) => void = () => {},
): Promise<Database> {
  const { database, startTimeoutMs, dataFolder } = config
  if (database) return openPostgres({ ...database, startTimeoutMs, onConnectionLost })
  // Loaded where it is used only: a database in the process takes memory.
  const { openEmbedded } = await import('../database/embedded.js')
  return openEmbedded(dataFolder)
}

interface OpenedVault {
  vault: Vault
  /** Of the keys in the ring, in their order. */
  keyIds: readonly string[]
  /** In development: the secret of the token issuer. */
  tokenSecret: string | undefined
}

/**
 * The vault of this configuration.
 * @param failed told of every record that could not be sealed or opened
 * @param instead what takes the place of the key ring, if anything does
 */
export async function openVault(
  { development, dataFolder, vaultKeys }: Config,
  failed: (error: VaultError) => void = () => {},
  instead: (ring: KeyService) => KeyService = (ring) => ring,
): Promise<OpenedVault> {
  const secrets = development ? await developmentSecrets(dataFolder) : undefined
  const ring = createKeyRing(vaultKeys ?? (secrets ? [secrets.vaultKey] : []))
  return {
    vault: createEnvelopeVault(instead(ring), failed),
    keyIds: ring.keyIds,
    tokenSecret: secrets?.tokenSecret,
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

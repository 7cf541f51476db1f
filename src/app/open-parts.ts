import { Hono } from 'hono'
import { ConfigurationError } from '../config/configuration-error.js'
import { developmentSecrets } from '../config/development-secrets.js'
import type { Config } from '../config/environment.js'
import { stagingSecrets } from '../config/staging-secrets.js'
import type { Database } from '../database/database.js'
import { openPostgres } from '../database/postgres.js'
import type { Deps } from '../domain/deps.js'
import type { Vault, VaultError } from '../domain/ports/vault.js'
import type { ConfigureDeps } from '../domain/publishing/configure-connector.js'
import type { Brand } from '../http/brand/brand.js'
import { GRAPHQL_PATH } from '../http/server/routes.js'
import { createWizardRoutes, WIZARD_FOLDER, type WizardRoutes } from '../http/wizard/wizard.js'
import { servesWizard, wizardFacts } from '../http/wizard/wizard-facts.js'
import { type WizardFont, wizardFont } from '../http/wizard/wizard-font.js'
import { type Bus, createMemoryBus } from '../live/bus.js'
import { createRedisBus } from '../live/redis-bus.js'
import type { ServerTelemetry } from '../observability/telemetry.js'
import { createDiscover } from '../outbound/discover.js'
import type { createGuardedFetch } from '../outbound/guarded-fetch.js'
import { providerCatalogue } from '../providers/catalogue.js'
import { createEnvelopeVault } from '../vault/envelope-vault.js'
import { createKeyRing } from '../vault/key-ring.js'
import type { KeyService } from '../vault/key-service.js'

/**
 * Opens and migrates the configured database. `onConnectionLost` gets the error of each idle connection that was lost.
 */
export async function openDatabase(
  config: Config,
  onConnectionLost: (error: Error) => void = () => {},
): Promise<Database> {
  const { database, startTimeoutMs, dataFolder } = config
  if (database) return openPostgres({ ...database, startTimeoutMs, onConnectionLost })
  // Loaded only where it is used, because an in-process database takes memory.
  const { openEmbedded } = await import('../database/embedded.js')
  return openEmbedded(dataFolder)
}

interface OpenedVault {
  vault: Vault
  /** The ids of the keys in the ring, in order. */
  keyIds: readonly string[]
  /** In development, and in staging with a password: the secret of the token issuer. */
  tokenSecret: string | undefined
}

/**
 * Opens the configured vault.
 * @param failed called for every record that couldn't be sealed or opened
 * @param instead replaces the key ring, for tests
 */
export async function openVault(
  { development, staging, dataFolder, vaultKeys }: Config,
  failed: (error: VaultError) => void = () => {},
  instead: (ring: KeyService) => KeyService = (ring) => ring,
): Promise<OpenedVault> {
  const secrets = development ? await developmentSecrets(dataFolder) : undefined
  const ring = createKeyRing(vaultKeys ?? (secrets ? [secrets.vaultKey] : []))
  return {
    vault: createEnvelopeVault(instead(ring), failed),
    keyIds: ring.keyIds,
    tokenSecret: staging?.password
      ? stagingSecrets(vaultKeys ?? [], staging.password).tokenSecret
      : secrets?.tokenSecret,
  }
}

/** Opens Redis if it is configured, and otherwise a bus within this process. */
export function openBus({ bus, startTimeoutMs }: Config, telemetry: ServerTelemetry): Bus {
  return bus ? createRedisBus({ ...bus, startTimeoutMs }, telemetry) : createMemoryBus()
}

/**
 * Returns the wizard's routes, or undefined if this installation serves no wizard.
 * @throws ConfigurationError if the wizard is configured but not built
 */
export async function openWizard(
  config: Config,
  publicUrl: string,
  sandboxUrl: string | null,
  brand: Brand,
  folder = WIZARD_FOLDER,
): Promise<WizardRoutes | undefined> {
  const facts = wizardFacts(config, sandboxUrl, brand)
  const { frameAncestors } = config
  const wizard = facts && (await createWizardRoutes({ folder, facts, publicUrl, brand, frameAncestors }))
  if (config.wizard && !wizard) {
    throw new ConfigurationError(
      `PATCHBAY_WIZARD_TOKEN_URL asks for the wizard, but ${folder} has none. Build it with npm run build.`,
    )
  }
  return wizard
}

/** Returns the wizard's type for all other pages, or undefined if this installation serves no wizard. */
export async function findFont(config: Config, folder = WIZARD_FOLDER): Promise<WizardFont | undefined> {
  return servesWizard(config) ? wizardFont(folder) : undefined
}

/** The routes of the root if there is no wizard. */
export function toExplorer(): Hono {
  return new Hono().get('/', (c) => c.body(null, 307, { location: GRAPHQL_PATH, 'cache-control': 'no-store' }))
}

/** What publishing depends on, for the server and the command line. */
export function publishingDeps(
  { db, notifier, vault }: Pick<Deps, 'db' | 'notifier' | 'vault'>,
  { fetch, refusesAddress }: Pick<ReturnType<typeof createGuardedFetch>, 'fetch' | 'refusesAddress'>,
  { allowsInsecureApps }: Config,
): ConfigureDeps {
  return {
    db,
    notifier,
    vault,
    providers: providerCatalogue,
    discover: createDiscover(fetch, { allowInsecure: allowsInsecureApps }),
    allowPrivate: allowsInsecureApps,
    refusesAddress,
  }
}

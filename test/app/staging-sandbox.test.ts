import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startInstance } from '../../src/app/app.js'
import { readConfig } from '../../src/config/environment.js'
import { credentialsBinding } from '../../src/domain/credential/client-credentials.js'
import { createLogger } from '../../src/observability/logger.js'
import { createEnvelopeVault } from '../../src/vault/envelope-vault.js'
import { createKeyRing } from '../../src/vault/key-ring.js'
import { openTestDatabase } from '../support/database.js'
import { freePort } from '../support/free-port.js'
import { STAGING_KEY, STAGING_PASSWORD } from '../support/staging.js'

test('connectors get the sandbox’s new client secrets if its state was lost, and keep them if not', async () => {
  const database = await openTestDatabase()
  const folders = await Promise.all([1, 2].map(() => mkdtemp(join(tmpdir(), 'patchbay-'))))
  const [port, sandboxPort] = await Promise.all([freePort(), freePort()])
  const vault = createEnvelopeVault(createKeyRing([STAGING_KEY]))
  const logger = createLogger('silent', { write: () => {} })

  /** Starts on this folder, and returns the secrets of the app and of the connector. */
  async function secretsIn(folder: string | undefined) {
    const config = readConfig({
      PATCHBAY_ENV: 'staging',
      PATCHBAY_STAGING_PASSWORD: STAGING_PASSWORD,
      PATCHBAY_KEYS: STAGING_KEY,
      PATCHBAY_PORT: String(port),
      PATCHBAY_PUBLIC_URL: `http://localhost:${port}`,
      PATCHBAY_SANDBOX_PORT: String(sandboxPort),
      PATCHBAY_SANDBOX_URL: `http://localhost:${sandboxPort}`,
      PATCHBAY_DRAIN_SPREAD: '0',
      PATCHBAY_DATA: folder,
    })
    const instance = await startInstance(config, logger, {
      openDatabase: async () => ({ ...database, close: async () => {} }),
    })
    const app = instance.sandbox?.apps.find(({ slug }) => slug === 'acme-mail')
    const row = await database.db.connectorCredential.findUniqueOrThrow({ where: { connectorSlug: 'acme-mail' } })
    const { revision } = await database.db.catalogue.findFirstOrThrow()
    await instance.close()
    const stored = JSON.parse(await vault.open(row.sealed, credentialsBinding('acme-mail')))
    expect(stored.clientSecret).toBe(app?.clientSecret)
    return { secret: app?.clientSecret, revision }
  }

  const first = await secretsIn(folders[0])
  expect(await secretsIn(folders[0])).toEqual(first)
  expect((await secretsIn(folders[1])).secret).not.toBe(first.secret)
  await database.close()
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })))
})

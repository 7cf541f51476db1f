import { randomBytes, randomUUID } from 'node:crypto'
import { changeUser } from '../../src/domain/change/change-user.js'
import { sqlOn } from '../../src/domain/db.js'
import { userIdOf, type Viewer } from '../../src/domain/identity/viewer.js'
import type { Telemetry, WebhookTry } from '../../src/domain/ports/telemetry.js'
import type { Vault } from '../../src/domain/ports/vault.js'
import { createDeliveries, type Deliveries } from '../../src/domain/webhook/deliver-webhooks.js'
import { recordEvents, setupEvent } from '../../src/domain/webhook/events.js'
import type { WebhookDeps } from '../../src/domain/webhook/webhook.js'
import type { PrismaClient } from '../../src/generated/prisma/client.js'
import { createWebhookSender } from '../../src/outbound/webhook-sender.js'
import { createEnvelopeVault } from '../../src/vault/envelope-vault.js'
import { createKeyRing } from '../../src/vault/key-ring.js'
import { openTestDatabase, type TestDatabase } from './database.js'

/** Everything needed to send events to host back ends, without a server. */
export interface Scene extends AsyncDisposable {
  database: TestDatabase
  db: PrismaClient
  vault: Vault
  /** The vault that seals the secrets. */
  vaultKey: string
  /** What registering, replaying and similar operations depend on. */
  deps: WebhookDeps
  /** The result of each try, as the server would have reported it. */
  tries: WebhookTry[]
  failures: unknown[]
  /** An instance that delivers. Once it is disposed, nothing is in progress. */
  instance(options?: {
    leaseMs?: number
    timeoutMs?: number
    vault?: Vault
    db?: PrismaClient
  }): Deliveries & AsyncDisposable
  /** Delivers everything that is due. */
  deliver(): Promise<void>
  /** Deletes all deliveries, users and endpoints. */
  reset(): Promise<void>
  /** Lets time pass for the deliveries in the outbox. */
  pass(seconds: number): Promise<void>
}

export async function openScene(): Promise<Scene> {
  const database = await openTestDatabase()
  const { db } = database
  const vaultKey = randomBytes(32).toString('base64')
  const vault = createEnvelopeVault(createKeyRing([vaultKey]))
  const tries: WebhookTry[] = []
  const failures: unknown[] = []
  const telemetry: Pick<Telemetry, 'webhookTried' | 'webhooksFailed'> = {
    webhookTried: (tried) => void tries.push(tried),
    webhooksFailed: (error) => void failures.push(error),
  }
  const sender = createWebhookSender({ allowPrivate: true })
  const instance: Scene['instance'] = (options = {}) => {
    const { leaseMs, timeoutMs: ownTimeoutMs, vault: ownVault = vault, db: ownDb = db } = options
    const own =
      ownTimeoutMs === undefined ? undefined : createWebhookSender({ allowPrivate: true, timeoutMs: ownTimeoutMs })
    const deliveries = createDeliveries({
      db: ownDb,
      sql: database.sql,
      vault: ownVault,
      sender: own ?? sender,
      telemetry,
      ...(leaseMs !== undefined && { leaseMs }),
    })
    return {
      ...deliveries,
      async [Symbol.asyncDispose]() {
        await deliveries.close()
        await own?.close()
      },
    }
  }
  const everyday = instance()
  return {
    database,
    db,
    vault,
    vaultKey,
    deps: { db, vault, sender, allowPrivate: true },
    tries,
    failures,
    instance,
    async deliver() {
      await everyday.look()
      await everyday.idle()
    },
    async reset() {
      await db.webhookEndpoint.deleteMany()
      await db.user.deleteMany()
      tries.length = 0
      failures.length = 0
    },
    async pass(seconds) {
      await db.$executeRaw`
        UPDATE "WebhookDelivery" SET
          "dueAt" = "dueAt" - make_interval(secs => ${seconds}::double precision),
          "createdAt" = "createdAt" - make_interval(secs => ${seconds}::double precision),
          "retryUntil" = "retryUntil" - make_interval(secs => ${seconds}::double precision)`
    },
    async [Symbol.asyncDispose]() {
      await everyday.close()
      await sender.close()
      await database.close()
    },
  }
}

/** A user of the host that no other test knows. */
export function someone(): Viewer {
  const identity = { issuer: 'https://host.example', subject: randomUUID(), organization: 'hosted' }
  return {
    ...identity,
    userId: userIdOf(identity),
    name: null,
    organization: { id: identity.organization, name: null },
    isOperator: false,
    issuedAt: new Date(),
    session: null,
    expiresAt: null,
  }
}

/** A notifier that notifies no one. */
export const SILENT = { notify: () => {}, notifyCatalogue: () => {} }

/** Writes an event of the viewer, as one of their changes does. The plugin's name distinguishes it from others. */
export function write(db: PrismaClient, viewer: Viewer, pluginSlug: string): Promise<void> {
  return changeUser({ db, notifier: SILENT }, viewer, (tx, change) =>
    recordEvents(sqlOn(tx), change, [setupEvent({ id: randomUUID(), pluginSlug, status: 'READY' })]),
  )
}

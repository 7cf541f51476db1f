import { randomUUID } from 'node:crypto'
import type { UserIdentity } from '../../src/domain/identity/user-identity.js'
import { userIdOf } from '../../src/domain/identity/viewer.js'
import { insertRows } from './insert-rows.js'
import type { Patchbay } from './patchbay.js'

const APP = 'acme-mail'

/** Ben belongs to Northwind. */
const BEN: UserIdentity = { issuer: 'patchbay-development', subject: 'ben', organization: 'northwind' }

/** Gives a user connections to one app. The first of them is what the steps of `addSetups` use. */
export async function addConnections({ database: { db } }: Patchbay, count: number, user = BEN): Promise<void> {
  const now = new Date()
  const userId = userIdOf(user)
  await db.user.upsert({ where: { id: userId }, create: { id: userId, ...user, createdAt: now }, update: {} })
  await insertRows(
    db,
    'Connection',
    Array.from({ length: count }, (_, index) => ({
      id: randomUUID(),
      userId,
      connectorSlug: APP,
      status: 'LIVE' as const,
      accountId: `account-${index}`,
      grantedScopes: ['mail.read'],
      connectedAt: now,
      authorizedAt: now,
      refreshable: false,
    })),
  )
  await raise({ db }, userId)
}

/** Publishes plugins that need the app, and starts a user's setups of them. */
export async function addSetups({ database: { db } }: Patchbay, count: number, user = BEN): Promise<void> {
  const slugs = Array.from({ length: count }, (_, index) => `crowd-${index}`)
  const now = new Date()
  await insertRows(
    db,
    'Plugin',
    slugs.map((slug) => ({
      slug,
      name: slug,
      summary: 'One of many.',
      version: '1.0.0',
      manifestHash: slug,
      publishedAt: now,
    })),
  )
  await insertRows(
    db,
    'Requirement',
    slugs.map((pluginSlug) => ({
      pluginSlug,
      connectorSlug: APP,
      position: 1,
      scopes: [],
      reason: 'To read.',
      optional: false,
    })),
  )
  await db.catalogue.update({ where: { id: 1 }, data: { revision: { increment: 1 } } })
  await insertRows(
    db,
    'Setup',
    slugs.map((pluginSlug) => ({ id: randomUUID(), userId: userIdOf(user), pluginSlug, startedAt: now })),
  )
  await raise({ db }, userIdOf(user))
}

async function raise({ db }: Pick<Patchbay['database'], 'db'>, id: string): Promise<void> {
  await db.user.update({ where: { id }, data: { revision: { increment: 1 } } })
}

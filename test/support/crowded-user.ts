import { randomUUID } from 'node:crypto'
import { userIdOf } from '../../src/domain/identity/viewer.js'
import type { Patchbay } from './patchbay.js'

const APP = 'acme-mail'

/** Ben's id. He belongs to Northwind. */
export const BEN = userIdOf({ issuer: 'patchbay-development', subject: 'ben', organization: 'northwind' })

/** Gives Ben connections to one app. The first of them is what his steps use. */
export async function addConnections({ database: { db } }: Patchbay, count: number): Promise<void> {
  const now = new Date()
  await db.user.upsert({
    where: { id: BEN },
    create: { id: BEN, issuer: 'patchbay-development', subject: 'ben', organization: 'northwind', createdAt: now },
    update: {},
  })
  await db.connection.createMany({
    data: Array.from({ length: count }, (_, index) => ({
      id: randomUUID(),
      userId: BEN,
      connectorSlug: APP,
      status: 'LIVE' as const,
      accountId: `account-${index}`,
      grantedScopes: ['mail.read'],
      connectedAt: now,
      authorizedAt: now,
      refreshable: false,
    })),
  })
  await raise({ db })
}

/** Publishes plugins that need the app, and starts Ben's setups of them. */
export async function addSetups({ database: { db } }: Patchbay, count: number): Promise<void> {
  const slugs = Array.from({ length: count }, (_, index) => `crowd-${index}`)
  const now = new Date()
  await db.plugin.createMany({
    data: slugs.map((slug) => ({
      slug,
      name: slug,
      summary: 'One of many.',
      version: '1.0.0',
      manifestHash: slug,
      publishedAt: now,
    })),
  })
  await db.requirement.createMany({
    data: slugs.map((pluginSlug) => ({
      pluginSlug,
      connectorSlug: APP,
      position: 1,
      scopes: [],
      reason: 'To read.',
      optional: false,
    })),
  })
  await db.catalogue.update({ where: { id: 1 }, data: { revision: { increment: 1 } } })
  await db.setup.createMany({
    data: slugs.map((pluginSlug) => ({ id: randomUUID(), userId: BEN, pluginSlug, startedAt: now })),
  })
  await raise({ db })
}

async function raise({ db }: Pick<Patchbay['database'], 'db'>): Promise<void> {
  await db.user.update({ where: { id: BEN }, data: { revision: { increment: 1 } } })
}

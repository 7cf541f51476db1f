import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadCatalogue } from '../../../src/domain/catalogue/load-catalogue.js'
import { providersDue } from '../../../src/domain/connection/refresh/refresh-state.js'
import { providerCatalogue } from '../../../src/providers/catalogue.js'
import { openTestDatabase, type TestDatabase } from '../../support/database.js'

const DESCRIBED = { authorizationUrl: 'https://app.example/authorize', tokenUrl: 'https://app.example/token' }
const PROVIDERS = {
  calendar: 'google',
  mail: 'google',
  'acme-crm': 'oauth2',
  'acme-chat': 'openid-connect',
}

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
  for (const [slug, provider] of Object.entries(PROVIDERS)) {
    // As an instance of a version without the column writes it.
    const settings = provider === 'google' ? null : JSON.stringify(DESCRIBED)
    await database.db.$executeRaw`
      INSERT INTO "Connector" (slug, name, "defaultScopes", provider, "providerSettings")
      VALUES (${slug}, ${slug}, '{}', ${provider}, ${settings}::jsonb)`
  }
})
afterAll(() => database.close())

async function keys(): Promise<Record<string, string>> {
  const { connectors } = await loadCatalogue(database.sql, providerCatalogue)
  return Object.fromEntries([...connectors.values()].map(({ slug, providerKey }) => [slug, providerKey]))
}

test('connectors of one provider share its key, and each that an operator described has its own, whichever version wrote them', async () => {
  expect(await keys()).toEqual({ calendar: 'google', mail: 'google', 'acme-crm': 'acme-crm', 'acme-chat': 'acme-chat' })
})

test('due refreshes are found by the key of their provider', async () => {
  const { db } = database
  await db.$executeRaw`
    INSERT INTO "User" (id, issuer, subject, organization, "createdAt")
    VALUES (gen_random_uuid(), 'https://host.example', 'ada', 'northwind', now())`
  await db.$executeRaw`
    INSERT INTO "Connection" (id, "userId", "connectorSlug", status, "grantedScopes", "connectedAt", "authorizedAt",
      refreshable, "refreshDueAt")
    SELECT gen_random_uuid(), "User".id, slug, 'LIVE', '{}', now(), now(), true, now() FROM "User", "Connector"`
  expect((await providersDue(database.sql)).sort()).toEqual(['acme-chat', 'acme-crm', 'google'])
})

test('a connector whose provider changes gets the new provider’s key, whichever version changes it', async () => {
  const { db } = database
  await db.$executeRaw`UPDATE "Connector" SET provider = 'oauth2', "providerSettings" = ${JSON.stringify(DESCRIBED)}::jsonb WHERE slug = 'mail'`
  await db.connector.update({ where: { slug: 'acme-crm' }, data: { provider: 'slack' } })
  expect(await keys()).toMatchObject({ mail: 'mail', 'acme-crm': 'slack', calendar: 'google' })
})

import { afterEach, beforeEach, expect, test } from 'vitest'
import { claimDatabase } from '../../src/app/claim-database.js'
import { type Config, readConfig } from '../../src/config/environment.js'
import { openTestDatabase, type TestDatabase } from '../support/database.js'
import { STAGING_KEY, STAGING_PASSWORD } from '../support/staging.js'

const common = { PATCHBAY_PUBLIC_URL: 'https://connect.example.com', PATCHBAY_KEYS: STAGING_KEY }
const production = readConfig({
  ...common,
  PATCHBAY_JWT_SECRET: 's'.repeat(40),
  PATCHBAY_JWT_ISSUER: 'https://app.example.com',
  PATCHBAY_JWT_AUDIENCE: 'patchbay',
})
const staging = readConfig({
  ...common,
  PATCHBAY_ENV: 'staging',
  PATCHBAY_STAGING_PASSWORD: STAGING_PASSWORD,
  PATCHBAY_SANDBOX: 'off',
})
const development = readConfig({})

let database: TestDatabase
beforeEach(async () => {
  database = await openTestDatabase()
})
afterEach(() => database.close())

const claim = (config: Config) => claimDatabase(database.sql, config)
const mark = async () => (await database.db.installation.findUnique({ where: { id: 1 } }))?.mode

test('the first start marks the database, and later starts in the same mode accept it', async () => {
  await claim(staging)
  await database.db.user.create({
    data: {
      id: '0b3f0e0a-5d5c-4d5e-9f41-2a6f5f3f4f10',
      issuer: 'i',
      subject: 's',
      organization: 'o',
      createdAt: new Date(),
    },
  })
  await claim(staging)
  expect(await mark()).toBe('staging')
})

test('production refuses staging’s database, and staging production’s, by name', async () => {
  await claim(staging)
  await expect(claim(production)).rejects.toThrow(
    /^This database belongs to staging, which first used it on \d{4}-\d\d-\d\d, and PATCHBAY_ENV is production\. Set DATABASE_URL to an empty database/,
  )
  expect(await mark()).toBe('staging')
  await database.db.installation.deleteMany()
  await claim(production)
  await expect(claim(staging)).rejects.toThrow(/^This database belongs to production,/)
})

test('production marks a database that an earlier version used, whatever is in it', async () => {
  await database.db.apiKey.create({
    data: { id: 'lusab-babad', name: 'x', scopes: [], secretHash: new Uint8Array(32), createdAt: new Date() },
  })
  await claim(production)
  expect(await mark()).toBe('production')
})

test.each<[string, (db: TestDatabase['db']) => Promise<unknown>, string]>([
  [
    'users',
    (db) =>
      db.user.create({
        data: {
          id: '0b3f0e0a-5d5c-4d5e-9f41-2a6f5f3f4f10',
          issuer: 'i',
          subject: 's',
          organization: 'o',
          createdAt: new Date(),
        },
      }),
    'users',
  ],
  [
    'a client of a real app',
    (db) =>
      db.connector.create({
        data: { slug: 'mail', name: 'Mail', provider: 'google', credential: { create: { sealed: new Uint8Array(1) } } },
      }),
    'credentials of the connector mail',
  ],
  [
    'API keys',
    (db) =>
      db.apiKey.create({
        data: { id: 'lusab-babad', name: 'x', scopes: [], secretHash: new Uint8Array(32), createdAt: new Date() },
      }),
    'API keys',
  ],
])('staging refuses a database without a mark that has %s, and leaves it unmarked', async (_name, store, found) => {
  await store(database.db)
  await expect(claim(staging)).rejects.toThrow(
    `This database has ${found}, so it may be production’s, and PATCHBAY_ENV is staging. Set DATABASE_URL to an empty database`,
  )
  expect(await mark()).toBeUndefined()
  await claim(production)
})

test('staging accepts what a development server without users left, and development marks nothing', async () => {
  const { db } = database
  await claim(development)
  expect(await mark()).toBeUndefined()
  const client = { credential: { create: { sealed: new Uint8Array(1) } } }
  await db.connector.create({ data: { slug: 'acme-mail', name: 'Acme Mail', provider: 'oauth2', ...client } })
  await db.connector.create({ data: { slug: 'github', name: 'GitHub', provider: 'github' } })
  await db.apiKey.create({
    data: { id: 'development', name: 'x', scopes: [], secretHash: new Uint8Array(32), createdAt: new Date() },
  })
  await claim(staging)
  expect(await mark()).toBe('staging')
})

test('of a staging and a production that start together, one is refused', async () => {
  const results = await Promise.allSettled([claim(staging), claim(production)])
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
})

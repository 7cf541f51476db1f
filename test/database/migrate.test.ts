import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { MigrationError, type MigrationSession, migrate } from '../../src/database/migrate.js'
import { createDatabase } from '../support/postgres-server.js'

let session: MigrationSession & { close(): Promise<void> }

beforeAll(async () => {
  session = inject('mode') === 'service' ? await openPostgres() : await PGlite.create()
})
afterAll(() => session.close())

async function openPostgres() {
  const database = await createDatabase(inject('services').postgres)
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  return {
    exec: (sql: string) => client.query(sql),
    query: (sql: string, values?: unknown[]) => client.query(sql, values),
    async close() {
      await client.end()
      await database.drop()
    },
  }
}

test('migrations are applied once and recorded in Prisma’s history', async () => {
  const applied = await migrate(session)
  expect(applied.length).toBeGreaterThan(0)
  expect(await migrate(session)).toEqual([])
  const { rows } = await session.query(
    'SELECT migration_name, applied_steps_count FROM _prisma_migrations ORDER BY started_at',
  )
  expect(rows).toEqual(applied.map((name) => ({ migration_name: name, applied_steps_count: 1 })))
  await session.query('SELECT 1 FROM "Connection"')
})

test('a migration that was edited after it ran is refused', async () => {
  await session.query(`UPDATE _prisma_migrations SET checksum = 'edited'`)
  await expect(migrate(session)).rejects.toThrow(/was edited after it ran/)
})

test('a database from a newer version is refused', async () => {
  await session.query(`UPDATE _prisma_migrations SET migration_name = '20990101000000_later'`)
  await expect(migrate(session)).rejects.toThrow(MigrationError)
  await expect(migrate(session)).rejects.toThrow(/newer Patchbay/)
})

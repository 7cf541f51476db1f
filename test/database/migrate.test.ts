import { randomBytes } from 'node:crypto'
import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MigrationError, type MigrationSession, migrate } from '../../src/database/migrate.js'
import { postgresUrl } from '../support/postgres.js'

const url = await postgresUrl()

const databases: [string, boolean, () => Promise<MigrationSession & { close(): Promise<void> }>][] = [
  ['PGlite', true, () => PGlite.create()],
  ['PostgreSQL', url !== undefined, openPostgres],
]

async function openPostgres() {
  const name = `patchbay_${randomBytes(6).toString('hex')}`
  const admin = new pg.Client({ connectionString: url })
  await admin.connect()
  await admin.query(`CREATE DATABASE ${name}`)
  const own = new URL(url ?? '')
  own.pathname = `/${name}`
  const client = new pg.Client({ connectionString: own.href })
  await client.connect()
  return {
    exec: (sql: string) => client.query(sql),
    query: (sql: string, values?: unknown[]) => client.query(sql, values),
    async close() {
      await client.end()
      await admin.query(`DROP DATABASE ${name}`)
      await admin.end()
    },
  }
}

describe.each(databases.filter(([, present]) => present))('migrations on %s', (_name, _present, open) => {
  let session: Awaited<ReturnType<typeof open>>
  beforeAll(async () => {
    session = await open()
  })
  afterAll(() => session.close())

  test('are applied once, and kept in Prisma’s history', async () => {
    const applied = await migrate(session)
    expect(applied.length).toBeGreaterThan(0)
    expect(await migrate(session)).toEqual([])
    const { rows } = await session.query(
      'SELECT migration_name, applied_steps_count FROM _prisma_migrations ORDER BY started_at',
    )
    expect(rows).toEqual(applied.map((name) => ({ migration_name: name, applied_steps_count: 1 })))
    await session.query('SELECT 1 FROM "Connection"')
  })

  test('an edited one is refused', async () => {
    await session.query(`UPDATE _prisma_migrations SET checksum = 'edited'`)
    await expect(migrate(session)).rejects.toThrow(/was edited after it ran/)
  })

  test('a database of a newer version is refused', async () => {
    await session.query(`UPDATE _prisma_migrations SET migration_name = '20990101000000_later'`)
    await expect(migrate(session)).rejects.toThrow(MigrationError)
    await expect(migrate(session)).rejects.toThrow(/newer Patchbay/)
  })
})

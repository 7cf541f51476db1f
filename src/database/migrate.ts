import { createHash, randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'

const folder = new URL('../../prisma/migrations/', import.meta.url)
/** Any fixed number. It makes instances that start together migrate one after the other. */
const LOCK_KEY = 7_242_017

/** One session of a database. `exec` runs several statements, and `query` runs one with parameters. */
export interface MigrationSession {
  exec(sql: string): Promise<unknown>
  query(sql: string, values?: unknown[]): Promise<{ rows: unknown[] }>
}

interface Migration {
  name: string
  sql: string
  checksum: string
}

interface AppliedMigration {
  migration_name: string
  checksum: string
}

export class MigrationError extends Error {
  override readonly name = 'MigrationError'
}

/** Applies the missing migrations, one transaction each, and maintains Prisma's own history table. */
export async function migrate(session: MigrationSession): Promise<string[]> {
  const migrations = await migrationsOnDisk()
  const applied: string[] = []
  for (;;) {
    const name = await inTransaction(session, () => applyNext(session, migrations))
    if (name === null) return applied
    applied.push(name)
  }
}

async function migrationsOnDisk(): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => {
    throw new MigrationError('The folder prisma/migrations is missing. Reinstall Patchbay.')
  })
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(new URL(`${name}/migration.sql`, folder), 'utf8')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

async function applyNext(session: MigrationSession, migrations: readonly Migration[]): Promise<string | null> {
  await session.query('SELECT pg_advisory_xact_lock($1)', [LOCK_KEY])
  await session.exec(HISTORY_TABLE)
  const { rows } = await session.query(
    'SELECT migration_name, checksum FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
  )
  const history = rows as AppliedMigration[]
  checkHistory(history, migrations)
  const next = migrations.find((migration) => !history.some((row) => row.migration_name === migration.name))
  if (!next) return null
  await session.exec(next.sql)
  await session.query(
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
     VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`,
    [randomUUID(), next.checksum, next.name],
  )
  return next.name
}

function checkHistory(history: readonly AppliedMigration[], migrations: readonly Migration[]): void {
  for (const { migration_name: name, checksum } of history) {
    const known = migrations.find((migration) => migration.name === name)
    if (!known) {
      throw new MigrationError(
        `The database has the migration ${name}, which this version doesn’t know, so a newer Patchbay has used it. Start that version, or restore a backup.`,
      )
    }
    if (known.checksum !== checksum) {
      throw new MigrationError(
        `The migration ${name} was edited after it ran. Restore its file, and put the change into a new migration.`,
      )
    }
  }
}

async function inTransaction<T>(session: MigrationSession, work: () => Promise<T>): Promise<T> {
  await session.exec('BEGIN')
  try {
    const result = await work()
    await session.exec('COMMIT')
    return result
  } catch (error) {
    await session.exec('ROLLBACK')
    throw error
  }
}

/** As Prisma's schema engine creates it, so that Prisma's tools can read the history. */
const HISTORY_TABLE = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL,
  logs TEXT,
  rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`

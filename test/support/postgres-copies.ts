import type pg from 'pg'
import { inject } from 'vitest'
import { connected, createDatabase, type NewDatabase } from './postgres-server.js'

/** Empty ones that nobody uses. Emptying one is much faster than creating one. */
const idle: NewDatabase[] = []

export interface Copy {
  url: string
  /** Empties it for the next one who needs a copy. */
  giveBack(): Promise<void>
}

/** A migrated, empty database on the tests' PostgreSQL. */
export async function takeCopy(): Promise<Copy> {
  const { postgres, template } = inject('services')
  const copy = idle.pop() ?? (await createDatabase(postgres, template))
  return {
    url: copy.url,
    async giveBack() {
      if (await connected(copy.url, empty)) idle.push(copy)
      else await copy.drop()
    },
  }
}

const OTHERS = `SELECT 1 FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`
const TABLES = `SELECT string_agg(format('%I', tablename), ', ') AS names FROM pg_tables
  WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'`

const STATISTICS = `SELECT 1 FROM pg_stats WHERE schemaname = 'public' AND tablename <> '_prisma_migrations' LIMIT 1`

/**
 * @returns whether the next one gets it as if it were new: if someone is still connected, they might write later, and
 * statistics would change plans
 */
async function empty(client: pg.Client): Promise<boolean> {
  for (let tries = 0; (await client.query(OTHERS)).rowCount; tries++) {
    if (tries === 50) return false
    await client.query('SELECT pg_sleep(0.01)') // a closed connection takes a moment to end
  }
  if ((await client.query(STATISTICS)).rowCount) return false
  const { rows } = await client.query<{ names: string }>(TABLES)
  await client.query(`TRUNCATE ${rows[0]?.names} RESTART IDENTITY`)
  return true
}

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { createDatabase, startPrivatePostgres } from '../../test/support/postgres-server.js'
import { startRedisServer } from '../../test/support/redis-server.js'
import { startTokenEndpoint } from './token-endpoint.js'

/** What all contestants of a run share. */
export interface Services {
  /** For logs. Deleted at the end, unless the run fails. */
  folder: string
  postgresPid: number
  redisUrl: string
  tokenUrl: string
  createDatabase(content: 'empty' | 'fixture'): Promise<string>
  /** How many statements this database has run so far. BEGIN and COMMIT don't count. */
  statements(databaseUrl: string): Promise<number>
  stop(): Promise<void>
}

/** The disk is not what we compare, so PostgreSQL doesn't wait for it. Everyone gets the same. */
const POSTGRES = {
  max_connections: '300',
  shared_buffers: '256MB',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  jit: 'off',
  max_wal_size: '4GB',
  checkpoint_timeout: '1h',
  shared_preload_libraries: 'pg_stat_statements',
}

const STATEMENTS = `SELECT coalesce(sum(calls), 0)::int AS count
  FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
  WHERE d.datname = $1 AND s.query !~* '^\\s*(begin|commit|rollback|savepoint|release)'`

export async function startServices(): Promise<Services> {
  const folder = await mkdtemp(join(tmpdir(), 'patchbay-bench-'))
  const postgres = await startPrivatePostgres(POSTGRES)
  const redis = await startRedisServer(['--maxclients', '2000'])
  const tokens = await startTokenEndpoint()
  const admin = new pg.Pool({ connectionString: postgres.url, max: 1 })
  await admin.query('CREATE EXTENSION pg_stat_statements')
  const fixture = await createFixture(postgres.url)
  let stopped: Promise<void> | undefined
  const stop = async () => {
    await admin.end()
    tokens.close()
    await redis.stop()
    await postgres.stop()
  }
  return {
    folder,
    postgresPid: postgres.pid,
    redisUrl: redis.url,
    tokenUrl: tokens.url,
    async createDatabase(content) {
      return (await createDatabase(postgres.url, content === 'fixture' ? fixture : undefined)).url
    },
    async statements(databaseUrl) {
      return (await admin.query(STATEMENTS, [new URL(databaseUrl).pathname.slice(1)])).rows[0].count
    },
    stop() {
      stopped ??= stop()
      return stopped
    },
  }
}

/** @returns the name of a database from which each contestant gets a copy */
async function createFixture(serverUrl: string): Promise<string> {
  const { url } = await createDatabase(serverUrl)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(await readFile(new URL('../fixture/schema.sql', import.meta.url), 'utf8'))
  await client.end()
  return new URL(url).pathname.slice(1)
}

export const discardFolder = ({ folder }: Services): Promise<void> => rm(folder, { recursive: true, force: true })

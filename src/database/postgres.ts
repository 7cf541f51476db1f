import { createHash, randomBytes } from 'node:crypto'
import pg from 'pg'
import { pause } from '../domain/pause.js'
import { type Sql, statement } from '../domain/ports/sql.js'
import { type Database, DatabaseError } from './database.js'
import { lazyPrisma } from './lazy-prisma.js'
import { migrate } from './migrate.js'
import { createPgSql } from './pg-sql.js'
import { explainFault, isPassing } from './postgres-faults.js'
import { type PostgresTarget, readPostgresUrl } from './postgres-url.js'

export interface PostgresOptions {
  /** postgresql://user:password@host:port/database, with the parameters that docs/configuration.md lists. */
  url: string
  /** The largest number of connections. */
  poolSize: number
  /** How long to wait for a server that doesn't respond yet. */
  startTimeoutMs: number
  /** Called with the error of each idle connection that was lost. The pool replaces it. */
  onConnectionLost: (error: Error) => void
}

/** Set on every connection, so that instances can recognize each other: see otherInstances. */
const instanceName = () => `${INSTANCE_PREFIX}${randomBytes(6).toString('hex')}`
const INSTANCE_PREFIX = 'patchbay/'

/** The longest time a query may take, so that an unreachable database never blocks a request forever. */
const STATEMENT_TIMEOUT_MS = 10_000
const CONNECT_TIMEOUT_MS = 5_000
/** If a process stops in a transaction or loses the server, its row locks are released after this time. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 15_000
/** Connections are replaced after this time, so that they follow a failover behind the same name. */
const MAX_LIFETIME_SECONDS = 1_800
const TRANSACTION_OPTIONS = { maxWait: CONNECT_TIMEOUT_MS, timeout: 10_000 }
const OLDEST_VERSION = 15
const RETRY_MS = 250
/** The largest number of prepared statements per connection. Lists of ids produce ever new texts. */
const MAX_NAMED_STATEMENTS = 300

/**
 * Opens a PostgreSQL database through a bounded pool, and migrates it. Instances that start together migrate one after
 * the other.
 * @throws DatabaseError if it can't be used, MigrationError if its schema doesn't match this version
 */
export async function openPostgres(options: PostgresOptions): Promise<Database> {
  const target = readPostgresUrl(options.url)
  await prepare(options, target)
  return openPool(new pg.Pool(poolConfig(options)), options.onConnectionLost, target.schema)
}

/** How the pool creates connections. */
export function poolConfig({ url, poolSize }: Pick<PostgresOptions, 'url' | 'poolSize'>): pg.PoolConfig {
  return {
    ...sessionConfig(readPostgresUrl(url)),
    application_name: instanceName(),
    max: poolSize,
    pipeline: true,
    maxLifetimeSeconds: MAX_LIFETIME_SECONDS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    // The server's limit doesn't help if the server is unreachable.
    query_timeout: STATEMENT_TIMEOUT_MS + 1_000,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
  }
}

/** Takes over the pool of a migrated database. */
export function openPool(pool: pg.Pool, onConnectionLost: (error: Error) => void, schema = 'public'): Database {
  pool.on('error', onConnectionLost)
  pool.on('connect', (client) => survive(client, onConnectionLost))
  const prisma = lazyPrisma(async () => {
    const [{ PrismaPg }, { PrismaClient }] = await Promise.all([
      import('@prisma/adapter-pg'),
      import('../generated/prisma/client.js'),
    ])
    const adapter = new PrismaPg(pool, {
      schema,
      statementNameGenerator: createStatementNames(),
      onConnectionError: onConnectionLost,
    })
    return new PrismaClient({ adapter, transactionOptions: TRANSACTION_OPTIONS })
  })
  return {
    db: prisma.db,
    sql: createPgSql(pool),
    pool: () => ({
      total: pool.totalCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
      max: pool.options.max,
    }),
    async close() {
      await prisma.close()
      await pool.end()
    },
  }
}

/**
 * Keeps the error of a lost connection from ending the process. The connection's own statements fail, too, but it can be
 * lost between two owners: the pool hands it out in the middle of what the server sent, and the end of that may be the
 * server's last word.
 */
function survive(client: pg.ClientBase, onConnectionLost: (error: Error) => void): void {
  client.on('error', (error) => {
    const isOnlyListener = client.listenerCount('error') === 1
    if (isOnlyListener) onConnectionLost(error)
  })
}

/** Names statements by their text, so that PostgreSQL parses and plans each one once per connection. */
function createStatementNames(): (query: { sql: string }) => string {
  const names = new Map<string, string>()
  return ({ sql }) => {
    let name = names.get(sql)
    if (name === undefined) {
      if (names.size >= MAX_NAMED_STATEMENTS) return ''
      name = createHash('sha256').update(sql).digest('base64url')
      names.set(sql, name)
    }
    return name
  }
}

function sessionConfig({ connectionString, options }: PostgresTarget): pg.ClientConfig {
  return { connectionString, connectionTimeoutMillis: CONNECT_TIMEOUT_MS, keepAlive: true, options }
}

const OTHER_INSTANCES = statement<[names: string], { count: number }>(
  'other-instances',
  `SELECT count(DISTINCT application_name)::int AS count FROM pg_stat_activity
   WHERE datname = current_database() AND application_name LIKE $1
     AND application_name <> current_setting('application_name')`,
)

/** Returns how many other instances use this database now. */
export async function otherInstances(sql: Sql): Promise<number> {
  const [row] = await sql.run(OTHER_INSTANCES, `${INSTANCE_PREFIX}%`)
  return row?.count ?? 0
}

/** Waits for the server, checks that it can be used, and migrates. */
async function prepare({ url, startTimeoutMs }: PostgresOptions, target: PostgresTarget): Promise<void> {
  const client = await connect(url, target, Date.now() + startTimeoutMs)
  try {
    await checkServer(client, target.schema)
    await createSchema(client, target.schema)
    await migrate({
      exec: (sql) => client.query(sql),
      query: (sql, values) => client.query(sql, values),
    })
  } catch (error) {
    throw explainFault(error, url)
  } finally {
    await client.end().catch(() => {})
  }
}

async function connect(url: string, target: PostgresTarget, deadline: number): Promise<pg.Client> {
  for (;;) {
    const client = new pg.Client(sessionConfig(target))
    client.on('error', () => {}) // the interrupted query reports it
    try {
      await client.connect()
      return client
    } catch (error) {
      await client.end().catch(() => {})
      if (!isPassing(error) || Date.now() + RETRY_MS > deadline) throw explainFault(error, url)
      await pause(RETRY_MS)
    }
  }
}

interface Server {
  version: number
  name: string
  standby: boolean
  encoding: string
  timezone: string
  path: string
}

async function checkServer(client: pg.Client, schema: string): Promise<void> {
  const { rows } = await client.query<Server>(
    `SELECT current_setting('server_version_num')::int AS version, current_setting('server_version') AS name,
            pg_is_in_recovery() AS standby, current_setting('server_encoding') AS encoding,
            current_setting('TimeZone') AS timezone, current_setting('search_path') AS path`,
  )
  const [server] = rows
  if (!server) throw new DatabaseError('DATABASE_URL: the server didn’t report its version.')
  if (server.version < OLDEST_VERSION * 10_000) {
    throw new DatabaseError(
      `DATABASE_URL: PostgreSQL ${server.name} is too old. Patchbay needs PostgreSQL ${OLDEST_VERSION} or newer. Upgrade the server, or use another one.`,
    )
  }
  if (server.standby) {
    throw new DatabaseError('DATABASE_URL: this server is a read-only standby. Use the primary instead.')
  }
  if (server.encoding !== 'UTF8') {
    throw new DatabaseError(
      `DATABASE_URL: the database is encoded in ${server.encoding}. Create one in UTF8: createdb --encoding=UTF8 --template=template0`,
    )
  }
  // The adapter and the database exchange timestamps without a time zone.
  if (server.timezone !== 'UTC' || server.path !== schema) {
    throw new DatabaseError(
      'DATABASE_URL: the session ignores the settings that it was opened with. A pooler in between has to pass on the parameter options. Or connect to PostgreSQL itself.',
    )
  }
}

async function createSchema(client: pg.Client, schema: string): Promise<void> {
  const { rows } = await client.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema])
  if (rows.length === 0) await client.query(`CREATE SCHEMA IF NOT EXISTS ${pg.escapeIdentifier(schema)}`)
}

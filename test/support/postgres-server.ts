import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { freePort } from './free-port.js'
import { isExecutable, notFound, type Requirement } from './requirement.js'

const RUNNING = 'postgresql://postgres@127.0.0.1:5432/postgres'
const INSTALLED = '/usr/lib/postgresql'
const PREFIX = 'patchbay_test_'

export const POSTGRESQL: Requirement = {
  tag: 'postgresql',
  isThere: async () =>
    Boolean(process.env.TEST_DATABASE_URL) || (await answers(RUNNING)) || (await installed()) !== undefined,
  absence: `PostgreSQL wasn't found: no server answers at ${RUNNING}, and none is installed in ${INSTALLED}.`,
  package: 'postgresql',
  setting: 'TEST_DATABASE_URL to the URL of a PostgreSQL server',
}

export interface PostgresServer {
  /** The URL of a database from which others can be created. */
  url: string
  stop(): Promise<void>
}

/**
 * TEST_DATABASE_URL, otherwise a server started from what is installed, otherwise one that runs on this machine. Its own
 * server doesn't wait for the disk.
 */
export async function findPostgres(): Promise<PostgresServer> {
  const given = process.env.TEST_DATABASE_URL
  if (given) return { url: given, stop: async () => {} }
  const programs = await installed()
  if (programs !== undefined) return startPostgres(programs)
  if (await answers(RUNNING)) {
    console.warn(
      `Using the PostgreSQL server at ${RUNNING}. This run creates databases named ${PREFIX}… on it and drops them again. ` +
        'To use another server, set TEST_DATABASE_URL.',
    )
    return { url: RUNNING, stop: async () => {} }
  }
  throw notFound(POSTGRESQL)
}

/** Where Debian installs the programs of its newest PostgreSQL server. Clients alone have a folder there, too. */
async function installed(): Promise<string | undefined> {
  const versions = await readdir(INSTALLED).catch(() => [])
  for (const version of versions.sort((a, b) => Number(b) - Number(a))) {
    const bin = join(INSTALLED, version, 'bin')
    if (await isExecutable(join(bin, 'initdb'))) return bin
  }
  return undefined
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  return client.connect().then(
    () => client.end().then(() => true),
    () => false,
  )
}

/** A new server, for measurements: no other program uses its processor time. */
export async function startPrivatePostgres(
  settings: Readonly<Record<string, string>>,
): Promise<PostgresServer & { pid: number }> {
  const programs = await installed()
  if (programs === undefined) {
    throw new Error(
      `No PostgreSQL server is installed in ${INSTALLED}. Measurements start their own: install the package "postgresql".`,
    )
  }
  return startPostgres(programs, settings)
}

async function startPostgres(
  bin: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<PostgresServer & { pid: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'patchbay-postgres-'))
  await chmod(folder, 0o777) // initdb refuses to run as root, so it runs as postgres
  const port = await freePort()
  const data = join(folder, 'data')
  await asPostgres(`${bin}/initdb -D ${data} -A trust -U postgres`)
  const more = Object.entries(settings).map(([name, value]) => ` -c ${name}=${value}`)
  const options = `-p ${port} -k ${folder} -c listen_addresses=127.0.0.1 -c fsync=off${more.join('')}`
  await asPostgres(`${bin}/pg_ctl -D ${data} -w -l ${folder}/log -o '${options}' start`)
  const [pid] = (await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n')
  return {
    pid: Number(pid),
    url: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    async stop() {
      await asPostgres(`${bin}/pg_ctl -D ${data} -m immediate stop`)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function asPostgres(command: string): Promise<unknown> {
  const run = promisify(execFile)
  return process.getuid?.() === 0 ? run('su', ['postgres', '-c', command]) : run('sh', ['-c', command])
}

export interface NewDatabase {
  url: string
  /** Even if someone is still connected. */
  drop(): Promise<void>
}

/** A new database on a server. The name of a copy begins with that of its template. */
export async function createDatabase(serverUrl: string, template = 'template1'): Promise<NewDatabase> {
  const name = `${template === 'template1' ? PREFIX : `${template}_`}${randomBytes(6).toString('hex')}`
  await administer(serverUrl, `CREATE DATABASE ${name} TEMPLATE ${template}`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => administer(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) }
}

async function administer(serverUrl: string, sql: string): Promise<void> {
  await connected(serverUrl, (client) => client.query(sql))
}

/** Works on a connection of its own. */
export async function connected<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

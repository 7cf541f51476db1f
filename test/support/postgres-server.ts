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

/** TEST_DATABASE_URL, otherwise a server that runs on this machine, otherwise one started from what is installed. */
export async function findPostgres(): Promise<PostgresServer> {
  const given = process.env.TEST_DATABASE_URL
  if (given) return { url: given, stop: async () => {} }
  if (await answers(RUNNING)) {
    console.warn(
      `Using the PostgreSQL server at ${RUNNING}. This run creates databases named ${PREFIX}… on it and drops them again. ` +
        'To use another server, set TEST_DATABASE_URL.',
    )
    return { url: RUNNING, stop: async () => {} }
  }
  const programs = await installed()
  if (programs === undefined) throw notFound(POSTGRESQL)
  return startPostgres(programs)
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

/** A new database on a server. At the end it is dropped, even if someone is still connected. */
export async function createDatabase(
  serverUrl: string,
  template = 'template1',
): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `${PREFIX}${randomBytes(6).toString('hex')}`
  await administer(serverUrl, `CREATE DATABASE ${name} TEMPLATE ${template}`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => administer(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) }
}

async function administer(serverUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../test/support/free-port.js'
import { createDatabase, findPostgres } from '../test/support/postgres-server.js'
import { startRedisServer } from '../test/support/redis-server.js'
import { startProcess } from './processes.js'

export const SECRET = 'a secret of the bench, and of nothing else'
export const ISSUER = 'bench'

/** Where changes are committed and where the subscribers are: the same instance, or two. */
export interface Places {
  commitAt: string
  watchAt: string
}

/** Patchbay and the floor, on the same kind of database. */
export interface Installation {
  mode: string
  patchbay: Places
  floor: Places
  stop(): Promise<void>
}

const source = (name: string) => new URL(name, import.meta.url).pathname
const common = {
  PATCHBAY_SANDBOX: 'off',
  PATCHBAY_LOG_LEVEL: 'warn',
  PATCHBAY_JWT_SECRET: SECRET,
  PATCHBAY_JWT_ISSUER: ISSUER,
}

async function patchbay(env: Record<string, string>) {
  const port = String(await freePort())
  const { child } = await startProcess(
    source('../src/main.ts'),
    [],
    { ...common, PATCHBAY_PORT: port, ...env },
    /ready/,
  )
  return { child, url: `http://localhost:${port}` }
}

async function floor(app: string, ...args: string[]) {
  const { child, match } = await startProcess(source('floor.ts'), [app, ...args], {}, /port (\d+)/)
  return { child, url: `http://localhost:${match[1]}` }
}

type Started = Awaited<ReturnType<typeof patchbay>>

async function end(...processes: Started[]): Promise<void> {
  await Promise.all(
    processes.map(({ child }) => {
      const exited = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      return exited
    }),
  )
}

/** One process with an embedded database. */
export async function startEmbedded(app: string): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), 'patchbay-bench-'))
  const one = await patchbay({ PATCHBAY_DATA: join(folder, 'patchbay') })
  const base = await floor(app, join(folder, 'floor'))
  return {
    mode: 'embedded mode',
    patchbay: { commitAt: one.url, watchAt: one.url },
    floor: { commitAt: base.url, watchAt: base.url },
    async stop() {
      await end(one, base)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Two processes over PostgreSQL and Redis: changes at one, subscribers at the other. */
export async function startService(app: string): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), 'patchbay-bench-'))
  const postgres = await findPostgres()
  const [database, floorDatabase] = await Promise.all([createDatabase(postgres.url), createDatabase(postgres.url)])
  const redis = await startRedisServer()
  const env = { PATCHBAY_DATA: folder, DATABASE_URL: database.url, REDIS_URL: redis.url }
  const first = await patchbay(env)
  const second = await patchbay({ ...env, PATCHBAY_PUBLIC_URL: first.url })
  const bases = [
    await floor(app, floorDatabase.url, redis.url),
    await floor(app, floorDatabase.url, redis.url),
  ] as const
  return {
    mode: 'service mode, two instances',
    patchbay: { commitAt: first.url, watchAt: second.url },
    floor: { commitAt: bases[0].url, watchAt: bases[1].url },
    async stop() {
      await end(first, second, ...bases)
      await redis.stop()
      await Promise.all([database.drop(), floorDatabase.drop()])
      await postgres.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

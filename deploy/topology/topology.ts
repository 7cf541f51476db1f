import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../test/support/free-port.js'
import { createDatabase, findPostgres } from '../../test/support/postgres-server.js'
import { startRedisServer } from '../../test/support/redis-server.js'
import { plainEnvironment, type RunningProcess, runProcess } from '../../test/support/running-process.js'
import { startNginx } from './nginx.js'

const MAIN = new URL('../../src/main.ts', import.meta.url).pathname
/** Longer than nginx keeps an idle connection to an instance. */
const DRAIN_SPREAD_SECONDS = 4

export interface Instance {
  /** The address that reaches it without nginx. */
  url: string
  readonly process: RunningProcess
  /** Sends SIGTERM and resolves with the exit code. */
  stop(): Promise<number | null>
  /** Starts it again, at the same address. */
  start(): Promise<void>
}

/** What docker-compose.yml starts, as processes of this machine, in development. */
export interface Topology extends AsyncDisposable {
  /** The address of nginx. */
  url: string
  /** The apps to connect, and the page that scripts them. The first instance runs them. */
  sandboxUrl: string
  databaseUrl: string
  redisUrl: string
  instances: [Instance, Instance]
  /** Ends everything that was started, and drops the database. */
  close(): Promise<void>
}

interface TopologyOptions {
  /** Whether Ctrl-C in the terminal goes only to the process that started this, and not to its children. */
  ownGroup?: boolean
}

/** Starts the topology. If a part fails, ends those that were started before it. */
export async function startTopology({ ownGroup = false }: TopologyOptions = {}): Promise<Topology> {
  const opened: (() => Promise<unknown>)[] = []
  let closing: Promise<void> | undefined
  const closeAll = async () => {
    for (const close of opened.reverse()) await close()
  }
  const close = () => {
    closing ??= closeAll()
    return closing
  }
  try {
    return await compose(opened, close, ownGroup)
  } catch (error) {
    await close()
    throw error
  }
}

async function compose(
  opened: (() => Promise<unknown>)[],
  close: () => Promise<void>,
  ownGroup: boolean,
): Promise<Topology> {
  const folder = await mkdtemp(join(tmpdir(), 'patchbay-topology-'))
  opened.push(() => rm(folder, { recursive: true, force: true }))
  const postgres = await findPostgres()
  opened.push(postgres.stop)
  const database = await createDatabase(postgres.url)
  opened.push(database.drop)
  const redis = await startRedisServer()
  opened.push(redis.stop)

  const [port, first, second, sandboxPort] = await Promise.all([freePort(), freePort(), freePort(), freePort()])
  const url = `http://localhost:${port}`
  const env = {
    ...plainEnvironment(),
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    PATCHBAY_ENV: 'development',
    PATCHBAY_PUBLIC_URL: url,
    PATCHBAY_DATA: folder, // holds the development keys, so that each instance can open what the other sealed
    PATCHBAY_DRAIN_SPREAD: String(DRAIN_SPREAD_SECONDS),
  }
  const started: Instance[] = []
  opened.push(() => Promise.all(started.map((instance) => instance.stop())))
  const start = async (port: number, given: Record<string, string>) => {
    const instance = await startInstance(port, { ...env, ...given }, ownGroup)
    started.push(instance)
    return instance
  }
  const instances = await Promise.all([
    start(first, { PATCHBAY_SANDBOX: 'on', PATCHBAY_SANDBOX_PORT: String(sandboxPort) }),
    start(second, { PATCHBAY_SANDBOX: 'off' }),
  ])
  const nginx = await startNginx(port, [first, second], ownGroup)
  opened.push(nginx.stop)
  return {
    url,
    sandboxUrl: `http://localhost:${sandboxPort}`,
    databaseUrl: database.url,
    redisUrl: redis.url,
    instances,
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function startInstance(port: number, given: NodeJS.ProcessEnv, ownGroup: boolean): Promise<Instance> {
  const env = { ...given, PATCHBAY_PORT: String(port) }
  const start = () =>
    runProcess(process.execPath, ['--import', 'tsx', MAIN], {
      env,
      ready: /Patchbay \S+ is ready[\s\S]*API key/,
      ownGroup,
    })
  let running = await start()
  return {
    url: `http://localhost:${port}`,
    get process() {
      return running
    },
    stop: () => running.stop(),
    async start() {
      running = await start()
    },
  }
}

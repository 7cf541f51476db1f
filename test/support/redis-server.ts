import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.js'
import { isOnPath, notFound, type Requirement } from './requirement.js'

export const REDIS: Requirement = {
  tag: 'redis',
  isThere: () => isOnPath('redis-server'),
  absence: "Redis wasn't found: redis-server isn't on the PATH.",
  package: 'redis-server',
}

export interface RedisServer extends AsyncDisposable {
  url: string
  port: number
  process: ChildProcess
  /** Ends it without notice, as a crash would. */
  kill(): Promise<void>
  /** Starts it again on the same port, empty. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** A new Redis on a private port, which stores nothing. */
export async function startRedisServer(args: readonly string[] = [], givenPort?: number): Promise<RedisServer> {
  const port = givenPort ?? (await freePort())
  const folder = await mkdtemp(join(tmpdir(), 'patchbay-redis-'))
  const server: RedisServer = {
    url: `redis://127.0.0.1:${port}`,
    port,
    process: await launch(port, folder, args),
    async kill() {
      if (server.process.exitCode !== null || server.process.signalCode !== null) return
      const exited = once(server.process, 'exit')
      server.process.kill('SIGCONT')
      server.process.kill('SIGKILL')
      await exited
    },
    async restart() {
      server.process = await launch(port, folder, args)
    },
    async stop() {
      await server.kill()
      await rm(folder, { recursive: true, force: true })
    },
    [Symbol.asyncDispose]: () => server.stop(),
  }
  return server
}

async function launch(port: number, folder: string, args: readonly string[]): Promise<ChildProcess> {
  const child = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder, ...args],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let output = ''
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      output += chunk
      if (/Ready to accept connections/.test(output)) resolve()
    })
    child.once('error', (cause) => reject(notFound(REDIS, { cause })))
    child.once('exit', (code) => reject(new Error(`redis-server ended with ${code}: ${output}`)))
  })
  child.stdout.removeAllListeners('data').resume()
  return child
}

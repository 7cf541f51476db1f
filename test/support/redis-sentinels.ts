import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Certificate } from './certificate.js'
import { freePort } from './free-port.js'
import { type RedisServer, startRedisServer } from './redis-server.js'

const COUNT = 3
const QUORUM = '2'
/** A primary that is silent for so long is down. */
const DOWN_AFTER_MS = '500'
const LIMIT_MS = 60_000

interface Sentinel {
  port: number
  /** Resolves once it has logged this since it started. */
  logged(event: RegExp): Promise<void>
  stop(): Promise<void>
}

export interface RedisWithSentinels extends AsyncDisposable {
  /** What the Sentinels call the primary. */
  name: string
  /** At the start. */
  primary: RedisServer
  replica: RedisServer
  sentinels: readonly { port: number }[]
  /** The value for REDIS_URL, without passwords. */
  url: string
  /** Kills the primary. Resolves once the Sentinels have made the replica the primary. */
  failOver(): Promise<void>
}

interface Options {
  /** The password of both nodes. */
  password?: string
  /** The Sentinels' own. */
  sentinelPassword?: string
  /** With one, nothing is served without TLS. */
  certificate?: Certificate
}

/** A primary with one replica, and three Sentinels, on private ports. Resolves once a failover is possible. */
export async function startRedisWithSentinels(options: Options = {}): Promise<RedisWithSentinels> {
  const { password, sentinelPassword, certificate } = options
  const name = 'mymaster'
  const common = [
    ['repl-diskless-sync-delay', '0'],
    ...(password
      ? [
          ['requirepass', password],
          ['masterauth', password],
        ]
      : []),
  ]
  const node = async (...more: string[][]) => {
    const port = await freePort()
    const settings = [...portSettings(port, certificate), ...common, ...more]
    return startRedisServer(
      settings.flatMap(([setting, ...values]) => [`--${setting}`, values.join(' ')]),
      port,
    )
  }
  const primary = await node()
  const replica = await node(['replicaof', '127.0.0.1', String(primary.port)])
  const sentinels = await Promise.all(
    Array.from({ length: COUNT }, () =>
      startSentinel(certificate, [
        ['sentinel monitor', name, '127.0.0.1', String(primary.port), QUORUM],
        ['sentinel down-after-milliseconds', name, DOWN_AFTER_MS],
        ['sentinel failover-timeout', name, '5000'],
        ...(password ? [['sentinel auth-pass', name, password]] : []),
        ...(sentinelPassword ? [['requirepass', sentinelPassword]] : []),
      ]),
    ),
  )
  const all = (event: RegExp) => Promise.all(sentinels.map(({ logged }) => logged(event)))
  // Each knows the replica and both others.
  await Promise.all([all(/\+slave slave/), all(/\+sentinel sentinel[\s\S]*\+sentinel sentinel/)])
  return {
    name,
    primary,
    replica,
    sentinels,
    url: `redis${certificate ? 's' : ''}+sentinel://${sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')}/${name}`,
    async failOver() {
      await primary.kill()
      await all(new RegExp(`\\+switch-master ${name} .* ${replica.port}`))
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...sentinels, primary, replica].map((each) => each.stop()))
    },
  }
}

function portSettings(port: number, certificate: Certificate | undefined): string[][] {
  if (!certificate) return [['port', String(port)]]
  return [
    ['port', '0'],
    ['tls-port', String(port)],
    ['tls-replication', 'yes'],
    ['tls-auth-clients', 'no'],
    ['tls-cert-file', certificate.path],
    ['tls-key-file', certificate.keyPath],
    ['tls-ca-cert-file', certificate.path],
  ]
}

async function startSentinel(certificate: Certificate | undefined, settings: readonly string[][]): Promise<Sentinel> {
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'patchbay-sentinel-'))
  const path = join(folder, 'sentinel.conf') // which it writes to
  const all = [...portSettings(port, certificate), ['bind', '127.0.0.1'], ['dir', folder], ...settings]
  await writeFile(path, all.map((setting) => `${setting.join(' ')}\n`).join(''))
  const child = spawn('redis-server', [path, '--sentinel'], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  const more = createInterface(child.stdout).on('line', (line) => {
    output += `${line}\n`
  })
  return {
    port,
    async logged(event) {
      const signal = AbortSignal.timeout(LIMIT_MS)
      while (!event.test(output)) {
        await once(more, 'line', { signal }).catch((cause) => {
          throw new Error(`the Sentinel has not said ${event}: ${output}`, { cause })
        })
      }
    },
    async stop() {
      const exited = once(child, 'exit')
      if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL')) await exited
      await rm(folder, { recursive: true, force: true })
    },
  }
}

import { execFile } from 'node:child_process'
import { setTimeout as after } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Redis } from 'ioredis'
import { freePort } from './free-port.js'
import { type RedisServer, startRedisServer } from './redis-server.js'

const MASTERS = 3
const POLL_MS = 100
const FORMING_LIMIT_MS = 30_000

export interface RedisCluster extends AsyncDisposable {
  nodes: RedisServer[]
  /** The value for REDIS_URL. */
  url: string
  /** The current masters, as seen by a running node. */
  masters(): Promise<RedisServer[]>
  /** If it is a replica, makes it a master, in agreement with its master. */
  promote(node: RedisServer): Promise<void>
  /** Waits until running masters serve all slots. */
  whole(): Promise<void>
}

/** Three masters, each with a replica, on private ports. */
export async function startRedisCluster(): Promise<RedisCluster> {
  const nodes: RedisServer[] = []
  for (let index = 0; index < MASTERS * 2; index++) {
    const args = [
      '--cluster-enabled',
      'yes',
      '--cluster-port',
      String(await freePort()),
      '--cluster-node-timeout',
      '1000',
    ]
    nodes.push(await startRedisServer([...args, '--save', '']))
  }
  const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`)
  await promisify(execFile)('redis-cli', [
    '--cluster',
    'create',
    ...addresses,
    '--cluster-replicas',
    '1',
    '--cluster-yes',
  ])

  /** The lines of CLUSTER NODES from one of the running nodes, one for each node. */
  async function known(): Promise<{ port: number; flags: string[]; slots: number }[]> {
    const running = nodes.find(({ process }) => process.exitCode === null && process.signalCode === null)
    const redis = new Redis(running?.url ?? '', { retryStrategy: () => null })
    redis.on('error', () => {})
    try {
      const lines = String(await redis.cluster('NODES'))
        .trim()
        .split('\n')
      return lines.map((line) => {
        const [, address = '', flags = '', , , , , , ...slots] = line.split(' ')
        return { port: Number(address.match(/:(\d+)@/)?.[1]), flags: flags.split(','), slots: slots.length }
      })
    } finally {
      redis.disconnect()
    }
  }
  const serving = async () =>
    (await known()).filter(
      ({ flags, slots }) => slots > 0 && flags.includes('master') && !flags.some((flag) => flag.startsWith('fail')),
    )

  const cluster: RedisCluster = {
    nodes,
    url: nodes.map(({ url }) => url).join(','),
    async masters() {
      const ports = new Set((await serving()).map(({ port }) => port))
      return nodes.filter(({ port }) => ports.has(port))
    },
    async promote(node) {
      const isMaster = async () => (await cluster.masters()).includes(node)
      if (await isMaster()) return
      const redis = new Redis(node.url)
      await redis.cluster('FAILOVER')
      redis.disconnect()
      const deadline = Date.now() + FORMING_LIMIT_MS
      while (!(await isMaster())) {
        if (Date.now() > deadline) throw new Error('the replica was not made a master')
        await after(POLL_MS)
      }
      await cluster.whole()
    },
    async whole() {
      const deadline = Date.now() + FORMING_LIMIT_MS
      while ((await serving().catch(() => [])).length !== MASTERS) {
        if (Date.now() > deadline) throw new Error(`the cluster is not whole: ${JSON.stringify(await known())}`)
        await after(POLL_MS)
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(nodes.map((node) => node.stop()))
    },
  }
  await cluster.whole()
  return cluster
}

/** Returns whether a client with this name is connected to the node. */
export async function isConnected({ url }: RedisServer, name: string): Promise<boolean> {
  const redis = new Redis(url)
  try {
    return String(await redis.client('LIST')).includes(`name=${name} `)
  } finally {
    redis.disconnect()
  }
}

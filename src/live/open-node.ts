import type { RedisOptions } from 'ioredis'
import type { RedisSentinels } from '../config/redis-url.js'
import type { RedisConnection } from './redis-connection.js'
import type { Place } from './redis-faults.js'
import { nodeFault, type ServerInfo, sentinelFault, unknownPrimary } from './redis-roles.js'

/** Connects to a server, and asks what it says about itself. */
export type Open = (server: string | RedisOptions, place: Place) => Promise<[RedisConnection, ServerInfo]>

/**
 * Connects to a node through which notifications can go: one of these, or the one that Sentinels name as the primary.
 * @param turn which of the nodes or Sentinels to use, of any number
 * @throws what prevents it
 */
export async function openNode(
  nodes: readonly string[] | RedisSentinels,
  turn: number,
  open: Open,
): Promise<RedisConnection> {
  const watched = 'sentinels' in nodes
  const server = watched ? await primaryOf(nodes, turn, open) : (nodes[turn % nodes.length] as string)
  const [connection, info] = await open(server, { what: 'Redis', watched })
  const fault = nodeFault(info, connection.address, watched)
  if (fault) throw fault
  return connection
}

async function primaryOf(
  { sentinels, primary, login, sentinelLogin, tls }: RedisSentinels,
  turn: number,
  open: Open,
): Promise<RedisOptions> {
  const secure = tls ? { tls: {} } : {}
  const [connection, info] = await open(
    { ...sentinels[turn % sentinels.length], ...sentinelLogin, ...secure },
    { what: 'the Sentinel', watched: true },
  )
  try {
    const fault = sentinelFault(info, connection.address)
    if (fault) throw fault
    const found = await connection.ask((redis) => redis.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', primary))
    if (!Array.isArray(found)) throw unknownPrimary(info, connection.address)
    const [host, port] = found.map(String)
    return { host: host ?? '', port: Number(port), ...login, ...secure }
  } finally {
    connection.redis.disconnect()
  }
}

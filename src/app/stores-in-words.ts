import { resolve } from 'node:path'
import type { Config } from '../config/environment.js'
import { postgresPlace } from '../database/postgres-url.js'

const REDIS_PORT = 6379

/** Says which database this is: its folder, or its name and server. Never a user or a password. */
export function databaseInWords({ database, dataFolder }: Pick<Config, 'database' | 'dataFolder'>): string {
  if (!database) return `the embedded one in ${resolve(dataFolder)}`
  const place = postgresPlace(database.url)
  return `${place.database} at ${place.server} (PostgreSQL${place.schema ? `, schema ${place.schema}` : ''})`
}

/** Says which Redis connects the instances, if one does. Never a user or a password. */
export function busInWords({ bus }: Pick<Config, 'bus'>): string {
  if (!bus) return 'none, so run one instance only'
  if (!('sentinels' in bus.nodes)) return bus.nodes.map(redisServer).join(', ')
  const { sentinels, primary } = bus.nodes
  return `${primary} at ${sentinels.map(({ host, port }) => `${host}:${port}`).join(', ')} (Sentinels)`
}

function redisServer(url: string): string {
  const { hostname, port } = new URL(url)
  return `${hostname || 'localhost'}:${port || REDIS_PORT}`
}

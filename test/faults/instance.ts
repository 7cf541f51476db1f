/**
 * An instance in a separate process, like src/main.ts, that can be told to fail. FAULT names the moment at which it
 * ends.
 *
 * - `die-before-notifying`: it has committed a change and is about to notify other instances
 * - `die-after-claim`: it has claimed a refresh and is about to ask the app
 * - `die-before-store`: it has the app's new tokens and is about to store them
 * - `die-after-store`: it has stored them, and no one knows yet
 * - `die-before-settling`: webhook receivers have responded and it is about to store the results
 */
import pg from 'pg'
import { startInstance } from '../../src/app/app.js'
import { openDatabase } from '../../src/app/open-parts.js'
import { readConfig } from '../../src/config/environment.js'
import { openPool, poolConfig } from '../../src/database/postgres.js'
import { createRedisBus } from '../../src/live/redis-bus.js'
import { createLogger } from '../../src/observability/logger.js'
import { tappedClient } from '../support/statement-taps.js'

const config = readConfig(process.env)
const logger = createLogger('info')
const fault = process.env.FAULT ?? ''

/** The statement before which the process ends. */
const LAST: Record<string, string> = {
  'die-after-claim': '"sealed" FROM "public"."ConnectorCredential"',
  'die-before-store': 'CONNECTION_REFRESHED',
  'die-before-settling': 'jsonb_to_recordset',
}

const die = () => {
  process.kill(process.pid, 'SIGKILL')
}

const app = await startInstance(config, logger, {
  async openDatabase(config) {
    if (!config.database) throw new Error('faults need PostgreSQL')
    const last = LAST[fault]
    if (last !== undefined) {
      const Client = tappedClient(new Set([(sql: string) => (sql.includes(last) ? die() : undefined)]))
      return openPool(new pg.Pool({ ...poolConfig(config.database), Client }), () => {})
    }
    const database = await openDatabase(config)
    if (fault !== 'die-after-store') return database
    const db = new Proxy(database.db, {
      get(target, name) {
        const own = Reflect.get(target, name)
        if (name !== '$executeRaw') return typeof own === 'function' ? own.bind(target) : own
        return async (...args: Parameters<typeof target.$executeRaw>) => {
          const count = await target.$executeRaw(...args)
          if (Array.isArray(args[0]) && args[0].join('').includes('CONNECTION_REFRESHED')) die()
          return count
        }
      },
    })
    return { ...database, db }
  },
  openBus({ bus, startTimeoutMs }, report) {
    if (!bus) throw new Error('faults need Redis')
    const redis = createRedisBus({ ...bus, startTimeoutMs }, report)
    return fault === 'die-before-notifying' ? { ...redis, publish: die } : redis
  },
})
logger.info('ready')
process.on('SIGTERM', () => {
  app.close().then(() => process.exit(0))
})

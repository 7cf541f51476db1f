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
import type { SqlDatabase } from '../../src/domain/ports/sql.js'
import { createRedisBus } from '../../src/live/redis-bus.js'
import { createLogger } from '../../src/observability/logger.js'
import { tappedClient } from '../support/statement-taps.js'

const config = readConfig(process.env)
const logger = createLogger('info')
const fault = process.env.FAULT ?? ''

/** The statement before which the process ends. */
const LAST: Record<string, string> = {
  'die-before-store': 'CONNECTION_REFRESHED',
  'die-before-settling': 'jsonb_to_recordset',
}

const die = () => {
  process.kill(process.pid, 'SIGKILL')
}

/** A database whose process ends once a refresh was claimed or stored, before anything else can know. */
function dying(sql: SqlDatabase): SqlDatabase {
  return {
    async run(statement, ...values) {
      const rows = await sql.run(statement, ...values)
      if (fault === 'die-after-store' && statement.name.startsWith('store-refresh') && rows.length > 0) die()
      return rows
    },
    async transaction(work) {
      const result = await sql.transaction(work)
      // Of all transactions, only claims have rows as their result.
      if (fault === 'die-after-claim' && Array.isArray(result) && result.length > 0) die()
      return result
    },
  }
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
    return { ...database, sql: dying(database.sql) }
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

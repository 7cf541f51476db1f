/**
 * An instance as its own process, like src/main.ts, that can be told to fail: FAULT=die-before-ring ends it the moment it
 * has committed a change and is about to tell other instances; FAULT=die-before-settling, when receivers of webhooks have
 * answered and it is about to write that down.
 */
import pg from 'pg'
import { startApp } from '../../src/app.js'
import { readConfig } from '../../src/config/environment.js'
import { openPool, poolConfig } from '../../src/database/postgres.js'
import { createRedisBus } from '../../src/events/redis-bus.js'
import { createLogger } from '../../src/observability/logger.js'
import { openDatabase } from '../../src/parts.js'
import { tappedClient } from '../support/statement-taps.js'

const config = readConfig(process.env)
const logger = createLogger('info')

const die = () => {
  process.kill(process.pid, 'SIGKILL')
}

const app = await startApp(config, logger, {
  async openDatabase(config) {
    if (!config.database) throw new Error('faults need PostgreSQL')
    if (process.env.FAULT !== 'die-before-settling') return openDatabase(config)
    const Client = tappedClient(new Set([(sql: string) => (sql.includes('jsonb_to_recordset') ? die() : undefined)]))
    return openPool(new pg.Pool({ ...poolConfig(config.database), Client }), () => {})
  },
  openBus({ bus, startTimeoutMs }, report) {
    if (!bus) throw new Error('faults need Redis')
    const redis = createRedisBus({ ...bus, startTimeoutMs }, report)
    if (process.env.FAULT !== 'die-before-ring') return redis
    return { ...redis, publish: die }
  },
})
logger.info('ready')
process.on('SIGTERM', () => {
  app.close().then(() => process.exit(0))
})

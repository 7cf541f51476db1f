/**
 * An instance as its own process, like src/main.ts, that can be told to fail: FAULT names the moment at which it ends.
 *
 * - `die-before-ring`: it has committed a change and is about to tell other instances
 * - `die-after-claim`: it has claimed a refresh and is about to ask the app
 * - `die-before-store`: it has the app's new tokens and is about to store them
 * - `die-after-store`: it has stored them, and nobody knows yet
 */
import { startApp } from '../../src/app.js'
import { readConfig } from '../../src/config/environment.js'
import { createRedisBus } from '../../src/events/redis-bus.js'
import { createLogger } from '../../src/observability/logger.js'
import { openDatabase } from '../../src/parts.js'

const config = readConfig(process.env)
const logger = createLogger('info')
const fault = process.env.FAULT

const die = () => process.kill(process.pid, 'SIGKILL')
const isStore = (sql: unknown) => Array.isArray(sql) && sql.join('').includes('CONNECTION_REFRESHED')

const app = await startApp(config, logger, {
  openBus({ bus, startTimeoutMs }, report) {
    if (!bus) throw new Error('faults need Redis')
    const redis = createRedisBus({ ...bus, startTimeoutMs }, report)
    return fault === 'die-before-ring' ? { ...redis, publish: () => void die() } : redis
  },
  async openDatabase(config) {
    const database = await openDatabase(config)
    const db = new Proxy(database.db, {
      get(target, name) {
        const own = Reflect.get(target, name)
        if (fault === 'die-after-claim' && name === 'connectorCredential') die()
        if (name === '$executeRaw' && fault?.endsWith('-store')) {
          return async (...args: Parameters<typeof target.$executeRaw>) => {
            if (!isStore(args[0])) return target.$executeRaw(...args)
            if (fault === 'die-after-store') await target.$executeRaw(...args)
            die()
            return new Promise(() => {})
          }
        }
        return typeof own === 'function' ? own.bind(target) : own
      },
    })
    return { ...database, db }
  },
})
logger.info('ready')
process.on('SIGTERM', () => {
  app.close().then(() => process.exit(0))
})

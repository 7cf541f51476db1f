/**
 * An instance as its own process, like src/main.ts, that can be told to fail: FAULT=die-before-ring ends it the moment it
 * has committed a change and is about to tell other instances.
 */
import { startApp } from '../../src/app.js'
import { readConfig } from '../../src/config/environment.js'
import { createRedisBus } from '../../src/events/redis-bus.js'
import { createLogger } from '../../src/observability/logger.js'

const config = readConfig(process.env)
const logger = createLogger('info')

const app = await startApp(config, logger, {
  openBus({ bus, startTimeoutMs }, report) {
    if (!bus) throw new Error('faults need Redis')
    const redis = createRedisBus({ ...bus, startTimeoutMs }, report)
    if (process.env.FAULT !== 'die-before-ring') return redis
    return {
      ...redis,
      publish: () => {
        process.kill(process.pid, 'SIGKILL')
      },
    }
  },
})
logger.info('ready')
process.on('SIGTERM', () => {
  app.close().then(() => process.exit(0))
})

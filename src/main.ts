import { startApp } from './app.js'
import { readConfig } from './config/environment.js'
import { fail } from './explained-errors.js'
import { createLogger } from './observability/logger.js'

/** What the database and Redis get for closing, after the last request. */
const CLOSE_GRACE_MS = 2_000

async function main(): Promise<void> {
  const config = readConfig(process.env)
  const logger = createLogger(config.logLevel)
  const app = await startApp(config, logger)
  if (config.development) {
    process.stdout.write(`
  Patchbay is ready.

  GraphiQL, signed in as Ada    ${app.url}/graphql
  The apps to connect           ${app.sandbox?.url ?? 'run by another instance'}
  Be somebody else              ${app.url}/graphql?as=ben (or cleo); their tokens: ${app.url}/development/token?as=ben

`)
  } else logger.info({ url: app.url }, 'ready')

  let stopping = false
  const stop = (signal: string) => {
    if (stopping) process.exit(1)
    stopping = true
    logger.info({ signal }, 'stopping')
    setTimeout(() => {
      logger.warn('stopped at the deadline, before everything was closed')
      process.exit(0)
    }, config.drain.deadlineMs + CLOSE_GRACE_MS).unref()
    app.close().then(() => process.exit(0), fail)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}

main().catch(fail)

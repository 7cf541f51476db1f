import { startApp } from './app.js'
import { readConfig } from './config/environment.js'
import { fail } from './explained-errors.js'
import { createLogger } from './observability/logger.js'

async function main(): Promise<void> {
  const config = readConfig(process.env)
  const logger = createLogger(config.logLevel)
  const app = await startApp(config, logger)
  if (config.development) {
    process.stdout.write(`
  Patchbay is ready.

  GraphiQL, signed in as Ada    ${app.url}/graphql
  The apps to connect           ${app.sandbox?.url}
  Be somebody else              ${app.url}/graphql?as=ben (or cleo); their tokens: ${app.url}/development/token?as=ben

`)
  } else logger.info({ url: app.url }, 'ready')

  let stopping = false
  const stop = (signal: string) => {
    if (stopping) process.exit(1)
    stopping = true
    logger.info({ signal }, 'stopping')
    app.close().then(() => process.exit(0), fail)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}

main().catch(fail)

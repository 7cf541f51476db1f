import { startApp } from './app.js'
import { ConfigurationError, readConfig } from './config/environment.js'
import { FolderLockedError } from './database/lock.js'
import { MigrationError } from './database/migrate.js'
import { ListenError } from './http/server.js'
import { createLogger } from './observability/logger.js'

/** What a person can repair is told in its own sentence, without a stack. */
const EXPLAINED = [ConfigurationError, FolderLockedError, MigrationError, ListenError]

function fail(error: unknown): never {
  const explained = EXPLAINED.some((type) => error instanceof type)
  process.stderr.write(`${explained ? (error as Error).message : ((error as Error).stack ?? error)}\n`)
  process.exit(1)
}

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

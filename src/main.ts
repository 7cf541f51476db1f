import { startApp } from './app/app.js'
import { fail } from './app/explained-errors.js'
import { readConfig } from './config/environment.js'
import { readTracing } from './config/tracing.js'
import { createLogger, type Logger } from './observability/logger.js'

/** What the database and Redis get for closing, after the last request. */
const CLOSE_GRACE_MS = 2_000

async function main(): Promise<void> {
  const config = readConfig(process.env)
  const logger = createLogger(config.logLevel)
  let running: (() => Promise<void>) | undefined
  let stopping = false
  const stop = (signal: string) => {
    if (stopping) process.exit(1)
    stopping = true
    logger.info({ signal }, 'stopping')
    if (!running) process.exit(0) // nobody was served yet
    setTimeout(() => {
      logger.warn('stopped at the deadline, before everything was closed')
      process.exit(0)
    }, config.drain.deadlineMs + CLOSE_GRACE_MS).unref()
    running().then(() => process.exit(0), fail)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)

  const stopTracing = await tracingFor(process.env, logger)
  const app = await startApp(config, logger)
  running = () => app.close().then(stopTracing)
  if (config.development) {
    process.stdout.write(`
  Patchbay is ready.

  ${config.wizard ? 'The wizard                 ' : 'The wizard, signed in as Ada'}   ${app.wizard ? app.url : 'is not built: npm run build makes it'}
  GraphiQL, signed in as Ada     ${app.url}/graphql
  The apps to connect            ${app.sandbox?.url ?? 'run by another instance'}
  As a host's back end           ${app.url}/graphql?as=key
  Its API key, every scope       ${app.developmentKey ?? 'was revoked; make another one: npm run operator -- create-key'}
  Be somebody else               ${app.url}/graphql?as=ben (or cleo); their tokens: ${app.url}/development/token?as=ben

`)
  } else logger.info({ url: app.url, metrics: app.metricsUrl }, 'ready')
}

/** Starts tracing if the environment asks for it; else nothing of it is loaded. */
async function tracingFor(environment: NodeJS.ProcessEnv, logger: Logger): Promise<() => Promise<void>> {
  const format = readTracing(environment)
  if (!format) return async () => {}
  const { startTracing } = await import('./observability/open-telemetry.js')
  return startTracing(format, logger)
}

main().catch(fail)

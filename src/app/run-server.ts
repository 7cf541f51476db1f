import type { DestinationStream } from 'pino'
import { ConfigurationError } from '../config/configuration-error.js'
import { type Config, readConfig } from '../config/environment.js'
import { readTracing } from '../config/tracing.js'
import { GRAPHQL_PATH } from '../http/server/routes.js'
import { createLogOutput } from '../observability/log-output.js'
import { createLogger, type Logger } from '../observability/logger.js'
import { type Instance, startInstance } from './app.js'
import { fail } from './explained-errors.js'
import { busInWords, databaseInWords } from './stores-in-words.js'
import { VERSION } from './version.js'

/** How long the database and Redis may take to close after the last request. */
const CLOSE_GRACE_MS = 2_000

/**
 * Runs the server. If it can't start, ends the process.
 * @param config what was read from the environment, if it could be
 */
export function serve(args: readonly string[], environment: NodeJS.ProcessEnv, config?: Config): Promise<void> {
  return runServer(args, environment, config).catch(fail)
}

/**
 * Serves until a signal stops it. With --version, it prints the version instead.
 * @throws ConfigurationError if there are other arguments
 */
async function runServer(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  given: Config | undefined,
): Promise<void> {
  if (args.length === 1 && args[0] === '--version') return void process.stdout.write(`${VERSION}\n`)
  if (args.length > 0) {
    throw new ConfigurationError(
      'The server takes no arguments except --version. Configure it with environment variables: docs/configuration.md lists them.',
    )
  }
  const config = given ?? readConfig(environment)
  const logger = createLogger(config.logLevel, createLogOutput(await outputFor(config)))
  for (const warning of config.warnings) logger.warn(warning)
  let running: (() => Promise<void>) | undefined
  let stopping = false
  const stop = (signal: string) => {
    if (stopping) process.exit(1)
    stopping = true
    logger.info({ signal }, 'stopping')
    if (!running) process.exit(0) // nothing was served yet
    setTimeout(() => {
      logger.warn('stopped at the deadline before everything was closed')
      process.exit(0)
    }, config.drain.deadlineMs + CLOSE_GRACE_MS).unref()
    running().then(() => process.exit(0), fail)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)

  const stopTracing = await tracingFor(environment, logger)
  const instance = await startInstance(config, logger)
  running = () => instance.close().then(stopTracing)
  if (config.development) process.stdout.write(greeting(config, instance))
  else {
    const stores = { database: databaseInWords(config), redis: busInWords(config) }
    logger.info({ version: VERSION, url: instance.url, metrics: instance.metricsUrl, ...stores }, 'ready')
  }
}

/** Says what runs where, in four lines below the first. docs/getting-started.md has the rest. */
function greeting(config: Config, { url, wizard: hasWizard, sandbox, developmentKey }: Instance): string {
  const stores = `The database is ${databaseInWords(config)}.${config.bus ? ` Redis is ${busInWords(config)}.` : ''}`
  const signedIn = config.wizard ? '' : ', signed in as Ada'
  return `
  Patchbay ${VERSION} is ready. ${stores}

  Wizard     ${hasWizard ? `${url}${signedIn}` : 'not built. Build it with npm run build'}
  GraphiQL   ${url}${GRAPHQL_PATH}, as someone else with ?as=ben, ?as=cleo or ?as=key
  Sandbox    ${sandbox?.url ?? 'run by another instance'}
  API key    ${developmentKey ?? 'revoked. Create another one with npm run operator -- create-key'}

`
}

/** Undefined for standard output as it is: lines of JSON, for programs. */
async function outputFor({ development }: Config): Promise<DestinationStream | undefined> {
  if (!development || !process.stdout.isTTY) return undefined
  const { createReadableOutput } = await import('../observability/readable-output.js')
  return createReadableOutput((text) => void process.stdout.write(text), { colorize: process.stdout.hasColors() })
}

/** Starts tracing if the environment asks for it. Otherwise it loads none of it. */
async function tracingFor(environment: NodeJS.ProcessEnv, logger: Logger): Promise<() => Promise<void>> {
  const format = readTracing(environment)
  if (!format) return async () => {}
  const { startTracing } = await import('../observability/open-telemetry.js')
  return startTracing(format, logger)
}

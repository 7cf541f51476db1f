import { join } from 'node:path'
import { Hono } from 'hono'
import { type Config, ConfigurationError } from '../config/environment.js'
import type { Database } from '../database/database.js'
import { otherInstances } from '../database/postgres.js'
import { developmentKey, keepDevelopmentKey } from '../domain/access/api-key/development-key.js'
import { createKeyUses } from '../domain/access/api-key/key-uses.js'
import { verifyKey } from '../domain/access/api-key/verify-key.js'
import { endRevokedSessions, pruneSessions } from '../domain/access/setup-session/end-sessions.js'
import { verifySession } from '../domain/access/setup-session/verify-session.js'
import { expireAuthorizations } from '../domain/authorization/expire-authorizations.js'
import { pruneAuthorizations } from '../domain/authorization/prune-authorizations.js'
import { CatalogueMemory } from '../domain/catalogue/catalogue-memory.js'
import { loadCatalogue, readCatalogueRevision } from '../domain/catalogue/load-catalogue.js'
import type { Doorbell } from '../domain/change/revision.js'
import { createChecker } from '../domain/connection/check/check-due.js'
import { expireConnections } from '../domain/connection/expire-connections.js'
import { createRefresher } from '../domain/connection/refresh/refresher.js'
import { carryOutRevocations } from '../domain/connection/revocation/carry-out-revocations.js'
import type { Deps } from '../domain/deps.js'
import { pruneActivity } from '../domain/erasure/prune-activity.js'
import { announceByCatalogue } from '../domain/setup/announce-setups.js'
import { createIssueRecorder } from '../domain/token/record-issues.js'
import { createViewReader } from '../domain/view/read-view.js'
import { createDeliveries } from '../domain/webhook/deliver-webhooks.js'
import { EVENT_TYPES } from '../domain/webhook/events.js'
import { pruneDeliveries, readBacklog } from '../domain/webhook/outbox.js'
import { createContext } from '../graphql/context.js'
import { schema } from '../graphql/schema.js'
import { createAuthenticate } from '../http/authentication/authenticate.js'
import { DEVELOPMENT_ISSUER } from '../http/development/development-issuer.js'
import { createDevelopmentRoutes } from '../http/development/development-routes.js'
import { createExplorer } from '../http/development/explorer.js'
import { createGraphQLEndpoint, GRAPHQL_PATH } from '../http/graphql/graphql-endpoint.js'
import { createWebSocketEndpoint } from '../http/graphql/websocket.js'
import { createOAuthRoutes } from '../http/oauth/oauth-routes.js'
import { createReadiness } from '../http/server/health.js'
import { listenForScrapes } from '../http/server/metrics-endpoint.js'
import { createOriginCheck } from '../http/server/origins.js'
import { listen } from '../http/server/server.js'
import { createWizardRoutes, WIZARD_FOLDER } from '../http/wizard/wizard.js'
import { wizardFacts } from '../http/wizard/wizard-facts.js'
import { type Bus, createMemoryBus } from '../live/bus.js'
import { createDoorbell } from '../live/doorbell.js'
import { createRedisBus } from '../live/redis-bus.js'
import { createSweep } from '../live/sweep.js'
import { watch } from '../live/watch.js'
import { Watchers } from '../live/watchers.js'
import type { Logger } from '../observability/logger.js'
import { createMetrics } from '../observability/metrics.js'
import { createReport, type Report } from '../observability/report.js'
import { createGuardedFetch } from '../outbound/guarded-fetch.js'
import { createOAuthClient } from '../outbound/oauth-client.js'
import { createWebhookSender } from '../outbound/webhook-sender.js'
import { providerCatalogue } from '../providers/catalogue.js'
import type { Sandbox } from '../sandbox/sandbox.js'
import type { KeyService } from '../vault/key-service.js'
import { bindServices } from './bind-services.js'
import { createDueWork } from './job-timer.js'
import { openDatabase, openVault, operatorDeps } from './open-parts.js'
import { seedDevelopment } from './seed-development.js'

/** How often old deliveries are forgotten and the pending ones counted. */
const OUTBOX_INTERVAL_MS = 15_000
/** Nobody waits for it. */
const HOUSEKEEPING_INTERVAL_MS = 60_000

export interface App {
  /** Origin under which browsers reach it. */
  url: string
  /** What Prometheus scrapes. */
  metricsUrl: string
  /** Whether the wizard is served, at the root of the url. */
  wizard: boolean
  /** In development: the apps to connect, and the page that scripts them. */
  sandbox: Sandbox | undefined
  /** In development: an API key with every scope; undefined once it was revoked. */
  developmentKey: string | undefined
  /** How many screens are served now. */
  readonly screens: number
  /** Does now what is due, instead of within a second. */
  dueWork(): Promise<void>
  /** Finishes what is under way, tells clients to come back, and closes everything. */
  close(): Promise<void>
}

/** Parts that tests replace. */
export interface Parts {
  openDatabase?: (config: Config) => Promise<Database>
  openBus?: (config: Config, report: Report) => Bus
  keyService?: (ring: KeyService) => KeyService
  /** Where the wizard was built. */
  wizardFolder?: string
}

/** Puts the parts together and serves. What was opened is closed again when a later part fails. */
export async function startApp(config: Config, logger: Logger, parts: Parts = {}): Promise<App> {
  const opened: (() => Promise<void> | void)[] = []
  const closeAll = async () => {
    for (const close of opened.reverse().splice(0)) await close()
  }
  try {
    return await compose(config, logger, parts, opened, closeAll)
  } catch (error) {
    await closeAll()
    throw error
  }
}

async function compose(
  config: Config,
  logger: Logger,
  parts: Parts,
  opened: (() => Promise<void> | void)[],
  closeAll: () => Promise<void>,
): Promise<App> {
  const { development } = config
  const metrics = createMetrics()
  metrics.expectWebhooks(EVENT_TYPES)
  const report = createReport(logger, metrics)

  const scrapes =
    config.metricsPort === undefined
      ? undefined
      : await listenForScrapes({ host: config.host, port: config.metricsPort }, metrics)
  if (scrapes) opened.push(scrapes.close)
  const server = await listen(config, report, scrapes ? undefined : metrics)
  opened.push(server.close)
  const publicUrl = config.publicUrl ?? `http://localhost:${server.port}`

  const { vault, tokenSecret } = await openVault(config, report.vaultFailed, parts.keyService)
  const database = await (parts.openDatabase ?? openDatabase)(config, report.connectionLost)
  opened.push(database.close)
  const { db } = database
  if (database.pool) metrics.watchPool(database.pool)
  if (config.database && !config.bus) report.withoutBus(await otherInstances(db))

  const guarded = createGuardedFetch({ allowPrivate: development })
  opened.push(guarded.close)
  const catalogue = new CatalogueMemory(() => loadCatalogue(db, providerCatalogue))
  const watchers = new Watchers()
  metrics.watchScreens(() => watchers.size)
  const sweep = createSweep(db, watchers, { caught: report.sweepCaught, failed: report.sweepFailed })
  opened.push(sweep.close)
  const bus = (parts.openBus ?? openBus)(config, report)
  opened.push(bus.close)
  const doorbell = await createDoorbell(watchers, bus, () => void sweep.now())
  opened.push(doorbell.close)

  const sender = createWebhookSender({ allowPrivate: development })
  opened.push(sender.close)
  const deliveries = createDeliveries({ db, vault, sender, notice: report })
  opened.push(deliveries.close)

  const deps: Deps = {
    db,
    doorbell: ringingAlso(doorbell, deliveries.nudge),
    readView: createViewReader(db, catalogue),
    readCatalogue: async () => catalogue.at(await readCatalogueRevision(db)),
    catalogueAt: (revision) => catalogue.at(revision),
    presentCatalogue: (revision) => catalogue.present(revision),
    vault,
    oauth: createOAuthClient(guarded.fetch, { allowInsecure: development }),
    publicUrl,
    returnOrigins: new Set([publicUrl, ...config.returnOrigins]),
    hostIssuer: config.tokens.issuer ?? DEVELOPMENT_ISSUER,
    notice: report,
    checkEveryMs: config.checkEveryMs,
  }
  const refresher = createRefresher(deps)
  opened.push(refresher.close)
  const living = { ...deps, refresher, recordIssue: createIssueRecorder(db) }
  const checker = createChecker(living)
  const forOperators = operatorDeps(deps, guarded.fetch, config)

  const sandbox =
    config.sandboxPort === undefined ? undefined : await openSandbox(config, config.sandboxPort, publicUrl)
  if (sandbox) {
    opened.push(sandbox.close)
    await seedDevelopment(forOperators, sandbox.apps)
  }

  const ownKey =
    tokenSecret !== undefined && (await keepDevelopmentKey({ db }, tokenSecret))
      ? developmentKey(tokenSecret)
      : undefined
  const keyUses = createKeyUses({ db })
  opened.push(() => keyUses.record().catch((error) => report.dueWorkFailed('record uses of keys', error)))

  // Attempts first: they are short, and somebody waits for them. Apps that answer slowly keep only each other waiting.
  const dueWork = createDueWork(
    {
      'expire authorizations': () => expireAuthorizations(deps),
      'expire connections': () => expireConnections(deps),
      'end sessions of revoked keys': () => endRevokedSessions(deps),
      // That keys are used is nothing to report.
      'record uses of keys': () => uncounted(keyUses.recordDue()),
    },
    report,
  )
  const housekeeping = createDueWork(
    {
      'prune authorizations': () => pruneAuthorizations(deps),
      'prune activity': () => pruneActivity(db, config.activityDays),
      'prune sessions': () => pruneSessions(deps),
    },
    report,
    HOUSEKEEPING_INTERVAL_MS,
  )
  // Each waits for apps, and keeps nobody but itself waiting.
  const atApps = [
    createDueWork({ 'refresh tokens': () => uncounted(refresher.refreshDue()) }, report),
    createDueWork({ 'check connections': () => uncounted(checker.checkDue()) }, report),
    createDueWork({ 'revoke tokens': () => carryOutRevocations(deps) }, report),
    createDueWork({ 'deliver webhooks': () => uncounted(deliveries.look()) }, report),
  ]
  const outbox = createDueWork(
    {
      'prune webhook deliveries': () => pruneDeliveries(deps),
      'watch webhook deliveries': () => uncounted(readBacklog(db).then(report.webhookBacklog)),
    },
    report,
    OUTBOX_INTERVAL_MS,
  )
  const announcements = createDueWork({ 'announce setups': () => announceByCatalogue(deps) }, report)
  const allWork = [dueWork, ...atApps, announcements, outbox, housekeeping]
  opened.push(...allWork.map((work) => work.close))

  const forWebhooks = { db, vault, sender, allowPrivate: development }
  const services = bindServices(living, forOperators, forWebhooks, (viewer, { since, authorizationId, signal }) =>
    watch(
      (until) => watchers.listen(viewer.userId, until),
      () => deps.readView(viewer, authorizationId),
      { since, signal, onReadError: report.readFailed, onPushed: report.pushed },
    ),
  )
  const isAllowedOrigin = createOriginCheck(publicUrl, config.corsOrigins)
  const authenticate = createAuthenticate({
    tokens: config.tokens,
    developmentSecret: tokenSecret,
    verifyKey: (key) => verifyKey({ db, development }, key),
    verifySession: (token) => verifySession({ db }, token),
    onKeyUsed: keyUses.note,
    onKeyRefused: report.keyRefused,
  })
  const endpoint = createGraphQLEndpoint({
    schema,
    createContext: (caller, browser) => createContext({ services, db, publicUrl }, caller, browser),
    publicUrl,
    authenticate,
    report,
    isAllowedOrigin,
    explorable: development,
    graphiql: tokenSecret === undefined ? undefined : createExplorer(tokenSecret, config.tokens, ownKey),
  })
  const webSocket = createWebSocketEndpoint({
    endpoint,
    authenticate,
    report,
    isAllowedOrigin,
    tokenPerOperation: development,
  })
  const wizard = await openWizard(config, publicUrl, sandbox, parts.wizardFolder)
  const root = wizard ?? toExplorer()
  const routes = new Hono().route('/', root).route('/', createOAuthRoutes({ deps, report }))
  if (tokenSecret !== undefined) routes.route('/', createDevelopmentRoutes(tokenSecret, config.tokens))

  sweep.start()
  for (const work of allWork) work.start()
  server.serve({
    endpoint,
    webSocket,
    routes,
    isAllowedOrigin,
    publicUrl,
    readiness: createReadiness({
      database: async () => void (await db.$queryRaw`SELECT 1`),
      bus: () => bus.fault,
    }),
    hosts: development ? loopbackHosts(server.port).add(new URL(publicUrl).host) : undefined,
  })

  return {
    url: publicUrl,
    metricsUrl: scrapes?.url ?? `${publicUrl}/metrics`,
    wizard: wizard !== undefined,
    sandbox,
    developmentKey: ownKey,
    get screens() {
      return watchers.size
    },
    async dueWork() {
      for (const work of allWork) await work.now()
      await deliveries.idle()
    },
    async close() {
      // What is under way has until the last caller was answered; cut off later, it could cost somebody a connection.
      refresher.stopDue()
      checker.stop()
      await server.close()
      await closeAll()
    },
  }
}

/** For due work that reports by itself what it has done. */
async function uncounted(work: Promise<unknown>): Promise<number> {
  await work
  return 0
}

/** A doorbell that also tells whoever delivers events: the change it rings for may have written some. */
function ringingAlso(doorbell: Doorbell, alsoRing: () => void): Doorbell {
  return {
    ring(change) {
      doorbell.ring(change)
      alsoRing()
    },
    ringCatalogue: (revision) => doorbell.ringCatalogue(revision),
  }
}

function openBus({ bus, startTimeoutMs }: Config, report: Report): Bus {
  return bus ? createRedisBus({ ...bus, startTimeoutMs }, report) : createMemoryBus()
}

/** @throws ConfigurationError when it is asked for and was not built */
async function openWizard(
  config: Config,
  publicUrl: string,
  sandbox: Sandbox | undefined,
  folder = WIZARD_FOLDER,
): Promise<Hono | undefined> {
  const facts = wizardFacts(config, sandbox?.url ?? null)
  const wizard = facts && (await createWizardRoutes({ folder, facts, publicUrl }))
  if (config.wizard && !wizard) {
    throw new ConfigurationError(
      `PATCHBAY_WIZARD_TOKEN_URL asks for the wizard, and there is none in ${folder}: npm run build makes it.`,
    )
  }
  return wizard
}

/** Where no wizard is, the root leads on. */
function toExplorer(): Hono {
  return new Hono().get('/', (c) => c.body(null, 307, { location: GRAPHQL_PATH, 'cache-control': 'no-store' }))
}

/** Loaded in development only: the authorization server behind it is no part of what production needs. */
async function openSandbox(config: Config, port: number, publicUrl: string): Promise<Sandbox> {
  const { startSandbox } = await import('../sandbox/sandbox.js')
  const hostname = new URL(publicUrl).hostname
  try {
    return await startSandbox({
      hostname,
      host: config.host,
      port,
      redirectUri: (app) => [`${publicUrl}/oauth/callback/${app}`],
      stateFile: join(config.dataFolder, 'sandbox.json'),
    })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new ConfigurationError(
      `Port ${port} on ${config.host} is taken. Stop what uses it, or set PATCHBAY_SANDBOX_PORT.`,
    )
  }
}

function loopbackHosts(port: number): Set<string> {
  return new Set(['localhost', '127.0.0.1', '[::1]'].map((name) => `${name}:${port}`))
}

import type { IncomingMessage } from 'node:http'
import { Hono } from 'hono'
import type { Config } from '../config/environment.js'
import type { Database } from '../database/database.js'
import { otherInstances } from '../database/postgres.js'
import { isPassing } from '../database/postgres-faults.js'
import { developmentKey, keepDevelopmentKey } from '../domain/access/api-key/development-key.js'
import { createKeyUses } from '../domain/access/api-key/key-uses.js'
import { verifyKeys } from '../domain/access/api-key/verify-keys.js'
import { verifySessions } from '../domain/access/setup-session/verify-sessions.js'
import { shownCaller } from '../domain/access/shown-caller.js'
import { partsOf } from '../domain/catalogue/catalogue.js'
import { CatalogueMemory } from '../domain/catalogue/catalogue-memory.js'
import { loadCatalogue, readCatalogueRevision } from '../domain/catalogue/load-catalogue.js'
import { createChecker } from '../domain/connection/check/check-due.js'
import { createRefresher } from '../domain/connection/refresh/refresher.js'
import type { Deps } from '../domain/deps.js'
import { callerId } from '../domain/identity/caller.js'
import { bindOperations, OPERATIONS } from '../domain/operations.js'
import type { Notifier } from '../domain/ports/notifier.js'
import { statement } from '../domain/ports/sql.js'
import { RateLimits } from '../domain/rate-limit/rate-limits.js'
import { createReadCandidates } from '../domain/token/read-candidates.js'
import { createIssueRecorder } from '../domain/token/record-issues.js'
import { createReadView, partsWithin, type WatchedView, type WatchView } from '../domain/view/read-view.js'
import { StateMemory } from '../domain/view/state-memory.js'
import type { UserView } from '../domain/view/user-view.js'
import { createDeliveries } from '../domain/webhook/deliver-webhooks.js'
import { EVENT_TYPES } from '../domain/webhook/events.js'
import { type Context, createContext } from '../graphql/context.js'
import { admitMutations } from '../graphql/mutation-rates.js'
import { schema } from '../graphql/schema.js'
import { createAuthenticate } from '../http/authentication/authenticate.js'
import { acceptedIssuers, createHostTokens } from '../http/authentication/host-tokens.js'
import { createBrandRoutes } from '../http/brand/brand-routes.js'
import { createDevelopmentRoutes } from '../http/development/development-routes.js'
import { createExplorer } from '../http/development/explorer.js'
import { createAnswerUnknownPerson } from '../http/development/unknown-person.js'
import { CallerQueue } from '../http/graphql/caller-queue.js'
import { createAnswerPost } from '../http/graphql/direct-operations.js'
import { DocumentMemory } from '../http/graphql/document-memory.js'
import { createExecutor } from '../http/graphql/execution/executor.js'
import { Turns } from '../http/graphql/execution/turns.js'
import { FAIR_USE, fairly } from '../http/graphql/fair-use.js'
import { createGraphQLEndpoint, type EndpointOptions } from '../http/graphql/graphql-endpoint.js'
import { NO_KEY } from '../http/graphql/idempotency/idempotency-key.js'
import { createKeyedExecution } from '../http/graphql/idempotency/keyed-execution.js'
import { Preparations } from '../http/graphql/preparations.js'
import { createWebSocketEndpoint } from '../http/graphql/websocket.js'
import { IconMemory } from '../http/icons/icon-memory.js'
import { createIconRoutes } from '../http/icons/icon-routes.js'
import { createNotFound } from '../http/not-found.js'
import { createAnswerVisit } from '../http/oauth/direct-visits.js'
import { createOAuthRoutes } from '../http/oauth/oauth-routes.js'
import { UnknownPages } from '../http/oauth/unknown-pages.js'
import { createVisits } from '../http/oauth/visits.js'
import { createTextsFor } from '../http/page-language.js'
import { createRenderFor } from '../http/render-for.js'
import { addressesIn, createAddressOf } from '../http/server/addresses.js'
import { createReadiness } from '../http/server/health.js'
import { listenForScrapes } from '../http/server/metrics-endpoint.js'
import { createOriginCheck } from '../http/server/origins.js'
import { METRICS_PATH } from '../http/server/routes.js'
import { listen } from '../http/server/server.js'
import type { Bus } from '../live/bus.js'
import { createCatalogueWakes } from '../live/catalogue-wakes.js'
import { createNotifier } from '../live/notifier.js'
import { createSweep } from '../live/sweep.js'
import { type Feed, Watch } from '../live/watch.js'
import { Watchers } from '../live/watchers.js'
import type { Logger } from '../observability/logger.js'
import { createMetrics } from '../observability/metrics.js'
import { createTelemetry, type ServerTelemetry } from '../observability/telemetry.js'
import { createGuardedFetch } from '../outbound/guarded-fetch.js'
import { createOAuthClient } from '../outbound/oauth-client.js'
import { createProxiedFetch } from '../outbound/proxied-fetch.js'
import { createWebhookSender } from '../outbound/webhook-sender.js'
import { providerCatalogue } from '../providers/catalogue.js'
import type { Sandbox } from '../sandbox/sandbox.js'
import type { KeyService } from '../vault/key-service.js'
import { claimDatabase } from './claim-database.js'
import { applyConnectorFile } from './connector-file/apply-connector-file.js'
import { developmentHosts, openSandbox } from './development.js'
import { openBrand } from './open-brand.js'
import { findFont, openBus, openDatabase, openVault, openWizard, publishingDeps, toExplorer } from './open-parts.js'
import { outboundNetworks } from './outbound-networks.js'
import { createScheduledJobs } from './scheduled-jobs.js'
import { seedDevelopment } from './seed-development.js'
import { createStaging } from './staging.js'
import { openTrustedDocuments } from './trusted-documents.js'
import { VERSION } from './version.js'

/** Pages show a letter meanwhile, so there's no reason to wait longer. */
const ICON_TIMEOUT_MS = 5_000
const ICON_REDIRECTS = 3
/** Whether the database responds. */
const PING = statement<[], object>('ping', 'SELECT 1')

export interface Instance {
  /** The origin under which browsers reach it. */
  url: string
  /** The address that Prometheus scrapes. Undefined if nothing serves metrics. */
  metricsUrl: string | undefined
  /** Whether the wizard is served, at the root of the URL. */
  wizard: boolean
  /** In development and staging: the apps to connect, and the page that scripts them. */
  sandbox: Sandbox | undefined
  /** In development: an API key with every scope. Undefined if it was revoked. */
  developmentKey: string | undefined
  /** The number of subscribers served now. */
  readonly subscribers: number
  /** Runs the scheduled jobs that are due now, instead of within a second. */
  runJobs(): Promise<void>
  /** Finishes requests in progress, tells clients to come back, and closes everything. */
  close(): Promise<void>
}

/** Parts that tests can replace. */
export interface Parts {
  openDatabase?: (config: Config) => Promise<Database>
  openBus?: (config: Config, telemetry: ServerTelemetry) => Bus
  keyService?: (ring: KeyService) => KeyService
  /** The folder of the built wizard. */
  wizardFolder?: string
}

/** Composes the parts and starts serving. If a part fails, closes the ones that were opened before it. */
export async function startInstance(config: Config, logger: Logger, parts: Parts = {}): Promise<Instance> {
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
): Promise<Instance> {
  const { development } = config
  const networks = outboundNetworks(config)
  const font = await findFont(config, parts.wizardFolder)
  const brand = await openBrand(config.brand, font?.path)
  const metrics = createMetrics()
  metrics.expectWebhooks(EVENT_TYPES)
  metrics.showBuild(VERSION, process.version)
  const telemetry = createTelemetry(logger, metrics)

  const withApi = config.metrics === 'with-api'
  const scrapes =
    typeof config.metrics === 'object'
      ? await listenForScrapes({ host: config.host, ...config.metrics }, metrics)
      : undefined
  if (scrapes) opened.push(scrapes.close)
  const server = await listen({ ...config, version: VERSION }, telemetry, withApi ? metrics : undefined)
  opened.push(server.close)
  const publicUrl = config.publicUrl ?? `http://localhost:${server.port}`

  const { vault, tokenSecret } = await openVault(config, telemetry.vaultFailed, parts.keyService)
  const database = await (parts.openDatabase ?? openDatabase)(config, telemetry.connectionLost)
  opened.push(database.close)
  const { db, sql } = database
  await claimDatabase(sql, config)
  if (database.pool) metrics.watchPool(database.pool)
  if (config.database && !config.bus) telemetry.withoutBus(await otherInstances(sql))

  const guarded = createGuardedFetch(networks.apps)
  opened.push(guarded.close)
  const watchers = new Watchers()
  metrics.watchSubscribers(() => watchers.size)
  const catalogueWakes = createCatalogueWakes(watchers)
  opened.push(catalogueWakes.close)
  const catalogue = new CatalogueMemory(
    (known) => loadCatalogue(sql, providerCatalogue, known),
    () => readCatalogueRevision(sql),
    (current) => catalogueWakes.changed({ revision: current.revision, parts: partsOf(current) }),
  )
  /** If it can't be loaded, everyone is notified by the sweep, and their reads report it. */
  const follow = async (catalogueRevision: number) => {
    if (watchers.size === 0 || catalogue.present(catalogueRevision)) return false
    await catalogue.at(catalogueRevision).catch(() => {})
    return true
  }
  const sweep = createSweep(sql, watchers, telemetry, follow)
  opened.push(sweep.close)
  const bus = (parts.openBus ?? openBus)(config, telemetry)
  opened.push(bus.close)
  const rateLimits = new RateLimits({
    perMinute: config.rates,
    share: config.bus && bus.share,
    onRefused: (limit, caller) => telemetry.rateLimited(limit, shownCaller(limit, caller)),
  })
  opened.push(() => rateLimits.close())
  bus.onShared((usages) => rateLimits.add(usages))
  const states = new StateMemory()
  const notifier = await createNotifier(
    watchers,
    bus,
    () => void sweep.now(),
    (catalogueRevision) => void follow(catalogueRevision),
    (userId) => states.forget(userId),
  )

  const sender = createWebhookSender(networks.webhooks)
  opened.push(sender.close)
  const deliveries = createDeliveries({ db, sql, vault, sender, telemetry })
  opened.push(deliveries.close)

  const deps: Deps = {
    db,
    sql,
    notifier: alsoNudging(notifier, deliveries.nudge),
    catalogue,
    readView: createReadView(sql, catalogue, states),
    vault,
    oauth: createOAuthClient(guarded.fetch, { allowInsecure: config.allowsInsecureApps }),
    telemetry,
    settings: {
      publicUrl,
      returnOrigins: new Set([publicUrl, ...config.returnOrigins]),
      hostIssuers: acceptedIssuers(config.tokens, { development: tokenSecret !== undefined }),
      nativeReturns: config.nativeReturns,
      checkEveryMs: config.checkEveryMs,
    },
  }
  const refresher = createRefresher(deps)
  opened.push(refresher.close)
  const checker = createChecker({ ...deps, refresher })
  const operationDeps = {
    ...deps,
    ...publishingDeps(deps, guarded, config),
    rateLimits,
    discoveryFailed: telemetry.discoveryFailed,
    refresher,
    readCandidates: createReadCandidates(sql),
    recordIssue: createIssueRecorder(sql),
    sender,
  }

  const keyUses = createKeyUses({ sql })
  opened.push(() => keyUses.record().catch((error) => telemetry.jobFailed('record uses of keys', error)))
  const isAllowedOrigin = createOriginCheck(publicUrl, config.corsOrigins)
  const proxied = config.proxies && createProxiedFetch(config.proxies)
  if (proxied) opened.push(proxied.close)
  const hostTokens = createHostTokens({
    tokens: config.tokens,
    fetchKeys: proxied?.fetch,
    developmentSecret: tokenSecret,
    keysChanged: telemetry.hostKeysChanged,
  })
  void hostTokens.canReadKeys?.() // so that the log says now, and not at the first token, if they can't be read
  const authenticate = createAuthenticate({
    verifyToken: hostTokens.verify,
    verifyKeys: (keys) => verifyKeys({ sql, development }, keys),
    verifySessions: (sessions) => verifySessions({ sql }, sessions),
    onKeyUsed: keyUses.note,
    rateLimits,
    telemetry,
  })
  const addressOf = createAddressOf(addressesIn(config.connections.trustedProxies))
  const renderFor = createRenderFor(createTextsFor(config.language), brand)
  const staging = createStaging(config, { publicUrl, rateLimits, authenticate, addressOf, renderFor, brand })
  const sandbox = await openSandbox(config, publicUrl, { gate: staging?.sandboxGate, font: font?.file })
  if (sandbox) opened.push(sandbox.close)
  // First, because it may describe the sandbox's apps in its own way.
  await applyConnectorFile(operationDeps, config, telemetry)
  if (sandbox) await seedDevelopment(operationDeps, sandbox.apps)

  const ownKey =
    development && tokenSecret !== undefined && (await keepDevelopmentKey({ sql }, tokenSecret))
      ? developmentKey(tokenSecret)
      : undefined
  const { activityDays } = config
  const jobs = createScheduledJobs(deps, { checker, refresher, deliveries, keyUses, states, activityDays }, telemetry)
  opened.push(jobs.close)

  const feed: Feed<WatchedView, UserView> = {
    join: ({ viewer }, watcher) => watchers.join(viewer.userId, watcher),
    leave: ({ viewer }, watcher) => watchers.leave(viewer.userId, watcher),
    read: ({ viewer, authorizationId }) =>
      deps.readView(viewer, ...(authorizationId === undefined ? [] : [authorizationId])),
    shownBy: ({ shows = partsWithin }, view) => ({
      catalogueRevision: view.state.catalogueRevision,
      parts: shows(view),
    }),
    telemetry,
  }
  const watchView: WatchView = (watched, since) => new Watch(feed, watched, since)
  const services = { ...bindOperations(OPERATIONS, operationDeps), readView: deps.readView, watchView }
  const admit = (mutations: readonly string[], context: unknown) =>
    admitMutations(rateLimits, context as Context, mutations)
  const queue = new CallerQueue()
  const turns = new Turns(queue)
  const graphql: EndpointOptions = {
    schema,
    createContext: (caller, browser, idempotency = NO_KEY) =>
      Object.assign(createContext({ services, db, publicUrl }, caller, browser), { idempotency }),
    publicUrl,
    authenticate,
    addressOf,
    documents: new DocumentMemory(),
    trusted: await openTrustedDocuments(config, schema, (warning) => logger.warn(warning)),
    preparations: new Preparations(queue),
    connections: config.connections,
    execute: fairly(
      createExecutor(schema, {
        admit,
        carryOut: createKeyedExecution({ sql, telemetry, isPassing }),
        turns,
        callerOf: (context) => callerId((context as Context).caller),
      }),
      FAIR_USE,
      { hasLarge: (caller) => turns.hasLarge(caller), ran: (caller) => queue.ran(caller) },
    ),
    telemetry,
    isPassing,
    isAllowedOrigin,
    explorable: config.introspection,
    graphiql: tokenSecret === undefined ? undefined : createExplorer(tokenSecret, config.tokens, publicUrl, ownKey),
  }
  const endpoint = createGraphQLEndpoint(graphql)
  const isExplorer = (request: IncomingMessage) => development || staging?.hasPass(request) === true
  const webSocket = createWebSocketEndpoint({ ...graphql, endpoint, isExplorer })
  const sandboxUrl = config.staging?.sandboxUrl ?? sandbox?.url ?? null
  const wizard = await openWizard(config, publicUrl, sandboxUrl, brand, parts.wizardFolder)
  const root = wizard?.routes ?? toExplorer()
  const unknownPages = new UnknownPages(deps, rateLimits)
  const visits = createVisits({ deps, unknownPages, telemetry })
  const oauthRoutes = createOAuthRoutes({ deps, visits, unknownPages, addressOf, renderFor })
  const iconFetch = createGuardedFetch({ ...networks.apps, timeoutMs: ICON_TIMEOUT_MS })
  opened.push(iconFetch.close)
  const icons = new IconMemory({
    fetch: (url) => iconFetch.fetch(url, { headers: { accept: 'image/*' }, maxRedirects: ICON_REDIRECTS }),
    failed: telemetry.iconFailed,
  })
  const iconRoutes = createIconRoutes({ currentCatalogue: () => catalogue.current(), icons })
  const routes = new Hono()
    .route('/', createBrandRoutes(brand))
    .route('/', iconRoutes)
    .route('/', root)
    .route('/', oauthRoutes)
  routes.notFound(createNotFound(renderFor, wizard?.lost))
  if (staging) routes.route('/', staging.routes)
  if (tokenSecret !== undefined) routes.route('/', createDevelopmentRoutes(tokenSecret, config.tokens))

  sweep.start()
  jobs.start()
  server.serve({
    endpoint,
    answerPost: createAnswerPost(graphql, endpoint),
    answerVisit: createAnswerVisit(visits, addressOf, renderFor),
    webSocket,
    routes,
    isAllowedOrigin,
    gate: staging?.gate,
    answerUnknownPerson:
      tokenSecret === undefined
        ? undefined
        : createAnswerUnknownPerson({ renderFor, inWizard: !config.wizard, hasKey: ownKey !== undefined }),
    publicUrl,
    renderFor,
    readiness: createReadiness({
      database: async () => void (await sql.run(PING)),
      bus: () => bus.fault,
      canReadKeys: hostTokens.canReadKeys,
    }),
    hosts: development ? developmentHosts(server.port, publicUrl) : undefined,
  })

  return {
    url: publicUrl,
    metricsUrl: scrapes?.url ?? (withApi ? `${publicUrl}${METRICS_PATH}` : undefined),
    wizard: wizard !== undefined,
    sandbox,
    developmentKey: ownKey,
    get subscribers() {
      return watchers.size
    },
    runJobs: jobs.now,
    async close() {
      // Refreshes and checks in progress may run until the last caller is answered. Aborting them later could break a
      // user's connection.
      refresher.stopDue()
      checker.stop()
      await server.close()
      await closeAll()
    },
  }
}

/** Returns a notifier that also wakes webhook delivery, because the change may have written an event. */
function alsoNudging(notifier: Notifier, nudge: () => void): Notifier {
  return {
    notify(change) {
      notifier.notify(change)
      nudge()
    },
    notifyCatalogue: (revision) => notifier.notifyCatalogue(revision),
  }
}

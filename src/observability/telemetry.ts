import type { FailureCause } from '../domain/ports/failure-cause.js'
import type { Telemetry } from '../domain/ports/telemetry.js'
import { type OperationOutcome, outcomeOf } from './error-codes.js'
import type { Logger } from './logger.js'
import type { Metrics } from './metrics.js'
import { concernsAuthorization, type OperationType, type RequestScope, type Transport } from './request-scope.js'

/** Events that may happen with every notification are logged once within this time, with their count. */
const QUIET_MS = 30_000

/**
 * Everything worth recording: the domain's events and those of the server. There is one function per event, so that the
 * log line and the counter can't drift apart.
 */
export interface ServerTelemetry extends Telemetry {
  /** @param status 499 if the client left before the response */
  requestFinished(request: {
    route: string
    method: string
    status: number
    durationMs: number
    /** Whether it was an event stream, which lasts as long as its reader likes. */
    streamed: boolean
  }): void
  requestFailed(requestId: string, error: unknown): void
  /**
   * An operation has its result, or its subscription is open.
   * @param codes known codes of its top-level errors
   */
  operationFinished(request: RequestScope, codes: readonly string[]): OperationOutcome
  /** Errors were sent after an operation's first response, in a push, or before there was an operation. */
  errorsSent(codes: readonly string[]): void
  /** An operation or a push exceeded a limit. @param limit a known one */
  limitExceeded(limit: string): void
  /** Something was refused because of a rate limit. @param caller how logs name it */
  rateLimited(limit: string, caller: string): void
  /** A request's Idempotency-Key was known already, so it wasn't carried out. */
  keyRepeated(outcome: 'answered' | 'shown-once' | 'not-kept' | 'in-use' | 'reused' | 'too-many'): void
  /** A result couldn't be stored for requests that repeat it. The caller got it. */
  answerNotKept(error: unknown): void
  /** @returns a function to call when it ends */
  subscriptionOpened(transport: 'websocket' | 'sse'): () => void
  /** @param latencyMs from the commit to the written socket */
  pushed(latencyMs: number): void
  readFailed(error: unknown): void
  readerStalled(reason: 'buffer' | 'no-progress' | 'silent'): void
  /** One address had too many connections without an accepted token. */
  connectionDropped(): void
  notificationSent(): void
  notificationReceived(): void
  notificationNotSent(error: unknown): void
  busMessageIgnored(reason: 'malformed' | 'too-large'): void
  /** Redis confirmed the subscription, so notifications arrive from now on. */
  busReady(): void
  busLost(error: unknown): void
  sweepCaught(subscribers: number): void
  sweepFailed(error: unknown): void
  jobFailed(work: string, error: unknown): void
  jobDone(work: string, count: number): void
  callbackReceived(connector: string, outcome: string): void
  connectionLost(error: unknown): void
  /** The host's keys at this URL can be read, or no longer can. @param error why not. Null if they can */
  hostKeysChanged(url: string, error: unknown): void
  withoutBus(otherInstances: number): void
  /** There is no usable picture at the URL of an icon. */
  iconFailed(host: string, reason: string): void
  /** The connectors are as the file says. The kept ones have an issuer whose metadata couldn't be read. */
  connectorsApplied(applied: { changed: readonly string[]; kept: readonly { slug: string; why: string }[] }): void
}

export function createTelemetry(logger: Logger, metrics: Metrics): ServerTelemetry {
  const notificationsNotSent = rarely()
  const messagesIgnored = rarely()
  const vaultFailures = rarelyOfEach()
  const rateLimits = rarelyOfEach()
  const credentials = rarelyOfEach()
  const icons = rarelyOfEach()
  const countErrors = (codes: readonly string[]) => {
    for (const code of codes) metrics.errors.inc({ code })
  }
  /** Counts a failure and returns it as a field of its log line. */
  const counted = (connector: string, cause: FailureCause | null | undefined): { cause?: FailureCause } => {
    if (!cause) return {}
    metrics.appFailures.inc({ connector, stage: cause.stage, reason: cause.reason })
    return { cause }
  }
  const jobFailed = (work: string, error: unknown) => {
    metrics.jobsFailed.inc({ work })
    logger.warn({ work, err: error }, 'scheduled job failed. Will retry')
  }
  return {
    requestFinished({ route, method, status, durationMs, streamed }) {
      metrics.httpRequests.inc({ route, method, status })
      if (!streamed) metrics.httpSeconds.observe({ route }, durationMs / 1000)
      const line = { method, route, status, durationMs: Math.round(durationMs * 10) / 10 }
      logger[status >= 500 ? 'info' : 'debug'](line, 'request finished')
    },
    requestFailed(requestId, error) {
      metrics.faults.inc()
      logger.error({ requestId, err: error }, 'request failed')
    },
    operationFinished({ operation, transport, refusals, durationMs }, codes) {
      const outcome = outcomeOf(codes, refusals.length)
      const type: OperationType | 'unknown' = operation?.type ?? 'unknown'
      const carriedOut = outcome === 'ok' || refusals.length > 0
      const name = metrics.operationName(operation?.name, carriedOut)
      metrics.operations.inc({ operation: name, type, transport: labelOf(transport, type), outcome })
      if (type === 'query' || type === 'mutation') metrics.operationSeconds.observe({ type }, durationMs / 1000)
      countErrors(codes)
      for (const error of refusals) metrics.refusals.inc({ error })
      return outcome
    },
    errorsSent: countErrors,
    limitExceeded: (limit) => metrics.limits.inc({ limit }),
    rateLimited(limit, caller) {
      metrics.rateLimited.inc({ limit })
      rateLimits(limit, (refusals) => logger.warn({ limit, caller, refusals }, 'a caller exceeded a rate limit'))
    },
    keyRepeated: (outcome) => metrics.keysRepeated.inc({ outcome }),
    answerNotKept(error) {
      metrics.answersNotKept.inc()
      logger.warn({ err: error }, 'a result could not be stored for its Idempotency-Key')
    },
    subscriptionOpened(transport) {
      metrics.subscriptionsOpen.inc({ transport })
      return () => metrics.subscriptionsOpen.dec({ transport })
    },
    pushed: (latencyMs) => metrics.pushSeconds.observe(Math.max(0, latencyMs) / 1000),
    readFailed(error) {
      metrics.readsFailed.inc()
      logger.warn({ err: error }, 'reading a subscriber’s state failed. Will retry')
    },
    connectionDropped: () => metrics.connectionsDropped.inc(),
    readerStalled(reason) {
      metrics.readersStalled.inc({ reason })
      logger.warn({ reason }, 'closed a stalled subscriber')
    },
    notificationSent: () => metrics.notificationsSent.inc(),
    notificationReceived: () => metrics.notificationsReceived.inc(),
    notificationNotSent(error) {
      metrics.notificationsNotSent.inc()
      notificationsNotSent((rings) =>
        logger.warn({ err: error, rings }, 'notifications could not be published. The sweep will deliver them'),
      )
    },
    busMessageIgnored(reason) {
      metrics.busIgnored.inc({ reason })
      messagesIgnored((messages) => logger.warn({ reason, messages }, 'ignored an invalid message on the bus'))
    },
    busReady() {
      metrics.setRedisUp(true)
      logger.info('subscribed to Redis')
    },
    busLost(error) {
      metrics.setRedisUp(false)
      logger.warn(
        { err: error },
        'lost the connection to Redis. The sweep keeps subscribers up to date until it returns',
      )
    },
    vaultFailed(error) {
      const { code, keyId } = error
      metrics.vaultFailures.inc({ code })
      vaultFailures(code, (failures) =>
        logger.error({ err: error, failure: code, keyId, failures }, 'a secret could not be sealed or opened'),
      )
    },
    connectionLost(error) {
      metrics.connectionsLost.inc()
      logger.warn({ err: error }, 'lost a connection to PostgreSQL. Replacing it')
    },
    hostKeysChanged(url, error) {
      const { origin, pathname } = new URL(url)
      const jwks = `${origin}${pathname}`
      metrics.setHostKeysUp(jwks, error === null)
      if (error === null) logger.info({ jwks }, 'read the host’s keys')
      else logger.warn({ jwks, err: error }, 'the host’s keys cannot be read. The last ones count for ten minutes')
    },
    withoutBus: (otherInstances) =>
      logger.warn(
        { otherInstances },
        otherInstances > 0
          ? 'other instances use this database, but REDIS_URL is not set: their changes reach subscribers of this instance late. Set REDIS_URL on every instance'
          : 'REDIS_URL is not set: do not run a second instance on this database',
      ),
    sweepCaught(subscribers) {
      metrics.sweepCaught.inc(subscribers)
      logger.info({ screens: subscribers }, 'the sweep found subscribers that missed a notification')
    },
    sweepFailed(error) {
      metrics.sweepsFailed.inc()
      logger.warn({ err: error }, 'the sweep failed. Will retry')
    },
    connectorsApplied({ changed, kept }) {
      logger.info({ changed }, 'connectors are as the file says')
      for (const { slug, why } of kept) {
        logger.warn({ connector: slug, why }, 'the metadata of a connector couldn’t be read. It keeps its settings')
      }
    },
    jobFailed,
    jobDone(work, count) {
      metrics.jobs.inc({ work }, count)
      logger.info({ work, count }, 'scheduled job done')
    },
    authorizationConcerned: concernsAuthorization,
    authorizationStarted(authorizationId, connector) {
      concernsAuthorization(authorizationId)
      metrics.authorizationsStarted.inc({ connector })
      logger.info({ authorizationId, connector }, 'authorization started')
    },
    authorizationEnded({ id, connectorSlug, status, failureCode, cause }) {
      const failure = failureCode ?? 'NONE'
      metrics.authorizationsEnded.inc({ connector: connectorSlug, outcome: status, failure })
      const line = { authorizationId: id, connector: connectorSlug, outcome: status, failure }
      logger.info({ ...line, ...counted(connectorSlug, cause) }, 'authorization ended')
    },
    connectionRefreshed(connector, result, durationMs, cause) {
      metrics.refreshes.inc({ connector, result })
      metrics.refreshSeconds.observe({ connector }, durationMs / 1000)
      const line = { connector, result, durationMs: Math.round(durationMs) }
      logger[cause || result === 'failed' ? 'warn' : 'debug']({ ...line, ...counted(connector, cause) }, 'refresh')
    },
    connectionBroken(connector, code) {
      metrics.connectionsBroken.inc({ connector, code })
      logger.info({ connector, code }, 'the app no longer accepts a connection')
    },
    clientRefused(connector, detail, cause) {
      metrics.clientsRefused.inc({ connector, stage: cause.stage })
      logger.error(
        { connector, detail, cause },
        'the app rejected the connector’s client credentials. An operator has to configure them again',
      )
    },
    tokensHeld(connector, error) {
      metrics.tokensHeld.inc({ connector })
      logger.warn({ connector, err: error }, 'new tokens could not be stored. Keeping them in memory and retrying')
    },
    tokensLost(connector) {
      metrics.tokensLost.inc({ connector })
      logger.error({ connector }, 'new tokens were lost because they could not be stored before shutdown')
    },
    connectionChecked(connector, result, cause) {
      metrics.checks.inc({ connector, result })
      if (cause) logger.warn({ connector, result, ...counted(connector, cause) }, 'check')
    },
    revocationFailed: (connector, cause) =>
      logger.warn({ connector, ...counted(connector, cause) }, 'tokens could not be revoked at the app'),
    discoveryFailed: (connector, cause) =>
      logger.warn({ connector, ...counted(connector, cause) }, 'the metadata of an issuer could not be read'),
    iconFailed: (host, reason) =>
      icons(host, (failures) =>
        logger.warn(
          { host, reason, failures },
          'an icon of the catalogue could not be fetched. Pages show another one',
        ),
      ),
    tokenIssued: (connector) => metrics.tokensIssued.inc({ connector }),
    tokenRefused(connector, reason) {
      metrics.tokensRefused.inc({ connector, reason })
      logger.info({ connector, reason }, 'no token could be issued')
    },
    callbackReceived(connector, outcome) {
      metrics.callbacks.inc({ connector, outcome })
      // What ended has its own line, which says how.
      logger[outcome === 'ended' ? 'debug' : 'info']({ connector, outcome }, 'callback received')
    },
    keyRefused: (reason) => metrics.keysRefused.inc({ reason }),
    credentialRefused(reason, message, mismatch) {
      metrics.credentialsRefused.inc({ reason })
      if (reason === 'missing') return // pages ask like this before anyone signs in
      credentials(reason, (refusals) =>
        logger.info({ reason, message, ...mismatch, refusals }, 'a caller’s credentials were refused'),
      )
    },
    setupSessionCreated(keyId) {
      metrics.sessionsCreated.inc()
      logger.info({ apiKey: keyId }, 'setup session created')
    },
    userDeleted(connections) {
      metrics.usersDeleted.inc()
      logger.info({ connections }, 'user deleted')
    },
    webhookTried({ type, outcome, durationMs, ...facts }) {
      metrics.webhookTries.inc({ type, outcome })
      metrics.webhookSeconds.observe(durationMs / 1000)
      const line = { type, ...facts, durationMs: Math.round(durationMs) }
      if (outcome === 'DELIVERED') logger.debug(line, 'webhook delivered')
      else if (outcome === 'PENDING') logger.info(line, 'webhook not delivered. Will retry')
      else logger.warn(line, 'webhook delivery gave up. It can be replayed')
    },
    webhookBacklog({ pending, oldestSeconds }) {
      metrics.webhookPending.set(pending)
      metrics.webhookOldestSeconds.set(oldestSeconds)
    },
    webhooksFailed: (error) => jobFailed('deliver webhooks', error),
  }
}

function labelOf(transport: Transport, type: OperationType | 'unknown'): 'http' | 'sse' | 'websocket' {
  return transport === 'http' && type === 'subscription' ? 'sse' : transport
}

/** Reports the first of many events immediately, and later ones as a count, once in a while. */
function rarely(): (tell: (count: number) => void) => void {
  let count = 0
  let quietUntilMs = 0
  return (tell) => {
    count++
    if (Date.now() < quietUntilMs) return
    tell(count)
    count = 0
    quietUntilMs = Date.now() + QUIET_MS
  }
}

/** The same for each kind of event. */
function rarelyOfEach(): (kind: string, tell: (count: number) => void) => void {
  const kinds = new Map<string, ReturnType<typeof rarely>>()
  return (kind, tell) => {
    const rare = kinds.get(kind) ?? rarely()
    kinds.set(kind, rare)
    rare(tell)
  }
}

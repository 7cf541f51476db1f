import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { createOperationNames } from './operation-names.js'
import { processMetrics } from './process-metrics.js'

/** From a request that finds everything in memory to one that waits for an app. */
const REQUEST_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const PUSH_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** A database's connections at one moment. */
export interface PoolState {
  total: number
  idle: number
  /** Requests that wait for a connection. */
  waiting: number
  /** The pool's limit. */
  max: number
}

export type Metrics = ReturnType<typeof createMetrics>

/**
 * All counters and gauges, for Prometheus. Labels have a fixed or limited set of values, and never contain a token,
 * code or id. docs/observability.md describes each metric.
 */
export function createMetrics() {
  const registry = new Registry()
  const process = processMetrics()
  const registers = [registry]
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Counter({ name: `patchbay_${name}_total`, help, labelNames, registers })
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Gauge({ name: `patchbay_${name}`, help, labelNames, registers })
  const histogram = <L extends string>(
    name: string,
    help: string,
    buckets: readonly number[],
    labelNames: readonly L[] = [],
  ) => new Histogram({ name: `patchbay_${name}_seconds`, help, labelNames, buckets: [...buckets], registers })
  /** A gauge that is read on every scrape. */
  const readAtScrape = (name: string, help: string, read: () => number) =>
    new Gauge({
      name: `patchbay_${name}`,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })

  let redisUp: Gauge | undefined
  let hostKeysUp: Gauge<'jwks'> | undefined
  return {
    operationName: createOperationNames(),
    httpRequests: counter(
      'http_requests',
      'Finished HTTP requests. Status 499 means that the client left before the response.',
      ['route', 'method', 'status'],
    ),
    httpSeconds: histogram(
      'http_request_duration',
      'From a request’s arrival to the end of its response, without event streams.',
      REQUEST_SECONDS,
      ['route'],
    ),
    operations: counter(
      'graphql_operations',
      'GraphQL operations by client-given name and outcome: ok, refused (a typed error, not found, not authenticated), invalid (can’t be executed as written), failed (a server fault).',
      ['operation', 'type', 'transport', 'outcome'],
    ),
    operationSeconds: histogram(
      'graphql_operation_duration',
      'From the arrival of a query or mutation to its result.',
      REQUEST_SECONDS,
      ['type'],
    ),
    errors: counter('graphql_errors', 'Top-level errors in responses and pushes, by code.', ['code']),
    limits: counter('graphql_limits_exceeded', 'Operations and pushes that exceeded a limit, by limit.', ['limit']),
    rateLimited: counter('rate_limited', 'Requests and operations refused because of a rate limit, by limit.', [
      'limit',
    ]),
    keysRepeated: counter(
      'idempotency_keys_repeated',
      'Requests whose Idempotency-Key was known: answered (with the kept result), shown-once and not-kept (carried out before, without a result to return), in-use, reused (for another request), too-many.',
      ['outcome'],
    ),
    answersNotKept: counter('idempotent_answers_not_kept', 'Results that could not be stored for repeated requests.'),
    refusals: counter('graphql_refusals', 'Typed errors in operation results, by type.', ['error']),
    faults: counter('faults', 'Unexpected errors. Each has a log line with its request id.'),
    subscriptionsOpen: gauge('subscriptions_open', 'Open subscriptions.', ['transport']),
    pushSeconds: histogram(
      'push_latency',
      'From the commit of a change to the moment its state was written to the subscriber’s socket, without subscribers that the sweep found: patchbay_sweep_caught_total counts those.',
      PUSH_SECONDS,
    ),
    readsFailed: counter('screen_reads_failed', 'Failed reads for a subscriber. Each is retried.'),
    readersStalled: counter('readers_stalled', 'Connections closed because the client did nothing.', ['reason']),
    connectionsDropped: counter(
      'connections_dropped',
      'Connections closed because their address had too many without an accepted token.',
    ),
    notificationsSent: counter('rings_sent', 'Change notifications published for other instances.'),
    notificationsReceived: counter('rings_heard', 'Change notifications received from other instances.'),
    notificationsNotSent: counter(
      'rings_not_sent',
      'Change notifications that could not be published. The sweep compensates for them.',
    ),
    busIgnored: counter('bus_messages_ignored', 'Invalid messages on the bus.', ['reason']),
    connectionsLost: counter('database_connections_lost', 'Idle database connections that broke and were replaced.'),
    sweepCaught: counter('sweep_caught', 'Subscribers that missed a notification and that the sweep found.'),
    sweepsFailed: counter('sweeps_failed', 'Failed sweeps. The next one compensates.'),
    authorizationsStarted: counter('authorizations_started', 'Authorizations started.', ['connector']),
    authorizationsEnded: counter(
      'authorizations_ended',
      'Authorizations ended, by final status and failure code (NONE if there is none).',
      ['connector', 'outcome', 'failure'],
    ),
    callbacks: counter('oauth_callbacks', 'OAuth callbacks by outcome.', ['connector', 'outcome']),
    refreshes: counter(
      'refreshes',
      'Token refreshes by result: refreshed, ended (the app no longer accepts the connection), failed (will be retried), refused (the app didn’t say why), client-refused, unread (the response has tokens that can’t be used), overtaken (someone else was first).',
      ['connector', 'result'],
    ),
    refreshSeconds: histogram('refresh_duration', 'From claiming a refresh to storing its result.', REQUEST_SECONDS, [
      'connector',
    ]),
    connectionsBroken: counter('connections_broken', 'Connections that became BROKEN, by problem code.', [
      'connector',
      'code',
    ]),
    clientsRefused: counter(
      'client_refused',
      'Times an app rejected the connector’s client credentials, by stage: EXCHANGE, REFRESH. An operator has to configure them again.',
      ['connector', 'stage'],
    ),
    appFailures: counter(
      'app_failures',
      'What failed at apps, by stage (CALLBACK, EXCHANGE, IDENTITY, REFRESH, CHECK, REVOCATION, DISCOVERY) and reason.',
      ['connector', 'stage', 'reason'],
    ),
    tokensHeld: counter('tokens_held', 'Times new tokens could not be stored. They are kept in memory and retried.', [
      'connector',
    ]),
    tokensLost: counter('tokens_lost', 'New tokens that could not be stored before shutdown.', ['connector']),
    checks: counter('connection_checks', 'Connection checks at apps by result: accepted, refused, unknown.', [
      'connector',
      'result',
    ]),
    tokensIssued: counter('tokens_issued', 'Access tokens issued to skill runtimes.', ['connector']),
    tokensRefused: counter('tokens_refused', 'Access tokens refused to skill runtimes, by reason.', [
      'connector',
      'reason',
    ]),
    vaultFailures: counter(
      'vault_failures',
      'Secrets that could not be sealed or opened: UNKNOWN_KEY, KEY_SERVICE_UNAVAILABLE, DAMAGED.',
      ['code'],
    ),
    keysRefused: counter('api_keys_refused', 'Rejected API keys, by reason.', ['reason']),
    credentialsRefused: counter('credentials_refused', 'Callers that could not be authenticated, by reason.', [
      'reason',
    ]),
    sessionsCreated: counter('setup_sessions_created', 'Setup sessions created.'),
    usersDeleted: counter('users_deleted', 'Users deleted.'),
    webhookTries: counter(
      'webhook_tries',
      'Webhook delivery tries by event type and outcome: DELIVERED, PENDING (will be retried), DEAD (gave up).',
      ['type', 'outcome'],
    ),
    webhookSeconds: histogram('webhook_duration', 'Response time of webhook receivers.', REQUEST_SECONDS),
    webhookPending: gauge('webhook_pending', 'Pending webhook deliveries, across all instances.'),
    webhookOldestSeconds: gauge(
      'webhook_oldest_pending_seconds',
      'Age of the oldest pending webhook delivery; 0 if there is none.',
    ),
    jobs: counter('due_work', 'Work done by scheduled jobs.', ['work']),
    jobsFailed: counter('due_work_failed', 'Failed runs of scheduled jobs. The next run tries again.', ['work']),

    /** Shows which version runs on which version of Node. */
    showBuild(version: string, nodeVersion: string): void {
      gauge('build_info', 'Which version of Patchbay runs, and on which version of Node. Always 1.', [
        'version',
        'node_version',
      ]).set({ version, node_version: nodeVersion }, 1)
    },

    /**
     * Exports the dead deliveries of these event types as 0 from the start, so that the first one counts as an
     * increase.
     */
    expectWebhooks(types: readonly string[]): void {
      for (const type of types) this.webhookTries.inc({ type, outcome: 'DEAD' }, 0)
    },

    /** 1 if this instance can send and receive notifications, 0 if it can't. Absent if Redis isn't used. */
    setRedisUp(up: boolean): void {
      redisUp ??= gauge('redis_up', 'Whether the connection to Redis works: 1 or 0. Absent if Redis isn’t used.')
      redisUp.set(up ? 1 : 0)
    },

    /** 1 if the host's keys at this URL can be read, 0 if they can't. Absent if the host publishes none. */
    setHostKeysUp(jwks: string, up: boolean): void {
      hostKeysUp ??= gauge(
        'host_keys_up',
        'Whether the host’s keys can be read: 1 or 0. Absent if it publishes none.',
        ['jwks'],
      )
      hostKeysUp.set({ jwks }, up ? 1 : 0)
    },

    /** Exports the state of the database pool at each scrape, from now on. */
    watchPool(read: () => PoolState): void {
      readAtScrape('database_pool_connections', 'Open connections to the database.', () => read().total)
      readAtScrape('database_pool_idle', 'Idle connections to the database.', () => read().idle)
      readAtScrape('database_pool_waiting', 'Requests waiting for a database connection.', () => read().waiting)
      readAtScrape('database_pool_max', 'Maximum number of database connections.', () => read().max)
    },

    /** Exports the number of subscribers at each scrape, from now on. */
    watchSubscribers(read: () => number): void {
      readAtScrape('screens', 'Subscribers that receive notifications. As many as open subscriptions.', read)
    },

    contentType: registry.contentType,
    /** Returns all metrics in Prometheus' text format. */
    async expose(): Promise<string> {
      return `${await registry.metrics()}\n${await process.metrics()}`
    },
  }
}

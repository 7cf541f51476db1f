import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { createOperationNames } from './operation-names.js'
import { processMetrics } from './process-metrics.js'

/** From a request that finds everything in memory to one that waits for an app. */
const REQUEST_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const PUSH_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** How a database's connections are at the moment. */
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
 * What is counted and measured, for Prometheus. Labels take their values from sets that are closed or bounded; no token,
 * code or id is ever in one. docs/observability.md describes each.
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
  /** A gauge that is read whenever somebody asks. */
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
  return {
    operationName: createOperationNames(),
    httpRequests: counter(
      'http_requests',
      'HTTP requests that were finished; 499: the client left before the answer.',
      ['route', 'method', 'status'],
    ),
    httpSeconds: histogram(
      'http_request_duration',
      'From a request’s arrival to the end of its answer. Event streams are not in it: they last as long as a screen is open.',
      REQUEST_SECONDS,
      ['route'],
    ),
    operations: counter(
      'graphql_operations',
      'GraphQL operations by the name their client gave them, and what came of them: ok, refused (a typed error, not found, not signed in), invalid (cannot be carried out as written), failed (a fault of the server).',
      ['operation', 'type', 'transport', 'outcome'],
    ),
    operationSeconds: histogram(
      'graphql_operation_duration',
      'From the arrival of a query or mutation to its result.',
      REQUEST_SECONDS,
      ['type'],
    ),
    errors: counter('graphql_errors', 'Top-level errors in answers and pushes, by their code.', ['code']),
    refusals: counter('graphql_refusals', 'Typed errors among results of operations, by their type.', ['error']),
    faults: counter('faults', 'Errors that nobody expected: each has a log line with its request id.'),
    subscriptionsOpen: gauge('subscriptions_open', 'Subscriptions that are open now.', ['transport']),
    pushSeconds: histogram(
      'push_latency',
      'From the commit of a change to the moment its state was written to a screen’s socket. Screens that the sweep caught are not in it, because nobody told when their change was committed: patchbay_sweep_caught_total counts them.',
      PUSH_SECONDS,
    ),
    readsFailed: counter('screen_reads_failed', 'Reads for an open screen that failed; each is tried again.'),
    readersStalled: counter('readers_stalled', 'Connections closed because nobody read what was sent.', ['reason']),
    notificationsSent: counter('rings_sent', 'Rings that were published for other instances.'),
    notificationsReceived: counter('rings_heard', 'Rings that came in from other instances.'),
    notificationsNotSent: counter('rings_not_sent', 'Rings that could not be published; the sweep makes up for them.'),
    busIgnored: counter('bus_messages_ignored', 'Messages on the bus that are no ring.', ['reason']),
    connectionsLost: counter(
      'database_connections_lost',
      'Idle connections to the database that broke and were replaced.',
    ),
    sweepCaught: counter('sweep_caught', 'Screens that no ring had reached and the sweep found.'),
    sweepsFailed: counter('sweeps_failed', 'Sweeps that failed; the next one makes up for it.'),
    authorizationsStarted: counter('authorizations_started', 'Attempts to connect an app.', ['connector']),
    authorizationsEnded: counter(
      'authorizations_ended',
      'Attempts that came to their end, by the final status and, where there is one, the failure’s code (else NONE).',
      ['connector', 'outcome', 'failure'],
    ),
    callbacks: counter('oauth_callbacks', 'Callbacks from apps, by what was made of them.', ['connector', 'outcome']),
    refreshes: counter(
      'refreshes',
      'Refreshes of tokens that were carried out, by what came of them: refreshed, ended (the app accepts the connection no more), failed (tried again), client-refused, overtaken (others were first).',
      ['connector', 'result'],
    ),
    refreshSeconds: histogram('refresh_duration', 'From the claim of a refresh to its stored end.', REQUEST_SECONDS, [
      'connector',
    ]),
    connectionsBroken: counter(
      'connections_broken',
      'Connections that an app accepted no more, by the problem’s code.',
      ['connector', 'code'],
    ),
    clientsRefused: counter(
      'client_refused',
      'Times an app did not accept the connector’s client credentials: an operator has to configure it anew.',
      ['connector'],
    ),
    tokensHeld: counter(
      'tokens_held',
      'Times that tokens which came could not be stored; they are held and stored again.',
      ['connector'],
    ),
    tokensLost: counter('tokens_lost', 'Tokens that came and could not be stored before the server stopped.', [
      'connector',
    ]),
    checks: counter(
      'connection_checks',
      'Apps asked whether they accept a connection, by their answer: accepted, refused, unknown.',
      ['connector', 'result'],
    ),
    tokensIssued: counter('tokens_issued', 'Access tokens given to skill runtimes.', ['connector']),
    tokensRefused: counter(
      'tokens_refused',
      'Access tokens not given to skill runtimes, by the reason they were told.',
      ['connector', 'reason'],
    ),
    vaultFailures: counter(
      'vault_failures',
      'Secrets that could not be sealed or opened: UNKNOWN_KEY, KEY_SERVICE_UNAVAILABLE, DAMAGED.',
      ['code'],
    ),
    keysRefused: counter('api_keys_refused', 'API keys that were not accepted, by the reason.', ['reason']),
    sessionsCreated: counter('setup_sessions_created', 'Setup sessions that back ends asked for.'),
    usersDeleted: counter('users_deleted', 'Users whom back ends had erased.'),
    webhookTries: counter(
      'webhook_tries',
      'Tries to deliver an event to a host’s back end, by the event’s type and what became of the delivery: DELIVERED, PENDING (it is tried again), DEAD (given up).',
      ['type', 'outcome'],
    ),
    webhookSeconds: histogram(
      'webhook_duration',
      'How long receivers of webhooks took to answer, or were waited for.',
      REQUEST_SECONDS,
    ),
    webhookPending: gauge('webhook_pending', 'Deliveries of webhooks that are pending, of all instances together.'),
    webhookOldestSeconds: gauge(
      'webhook_oldest_pending_seconds',
      'For how long the oldest pending delivery of a webhook has been tried or has waited; 0 when there is none.',
    ),
    jobs: counter('due_work', 'Things done because their time had come.', ['work']),
    jobsFailed: counter('due_work_failed', 'Rounds of due work that failed; the next one tries again.', ['work']),

    /** Shows how many deliveries of these types of events are dead from the beginning, so that the first one is seen as a change. */
    expectWebhooks(types: readonly string[]): void {
      for (const type of types) this.webhookTries.inc({ type, outcome: 'DEAD' }, 0)
    },

    /** 1 while this instance can receive notifications and send them to others, 0 while it cannot. Absent when no Redis is used. */
    setRedisUp(up: boolean): void {
      redisUp ??= gauge('redis_up', 'Whether the connection to Redis works: 1 or 0. Absent when no Redis is used.')
      redisUp.set(up ? 1 : 0)
    },

    /** Shows the database pool from now on, as it is at each scrape. */
    watchPool(read: () => PoolState): void {
      readAtScrape('database_pool_connections', 'Open connections to the database.', () => read().total)
      readAtScrape('database_pool_idle', 'Open connections that nobody uses.', () => read().idle)
      readAtScrape('database_pool_waiting', 'Requests that wait for a connection.', () => read().waiting)
      readAtScrape('database_pool_max', 'The most connections there may be.', () => read().max)
    },

    /** Shows how many subscribers there are from now on, as it is at each scrape. */
    watchSubscribers(read: () => number): void {
      readAtScrape('screens', 'Screens that hear rings: as many as subscriptions are open.', read)
    },

    contentType: registry.contentType,
    /** Everything, in Prometheus' text format. */
    async expose(): Promise<string> {
      return `${await registry.metrics()}\n${await process.metrics()}`
    },
  }
}

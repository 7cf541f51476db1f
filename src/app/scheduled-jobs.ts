import type { KeyUses } from '../domain/access/api-key/key-uses.js'
import { endRevokedSessions, pruneSessions } from '../domain/access/setup-session/end-sessions.js'
import { expireAuthorizations } from '../domain/authorization/expire-authorizations.js'
import { pruneAuthorizations } from '../domain/authorization/prune-authorizations.js'
import type { Checker } from '../domain/connection/check/check-due.js'
import { expireConnections } from '../domain/connection/expire-connections.js'
import type { Refresher } from '../domain/connection/refresh/refresher.js'
import { carryOutRevocations } from '../domain/connection/revocation/carry-out-revocations.js'
import type { Deps } from '../domain/deps.js'
import { pruneActivity } from '../domain/erasure/prune-activity.js'
import { pruneKeys } from '../domain/idempotency/prune-keys.js'
import { announceByCatalogue } from '../domain/setup/announce-setups.js'
import type { StateMemory } from '../domain/view/state-memory.js'
import type { Deliveries } from '../domain/webhook/deliver-webhooks.js'
import { pruneDeliveries, readBacklog } from '../domain/webhook/outbox.js'
import type { ServerTelemetry } from '../observability/telemetry.js'
import { createJobTimer, type Jobs } from './job-timer.js'

const EVERY_SECOND_MS = 1_000
/** How often old deliveries are deleted and pending ones are counted. */
const OUTBOX_INTERVAL_MS = 15_000
/** No one waits for these jobs. */
const HOUSEKEEPING_INTERVAL_MS = 60_000
/** Long enough for people who come back to a page. */
const STATES_INTERVAL_MS = 10 * 60_000

/** What the jobs work with. */
interface Workers {
  checker: Checker
  refresher: Refresher
  deliveries: Deliveries
  keyUses: KeyUses
  states: StateMemory
  /** How many days activity is kept. */
  activityDays: number
}

export interface ScheduledJobs {
  start(): void
  /** Runs every job now and waits for it. */
  now(): Promise<void>
  close(): Promise<void>
}

/**
 * Runs everything that no caller asks for. The jobs of one list run one after the other. Jobs that wait for apps have
 * their own lists, so that a slow app delays nothing else.
 */
export function createScheduledJobs(deps: Deps, workers: Workers, telemetry: ServerTelemetry): ScheduledJobs {
  const { sql } = deps
  const { checker, refresher, deliveries, keyUses, states, activityDays } = workers
  const lists: [intervalMs: number, jobs: Jobs][] = [
    [
      EVERY_SECOND_MS,
      {
        // Authorizations come first, because they are quick and someone is waiting.
        'expire authorizations': () => expireAuthorizations(deps),
        'expire connections': () => expireConnections(deps),
        'end sessions of revoked keys': () => endRevokedSessions(deps),
        'record uses of keys': () => uncounted(keyUses.recordDue()),
      },
    ],
    [EVERY_SECOND_MS, { 'refresh tokens': () => uncounted(refresher.refreshDue()) }],
    [EVERY_SECOND_MS, { 'check connections': () => uncounted(checker.checkDue()) }],
    [EVERY_SECOND_MS, { 'revoke tokens': () => carryOutRevocations(deps) }],
    [EVERY_SECOND_MS, { 'deliver webhooks': () => uncounted(deliveries.look()) }],
    [EVERY_SECOND_MS, { 'announce setups': () => announceByCatalogue(deps) }],
    [
      OUTBOX_INTERVAL_MS,
      {
        'prune webhook deliveries': () => pruneDeliveries(deps),
        'watch webhook deliveries': () => uncounted(readBacklog(sql).then(telemetry.webhookBacklog)),
      },
    ],
    [
      HOUSEKEEPING_INTERVAL_MS,
      {
        'prune authorizations': () => pruneAuthorizations(deps),
        'prune activity': () => pruneActivity(deps, activityDays),
        'prune sessions': () => pruneSessions(deps),
        'prune idempotency keys': () => pruneKeys(deps),
      },
    ],
    [STATES_INTERVAL_MS, { 'forget unused states': async () => uncounted(Promise.resolve(states.age())) }],
  ]
  const timers = lists.map(([intervalMs, jobs]) => createJobTimer(jobs, telemetry, intervalMs))
  return {
    start() {
      for (const timer of timers) timer.start()
    },
    async now() {
      for (const timer of timers) await timer.now()
      await deliveries.idle()
    },
    async close() {
      for (const timer of timers) await timer.close()
    },
  }
}

/** For jobs that report what they did themselves, or have nothing worth counting. */
async function uncounted(work: Promise<unknown>): Promise<number> {
  await work
  return 0
}

import { type Sql, statement } from '../../ports/sql.js'
import { VaultError } from '../../ports/vault.js'
import { createQueues } from '../queues.js'
import { checkInMs } from '../refresh-rules.js'
import { type CheckDeps, type ConnectionToCheck, checkAtApp } from './check-at-app.js'
import { readConnectionsToCheck } from './connection-to-check.js'
import { recordAccepted, recordUnknown } from './record-check.js'

const BATCH = 20
/**
 * Longer than an app takes to respond, refresh included. If an instance dies in between, others take over the check
 * after this time.
 */
const LEASE_SECONDS = 60
const RETRY_MS = 5 * 60_000

const CONNECTORS_DUE = statement<[], { connectorSlug: string }>(
  'connectors-with-checks-due',
  `SELECT DISTINCT "connectorSlug" FROM "Connection" WHERE status = 'LIVE' AND "verifyDueAt" <= now()`,
)
const CLAIM = statement<[connectorSlug: string, leaseSeconds: number, limit: number], { id: string }>(
  'claim-checks',
  `UPDATE "Connection" SET "verifyDueAt" = now() + make_interval(secs => $2::int)
   WHERE id IN (
     SELECT id FROM "Connection" WHERE "verifyDueAt" <= now() AND status = 'LIVE' AND "connectorSlug" = $1
     ORDER BY "verifyDueAt" LIMIT $3::int FOR NO KEY UPDATE SKIP LOCKED
   ) RETURNING id`,
)

/** Asks apps about connections that they haven't accepted for a while. */
export interface Checker {
  /** @returns the number of connections it asked about */
  checkDue(): Promise<number>
  /** Starts no more checks. */
  stop(): void
}

/**
 * Checks connections that were not authorized, refreshed or checked within the interval. Users don't see that a
 * connection is still accepted, so that raises no revision. A slow app doesn't delay the checks of others.
 */
export function createChecker(deps: CheckDeps): Checker {
  let asked = 0
  const queues = createQueues(
    () => connectorsDue(deps.sql),
    async (connectorSlug) => {
      const count = await checkSome(deps, connectorSlug)
      asked += count
    },
  )
  return {
    async checkDue() {
      const before = asked
      await queues.workOff()
      return asked - before
    },
    stop: queues.stop,
  }
}

async function connectorsDue(sql: Sql): Promise<string[]> {
  const rows = await sql.run(CONNECTORS_DUE)
  return rows.map((row) => row.connectorSlug)
}

async function checkSome(deps: CheckDeps, connectorSlug: string): Promise<number> {
  const due = await deps.sql.run(CLAIM, connectorSlug, LEASE_SECONDS, BATCH)
  const connector = (await deps.catalogue.current()).connectors.get(connectorSlug)
  if (due.length === 0 || !connector?.available) return 0
  const connections = await readConnectionsToCheck(
    deps.db,
    due.map(({ id }) => id),
  )
  const results = await Promise.allSettled(connections.map((connection) => check(deps, connector, connection)))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
  return connections.length
}

async function check(
  deps: CheckDeps,
  connector: Parameters<typeof checkAtApp>[1],
  connection: ConnectionToCheck,
): Promise<void> {
  const nextInMs = checkInMs(deps.settings.checkEveryMs, Math.random())
  const result = await checkAtApp(deps, connector, connection).catch((error) => {
    // A key that is missing from the ring may come back.
    if (error instanceof VaultError && error.retryable)
      return { kind: 'unknown', retryInMs: Math.min(RETRY_MS, nextInMs), cause: undefined } as const
    throw error
  })
  if (result.kind === 'ended') return
  if (result.kind === 'accepted') await recordAccepted(deps.db, connection.id, nextInMs)
  else await recordUnknown(deps.db, connection.id, result.retryInMs ?? nextInMs, result.cause)
}

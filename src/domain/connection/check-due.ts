import type { Deps } from '../deps.js'
import { VaultError } from '../vault/vault.js'
import { type CheckDeps, checkAtApp, type Holder } from './check-at-app.js'
import { holdersOf } from './holder.js'
import { checkInMs } from './refresh-rules.js'

const BATCH = 20
/** Longer than an app takes to answer, refresh included; whoever dies in between leaves the check to others. */
const LEASE_SECONDS = 60
const RETRY_MS = 5 * 60_000

/**
 * Asks apps about connections that they have not accepted for a while: no authorization, refresh or check within the
 * interval. What the user does not see, that it is still accepted, raises no revision.
 * @returns how many were asked about
 */
export async function checkDueConnections(deps: CheckDeps & Pick<Deps, 'readCatalogue'>): Promise<number> {
  const due = await deps.db.$queryRaw<{ id: string }[]>`
    UPDATE "Connection" SET "verifyDueAt" = now() + make_interval(secs => ${LEASE_SECONDS}::double precision)
    WHERE id IN (
      SELECT id FROM "Connection" WHERE "verifyDueAt" <= now() AND status = 'LIVE'
      ORDER BY "verifyDueAt" LIMIT ${BATCH} FOR NO KEY UPDATE SKIP LOCKED
    ) RETURNING id`
  if (due.length === 0) return 0
  const { connectors } = await deps.readCatalogue()
  const holders = await holdersOf(
    deps.db,
    due.map(({ id }) => id),
  )
  const results = await Promise.allSettled(
    holders.map(async (holder) => {
      const connector = connectors.get(holder.connectorSlug)
      if (connector?.available) await check(deps, connector, holder)
    }),
  )
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
  return holders.length
}

async function check(deps: CheckDeps, connector: Parameters<typeof checkAtApp>[1], holder: Holder): Promise<void> {
  const nextInMs = checkInMs(deps.checkEveryMs, Math.random())
  const result = await checkAtApp(deps, connector, holder).catch((error) => {
    // A key that is not in the ring may come back.
    if (error instanceof VaultError && error.retryable)
      return { kind: 'unknown', retryInMs: Math.min(RETRY_MS, nextInMs) } as const
    throw error
  })
  if (result.kind === 'ended') return
  const inMs = result.kind === 'accepted' ? nextInMs : (result.retryInMs ?? nextInMs)
  await deps.db.$executeRaw`
    UPDATE "Connection" SET
      "verifyDueAt" = now() + make_interval(secs => ${inMs / 1000}::double precision),
      "lastVerifiedAt" = CASE WHEN ${result.kind === 'accepted'}::boolean THEN now() ELSE "lastVerifiedAt" END
    WHERE id = ${holder.id}::uuid AND status = 'LIVE'`
}

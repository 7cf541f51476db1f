import type { Deps } from '../deps.js'
import { statement } from '../ports/sql.js'
import { EXCHANGE_LIMIT_SECONDS } from '../view/authorization-limits.js'
import { WAITING_STATUSES } from '../view/authorization-status.js'
import { endAuthorization, INTERRUPTED, pastDeadline } from './authorization-record.js'
import { type ChangeAuthorizationDeps, changeAuthorization } from './change-authorization.js'

const BATCH = 100

const DUE = statement<[exchangeLimitSeconds: number, limit: number], { id: string; userId: string }>(
  'authorizations-due',
  `SELECT id, "userId" FROM "Authorization"
   WHERE (status IN ('PENDING', 'OPENED', 'AWAITING_CONFIRMATION', 'AWAITING_CHOICE') AND "expiresAt" <= now())
     OR (status = 'EXCHANGING' AND "exchangeStartedAt" <= now() - make_interval(secs => $1::int))
   ORDER BY "expiresAt" LIMIT $2::int`,
)

/**
 * Ends every authorization past its deadline (EXPIRED) and every exchange that no server works on anymore (FAILED,
 * INTERRUPTED), by the database's clock.
 * @returns how many authorizations ended
 */
export async function expireAuthorizations(deps: ChangeAuthorizationDeps & Pick<Deps, 'sql'>): Promise<number> {
  const due = await deps.sql.run(DUE, EXCHANGE_LIMIT_SECONDS, BATCH)
  let ended = 0
  for (const authorization of due) {
    const changed = await changeAuthorization(deps, authorization, async (tx, current, { now }) => {
      const waiting = (WAITING_STATUSES as readonly string[]).includes(current.status)
      if (waiting && current.expiresAt <= now) {
        return endAuthorization(tx, current, now, pastDeadline(current))
      }
      // Read it again, because its exchange may have begun since it was found to be due.
      if (current.status === 'EXCHANGING' && isAbandoned(current.exchangeStartedAt, now)) {
        return endAuthorization(tx, current, now, INTERRUPTED)
      }
      return false
    })
    if (changed) ended++
  }
  return ended
}

function isAbandoned(exchangeStartedAt: Date | null, now: Date): boolean {
  return exchangeStartedAt === null || now.getTime() - exchangeStartedAt.getTime() >= EXCHANGE_LIMIT_SECONDS * 1000
}

import type { ConnectionProblemCode } from '../../generated/prisma/enums.js'
import { changeKnownUser } from '../change/change-user.js'
import type { Deps } from '../deps.js'
import type { FailureCause } from '../ports/failure-cause.js'
import { type AnnouncedChangeDeps, announce } from '../setup/announce-setups.js'
import { connectionEvent } from '../webhook/events.js'

/** What is cleared once a connection can no longer be used. */
export const NOTHING_DUE = {
  refreshDueAt: null,
  refreshAttempts: 0,
  refreshLeaseUntil: null,
  refreshStartedAt: null,
  refreshRefusals: 0,
  refreshRefusedSince: null,
  verifyDueAt: null,
} as const

/** Why a connection that was live can no longer be used. */
export type BreakCode = Exclude<ConnectionProblemCode, 'ACCESS_EXPIRED'>

/**
 * Marks a connection BROKEN because the app no longer accepts its tokens, and notifies its subscribers.
 * @param tokenVersion the version of the rejected tokens. Newer tokens are unaffected
 * @param cause what the app said, for operators
 * @returns whether it was live with these tokens
 */
export async function breakConnection(
  deps: AnnouncedChangeDeps & Pick<Deps, 'telemetry'>,
  { id, userId, tokenVersion }: { id: string; userId: string; tokenVersion: number },
  problemCode: BreakCode,
  cause: FailureCause,
): Promise<boolean> {
  const broken = await changeKnownUser(deps, userId, async (tx, change) => {
    const { now } = change
    const facts = { status: 'BROKEN', problemCode } as const
    const { count } = await tx.connection.updateMany({
      where: { id, userId, tokenVersion, status: 'LIVE' },
      data: { ...facts, ...NOTHING_DUE, problemSince: now, failureCause: { ...cause }, failedAt: now },
    })
    const connection = count > 0 && (await tx.connection.findUnique({ where: { id } }))
    if (!connection) return null
    const { connectorSlug, accountLabel } = connection
    await tx.activity.create({
      data: { userId, at: now, kind: 'CONNECTION_BROKEN', connectorSlug, accountLabel, detail: problemCode },
    })
    await announce(tx, deps, change, [connectionEvent('connection.broken', connection)])
    return connection
  })
  if (broken) deps.telemetry.connectionBroken(broken.connectorSlug, problemCode)
  return broken !== null
}

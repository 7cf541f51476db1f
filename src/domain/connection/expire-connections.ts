import type { Deps } from '../deps.js'
import { raiseRevisionOf } from '../user/revision.js'

const BATCH = 100

/**
 * Marks connections EXPIRED whose access token is dead and cannot be refreshed, by the database's clock.
 * @returns how many expired
 */
export async function expireConnections({ db, doorbell }: Pick<Deps, 'db' | 'doorbell'>): Promise<number> {
  const due = await db.$queryRaw<{ id: string; userId: string }[]>`
    SELECT id, "userId" FROM "Connection"
    WHERE status = 'LIVE' AND NOT refreshable AND "accessTokenExpiresAt" <= now()
    ORDER BY "accessTokenExpiresAt" LIMIT ${BATCH}`
  let expired = 0
  for (const { id, userId } of due) {
    const change = await db.$transaction(async (tx) => {
      const change = await raiseRevisionOf(tx, userId)
      if (!change) return null
      const { now } = change
      const connection = await tx.connection.findUnique({ where: { id } })
      const dead = connection?.accessTokenExpiresAt && connection.accessTokenExpiresAt <= now
      if (connection?.status !== 'LIVE' || connection.refreshable || !dead) return change
      await tx.connection.update({
        where: { id },
        data: { status: 'EXPIRED', problemCode: 'ACCESS_EXPIRED', problemSince: now },
      })
      const { connectorSlug, accountLabel } = connection
      await tx.activity.create({ data: { userId, at: now, kind: 'CONNECTION_EXPIRED', connectorSlug, accountLabel } })
      expired++
      return change
    })
    if (change) doorbell.ring(change)
  }
  return expired
}

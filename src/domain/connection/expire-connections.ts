import { changeKnownUser } from '../change/change-user.js'
import type { Deps } from '../deps.js'
import { statement } from '../ports/sql.js'
import { type AnnouncedChangeDeps, announce } from '../setup/announce-setups.js'
import { connectionEvent } from '../webhook/events.js'

const BATCH = 100

const DUE = statement<[limit: number], { id: string; userId: string }>(
  'connections-expired',
  `SELECT id, "userId" FROM "Connection"
   WHERE status = 'LIVE' AND NOT refreshable AND "accessTokenExpiresAt" <= now()
   ORDER BY "accessTokenExpiresAt" LIMIT $1::int`,
)

/**
 * Marks connections EXPIRED if their access token has expired and can't be refreshed, by the database's clock.
 * @returns how many expired
 */
export async function expireConnections(deps: AnnouncedChangeDeps & Pick<Deps, 'sql'>): Promise<number> {
  const due = await deps.sql.run(DUE, BATCH)
  let expired = 0
  for (const { id, userId } of due) {
    const done = await changeKnownUser(deps, userId, async (tx, change) => {
      const { now } = change
      const connection = await tx.connection.findUnique({ where: { id } })
      const dead = connection?.accessTokenExpiresAt && connection.accessTokenExpiresAt <= now
      if (connection?.status !== 'LIVE' || connection.refreshable || !dead) return null
      const facts = { status: 'EXPIRED', problemCode: 'ACCESS_EXPIRED' } as const
      await tx.connection.update({ where: { id }, data: { ...facts, problemSince: now, verifyDueAt: null } })
      const { connectorSlug, accountLabel } = connection
      await tx.activity.create({
        data: { userId, at: now, kind: 'CONNECTION_EXPIRED', connectorSlug, accountLabel, detail: facts.problemCode },
      })
      await announce(tx, deps, change, [connectionEvent('connection.broken', { ...connection, ...facts })])
      return true
    })
    if (done) expired++
  }
  return expired
}

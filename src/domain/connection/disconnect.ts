import type { Connection } from '../../generated/prisma/client.js'
import { changeUser } from '../change/change-user.js'
import type { Change } from '../change/revision.js'
import { sqlOn, type Tx } from '../db.js'
import { NotFoundError } from '../errors.js'
import type { Viewer } from '../identity/viewer.js'
import { type AnnouncedChangeDeps, announce } from '../setup/announce-setups.js'
import { connectionEvent, recordEvents } from '../webhook/events.js'
import { scheduleRevocation } from './revocation/schedule-revocation.js'

/**
 * Deletes a connection. Its sealed tokens move to a revocation. A scheduled job revokes them at the app and deletes
 * them.
 */
export async function disconnect(deps: AnnouncedChangeDeps, viewer: Viewer, connectionId: string): Promise<void> {
  await changeUser(deps, viewer, async (tx, change) => {
    const { userId, now } = change
    const connection = await tx.connection.findUnique({ where: { id: connectionId, userId } })
    if (!connection) throw new NotFoundError('connection')
    await removeConnection(tx, change, connection, viewer.organization.id)
    const { connectorSlug, accountLabel } = connection
    await tx.activity.create({ data: { userId, at: now, kind: 'DISCONNECTED', connectorSlug, accountLabel } })
    await announce(tx, deps, change)
  })
}

/**
 * Deletes one connection within a change of its user, schedules the revocation of its tokens, and writes the event for
 * host back ends.
 */
export async function removeConnection(
  tx: Tx,
  change: Change,
  connection: Connection,
  organization: string,
): Promise<void> {
  const { id, userId, connectorSlug, accountId } = connection
  // Waits for a refresh that is storing newer tokens. A later one finds the connection gone and has its tokens revoked.
  await tx.$queryRaw`SELECT id FROM "Connection" WHERE id = ${id}::uuid FOR UPDATE`
  const token = await tx.connectionToken.findUnique({ where: { connectionId: id } })
  if (token) {
    const { sealed } = token
    await scheduleRevocation(tx, { organization, userId, recordId: id, connectorSlug, accountId, sealed })
  }
  await tx.connection.delete({ where: { id } })
  await recordEvents(sqlOn(tx), change, [connectionEvent('connection.removed', connection)])
}

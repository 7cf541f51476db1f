import type { Deps } from '../deps.js'
import { NotFoundError } from '../errors.js'
import { raiseRevision } from '../user/revision.js'
import type { Viewer } from '../user/viewer.js'

/** Deletes a connection; its sealed tokens move to a revocation, which due work carries out at the app and erases. */
export async function disconnect(deps: Deps, viewer: Viewer, connectionId: string): Promise<void> {
  const change = await deps.db.$transaction(async (tx) => {
    const change = await raiseRevision(tx, viewer)
    const { userId, now } = change
    const connection = await tx.connection.findUnique({ where: { id: connectionId, userId }, include: { token: true } })
    if (!connection) throw new NotFoundError('connection')
    const { connectorSlug, accountId, accountLabel, token } = connection
    if (token) {
      await tx.revocation.create({
        data: {
          connectorSlug,
          accountId,
          organization: viewer.organization.id,
          userId,
          recordId: connectionId,
          sealed: token.sealed,
          createdAt: now,
          dueAt: now,
        },
      })
    }
    await tx.connection.delete({ where: { id: connectionId } })
    await tx.activity.create({ data: { userId, at: now, kind: 'DISCONNECTED', connectorSlug, accountLabel } })
    return change
  })
  deps.doorbell.ring(change)
}

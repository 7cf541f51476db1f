import type { Change } from '../change/revision.js'
import { removeConnection } from '../connection/disconnect.js'
import type { Tx } from '../db.js'
import type { Deps } from '../deps.js'
import { checkedIdentity, type GivenIdentity } from '../identity/user-identity.js'
import { userIdOf } from '../identity/viewer.js'
import { OPEN_STATUSES } from '../view/authorization-status.js'

export interface DeletedUser {
  subject: string
  organization: string
  /** Tokens issued before are worth nothing. */
  erasedAt: Date
  /** How many connections were ended. */
  connections: number
}

/** A transaction of so many statements as the user has connections takes a while. */
const LIMIT_MS = 60_000

/**
 * Erases a user, in one transaction: connections, whose tokens are left to be revoked; authorizations, setups, sessions,
 * copies, activity. What stays is a row without an identity, whose `erasedAt` ends every token issued before and whose
 * revision tells open subscriptions. Works for a user nobody knows, and again.
 * @throws InvalidInputError
 */
export async function deleteUser(
  deps: Pick<Deps, 'db' | 'notifier' | 'telemetry' | 'settings'>,
  given: GivenIdentity,
): Promise<DeletedUser> {
  const identity = checkedIdentity(given, deps.settings.hostIssuer)
  const { subject, organization } = identity
  const userId = userIdOf(identity)
  const erased = await deps.db.$transaction(
    async (tx) => {
      const change = await erase(tx, userId)
      const connections = await tx.connection.findMany({ where: { userId } })
      for (const connection of connections) await removeConnection(tx, change, connection, organization)
      const open = await tx.authorization.findMany({
        where: { userId, status: { in: [...OPEN_STATUSES] } },
        select: { id: true, connectorSlug: true },
      })
      await tx.authorization.deleteMany({ where: { userId } })
      await tx.setup.deleteMany({ where: { userId } }) // and the sessions for them
      await tx.skillCopy.deleteMany({ where: { userId } })
      await tx.activity.deleteMany({ where: { userId } })
      // What was not delivered yet is still to be told; what was is not kept.
      await tx.webhookDelivery.deleteMany({ where: { userId, status: { in: ['DELIVERED', 'DEAD'] } } })
      // Last, because what is told of the connections says whose they were.
      await tx.user.update({ where: { id: userId }, data: { issuer: '', subject: '', organization: '' } })
      return { change, open, connections: connections.length }
    },
    { timeout: LIMIT_MS },
  )
  deps.notifier.notify(erased.change)
  for (const authorization of erased.open) {
    deps.telemetry.authorizationEnded({ ...authorization, status: 'CANCELED', failureCode: null })
  }
  deps.telemetry.userDeleted(erased.connections)
  return { subject, organization, erasedAt: erased.change.now, connections: erased.connections }
}

/** From here on nobody is admitted by an older token, and nobody else changes anything of the user's. */
async function erase(tx: Tx, userId: string): Promise<Change> {
  const [row] = await tx.$queryRaw<{ revision: number; now: Date }[]>`
    INSERT INTO "User" (id, issuer, subject, organization, revision, "createdAt", "erasedAt")
    VALUES (${userId}::uuid, '', '', '', 1, now(), now())
    ON CONFLICT (id) DO UPDATE SET revision = "User".revision + 1, "erasedAt" = now()
    RETURNING revision, "erasedAt" AS now`
  if (!row) throw new Error('erasing a user returned no row')
  return { userId, ...row }
}

import { giveBackKeptTokens } from '../authorization/kept-tokens.js'
import type { Change } from '../change/revision.js'
import { removeConnection } from '../connection/disconnect.js'
import type { Tx } from '../db.js'
import type { Deps } from '../deps.js'
import { forgetAnswers } from '../idempotency/prune-keys.js'
import { checkedIdentity, type GivenIdentity } from '../identity/user-identity.js'
import { userIdOf } from '../identity/viewer.js'
import { OPEN_STATUSES } from '../view/authorization-status.js'

export interface DeletedUser {
  subject: string
  organization: string
  /** Tokens issued before this time no longer work. */
  erasedAt: Date
  /** The number of deleted connections. */
  connections: number
}

/** The transaction has as many statements as the user has connections, so it takes a while. */
const LIMIT_MS = 60_000

/**
 * Erases a user in one transaction: connections, whose tokens are scheduled for revocation, as well as authorizations,
 * setups, sessions, skill copies and activity. A row without an identity remains. Its `erasedAt` ends every token
 * issued before, and its revision notifies open subscriptions. Also works for an unknown user, and repeatedly.
 * @throws InvalidInputError
 */
export async function deleteUser(
  deps: Pick<Deps, 'db' | 'notifier' | 'telemetry' | 'settings'>,
  given: GivenIdentity,
): Promise<DeletedUser> {
  const identity = checkedIdentity(given, deps.settings.hostIssuers, 'any')
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
      await giveBackKeptTokens(tx, { userId })
      await tx.authorization.deleteMany({ where: { userId } })
      await tx.setup.deleteMany({ where: { userId } }) // also deletes their sessions
      await tx.skillCopy.deleteMany({ where: { userId } })
      await tx.activity.deleteMany({ where: { userId } })
      await forgetAnswers(tx, userId)
      // Undelivered events still have to be delivered. Delivered ones are deleted.
      await tx.webhookDelivery.deleteMany({ where: { userId, status: { in: ['DELIVERED', 'DEAD'] } } })
      // Last, because the events about the connections say whose they were.
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

/** From here on, older tokens no longer work, and no one else changes this user. */
async function erase(tx: Tx, userId: string): Promise<Change> {
  const [row] = await tx.$queryRaw<{ revision: number; now: Date }[]>`
    INSERT INTO "User" (id, issuer, subject, organization, revision, "createdAt", "erasedAt")
    VALUES (${userId}::uuid, '', '', '', 1, now(), now())
    ON CONFLICT (id) DO UPDATE SET revision = "User".revision + 1, "erasedAt" = now()
    RETURNING revision, "erasedAt" AS now`
  if (!row) throw new Error('erasing a user returned no row')
  return { userId, ...row }
}

import { changeKnownUser } from '../../change/change-user.js'
import type { Deps } from '../../deps.js'
import type { AccountKey } from '../../ports/account-key.js'

interface Stored {
  id: string
  userId: string
  accountId: string | null
  accountIdFrom: string | null
}

/** Returns whether a connection's account has another form of its id than today's, or may have a rounded one. */
export function isToBeRenamed({ accountId, accountIdFrom }: Stored, { id, parts }: AccountKey): boolean {
  if (accountId !== id) return true
  return accountIdFrom === null && parts.some(({ text, isNumber }) => isNumber && !Number.isSafeInteger(Number(text)))
}

/**
 * Stores an account's id as it is read today. If another connection of the user already has that id, nothing changes.
 */
export async function renameAccount(
  deps: Pick<Deps, 'db' | 'notifier'>,
  { id, userId, accountId }: Stored,
  account: AccountKey,
): Promise<void> {
  await changeKnownUser(deps, userId, async (tx) => {
    const connection = await tx.connection.findUnique({ where: { id, accountId } })
    if (!connection) return null
    const same = { userId, connectorSlug: connection.connectorSlug, accountId: account.id, id: { not: id } }
    if (await tx.connection.findFirst({ where: same })) return null
    await tx.connection.update({ where: { id }, data: { accountId: account.id, accountIdFrom: account.idFrom } })
    return true
  })
}

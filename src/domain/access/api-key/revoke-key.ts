import type { Deps } from '../../deps.js'
import { endRevokedSessions } from '../setup-session/end-sessions.js'
import { type KeyRow, lockKey, timeOf, WITHOUT_HASHES } from './key-row.js'

/**
 * Revokes a key permanently, everywhere within two seconds, with the setup sessions it created. The sessions stop
 * working with this commit. Their rows are deleted afterward, each in a change of its user, so that open subscriptions
 * notice. If that is interrupted, a scheduled job continues.
 * @returns whether the key was active until now
 * @throws UnknownKeyError
 */
export async function revokeKey(
  deps: Pick<Deps, 'db' | 'sql' | 'notifier'>,
  id: string,
): Promise<{ row: KeyRow; revoked: boolean }> {
  const outcome = await deps.db.$transaction(async (tx) => {
    const row = await lockKey(tx, id)
    if (row.revokedAt) return { row, revoked: false }
    const revokedAt = await timeOf(tx)
    return { row: await tx.apiKey.update({ where: { id }, data: { revokedAt }, omit: WITHOUT_HASHES }), revoked: true }
  })
  while ((await endRevokedSessions(deps)) > 0);
  return outcome
}

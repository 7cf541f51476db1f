import type { Deps } from '../../deps.js'
import { endRevokedSessions } from '../setup-session/end-sessions.js'
import { type KeyRow, lockKey, timeOf, WITHOUT_HASHES } from './key-row.js'

/**
 * Ends a key for good, everywhere within two seconds, and the setup sessions it made. Those are worth nothing from this
 * commit on; their rows go afterwards, each in a change of its user, so that open subscriptions find out. If that is cut off,
 * a scheduled job goes on with it.
 * @returns whether it was in use until now
 * @throws UnknownKeyError
 */
export async function revokeKey(
  deps: Pick<Deps, 'db' | 'notifier'>,
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

import type { Deps } from '../../deps.js'
import { InvalidInputError, KeyRevokedError } from '../../errors.js'
import { DAY_MS, inWords, later, MINUTE_MS } from '../../formats.js'
import { hashSecret, newSecret } from '../../hashed-secret.js'
import type { ShownKey } from './create-key.js'
import { formatKey } from './key-form.js'
import { lockKey, timeOf, WITHOUT_HASHES } from './key-row.js'

export const DEFAULT_GRACE_MINUTES = 60
const MAX_GRACE_MS = 7 * DAY_MS
const MAX_GRACE_MINUTES = MAX_GRACE_MS / MINUTE_MS

/**
 * Gives a key a new secret. The previous one keeps working for the grace period, so that nothing fails while you
 * replace it. If an earlier rotation's grace period is still running, that older secret stops working immediately.
 * @param graceMinutes with 0, the previous secret stops working everywhere within two seconds
 * @throws UnknownKeyError, KeyRevokedError, InvalidInputError
 */
export async function rotateKey({ db }: Pick<Deps, 'db'>, id: string, graceMinutes: number): Promise<ShownKey> {
  if (!Number.isInteger(graceMinutes) || graceMinutes < 0 || graceMinutes > MAX_GRACE_MINUTES) {
    const message = `must be a whole number of minutes from 0 to ${MAX_GRACE_MINUTES} (${inWords(MAX_GRACE_MS)})`
    throw new InvalidInputError('rotation', [{ path: 'grace', message }])
  }
  const secret = newSecret()
  const row = await db.$transaction(async (tx) => {
    const key = await lockKey(tx, id)
    if (key.revokedAt) throw new KeyRevokedError()
    const now = await timeOf(tx)
    const { secretHash: previousHash } = await tx.apiKey.findUniqueOrThrow({ where: { id } })
    return tx.apiKey.update({
      where: { id },
      data: {
        secretHash: hashSecret(secret),
        previousHash,
        previousUntil: later(now, graceMinutes * MINUTE_MS),
        rotatedAt: now,
      },
      omit: WITHOUT_HASHES,
    })
  })
  return { row, key: formatKey(id, secret) }
}

import type { Deps } from '../../deps.js'
import { KeyRevokedError } from '../../errors.js'
import { type KeyRow, lockKey, WITHOUT_HASHES } from './key-row.js'
import { checkedScopes } from './scopes.js'

/**
 * Replaces a key's scopes. Takes effect everywhere within two seconds. Setup sessions that the key created continue.
 * @throws UnknownKeyError, KeyRevokedError, InvalidInputError
 */
export async function changeKeyScopes(
  { db }: Pick<Deps, 'db'>,
  id: string,
  scopes: readonly string[],
): Promise<KeyRow> {
  const checked = checkedScopes(scopes)
  return db.$transaction(async (tx) => {
    const key = await lockKey(tx, id)
    if (key.revokedAt) throw new KeyRevokedError()
    return tx.apiKey.update({ where: { id }, data: { scopes: checked }, omit: WITHOUT_HASHES })
  })
}

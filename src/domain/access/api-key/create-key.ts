import type { Deps } from '../../deps.js'
import { InvalidInputError } from '../../errors.js'
import { hashSecret } from '../../hashed-secret.js'
import { formatKey, newKey, shownKeyId } from './key-form.js'
import { type KeyRow, timeOf, WITHOUT_HASHES } from './key-row.js'
import { checkedScopes } from './scopes.js'

const MAX_NAME_LENGTH = 60

/** An API key in full. Nothing stores it, so it can't be shown again. */
export interface ShownKey {
  row: KeyRow
  key: string
}

/**
 * Creates an API key. Active keys can't share a name.
 * @throws InvalidInputError
 */
export async function createKey(
  { db }: Pick<Deps, 'db'>,
  { name, scopes }: { name: string; scopes: readonly string[] },
): Promise<ShownKey> {
  if (!/^\P{C}+$/u.test(name) || name !== name.trim() || name.length > MAX_NAME_LENGTH) {
    const message = `must be 1 to ${MAX_NAME_LENGTH} characters on one line, with no space at either end`
    throw new InvalidInputError('API key', [{ path: 'name', message }])
  }
  const checked = checkedScopes(scopes)
  const { id, secret } = newKey()
  const row = await db.$transaction(async (tx) => {
    // So that two calls at the same time can't both find the name free.
    await tx.$executeRaw`LOCK TABLE "ApiKey" IN SHARE ROW EXCLUSIVE MODE`
    const other = await tx.apiKey.findFirst({ where: { name, revokedAt: null }, select: { id: true } })
    if (other) {
      const message = `is already used by ${shownKeyId(other.id)}. Choose another name, or revoke that key first`
      throw new InvalidInputError('API key', [{ path: 'name', message }])
    }
    const createdAt = await timeOf(tx)
    const data = { id, name, scopes: checked, secretHash: hashSecret(secret), createdAt }
    return tx.apiKey.create({ data, omit: WITHOUT_HASHES })
  })
  return { row, key: formatKey(id, secret) }
}

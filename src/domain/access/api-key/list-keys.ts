import type { Deps } from '../../deps.js'
import { type KeyRow, WITHOUT_HASHES } from './key-row.js'

/** Returns all keys, oldest first. Includes revoked ones, so that you can see what happened to a name. */
export function listKeys({ db }: Pick<Deps, 'db'>): Promise<KeyRow[]> {
  return db.apiKey.findMany({ omit: WITHOUT_HASHES, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] })
}

import type { Deps } from '../../deps.js'
import { type KeyRow, WITHOUT_HASHES } from './key-row.js'

/** Every key there ever was, the oldest first: revoked ones tell what became of a name. */
export function listKeys({ db }: Pick<Deps, 'db'>): Promise<KeyRow[]> {
  return db.apiKey.findMany({ omit: WITHOUT_HASHES, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] })
}

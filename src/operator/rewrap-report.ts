import type { Rewrapped, TablePass, Unopened } from '../domain/rewrap/rewrap-records.js'

export function describePass({ table, rewrapped, unopened }: TablePass): string {
  return `${table}: ${rewrapped} rewrapped${unopened > 0 ? `, ${unopened} not opened` : ''}`
}

/**
 * What the operator has to know and to do.
 * @param keyIds of the keys in PATCHBAY_KEYS, the active one first
 */
export function describeRewrapped(
  { rewrapped, unopened }: Rewrapped,
  keyIds: readonly string[],
): { said: string; complete: boolean } {
  const [active, ...older] = keyIds
  const needed = older.filter((id) => unopened.some(({ keyId }) => keyId === id))
  const lines = [`Rewrapped ${records(rewrapped)}.`]
  if (unopened.length === 0) lines.push(`Every stored secret depends on the key ${active} alone.`)
  else lines.push('Not opened, and left as they were:', ...unopened.map((each) => `  ${describeUnopened(each)}`))
  if (older.length > 0) lines.push(describeOlder(older, needed))
  return { said: lines.join('\n'), complete: unopened.length === 0 }
}

function describeOlder(older: readonly string[], needed: readonly string[]): string {
  if (needed.length > 0) {
    return `Do not remove from PATCHBAY_KEYS: ${needed.join(', ')}. What they wrapped and does not open may open again once it is put back in its place.`
  }
  return `Older keys can be removed from PATCHBAY_KEYS now, if every instance has been restarted with the new one first: ${older.join(', ')}. Backups made before today still need them.`
}

function describeUnopened({ keyId, code, count }: Unopened): string {
  const wrapped = `${records(count)} wrapped by ${keyId === undefined ? 'a key that cannot be read' : `the key ${keyId}`}`
  return code === 'UNKNOWN_KEY'
    ? `${wrapped}, which is not in PATCHBAY_KEYS: put it back, behind the first, and run rewrap again`
    : `${wrapped}: damaged, or moved from another row. Restore them from a backup, or delete them: users authorize again, operators configure the connector again`
}

function records(count: number): string {
  return `${count} ${count === 1 ? 'record' : 'records'}`
}

import type { Rewrapped, TablePass, Unopened } from '../domain/rewrap/rewrap-records.js'

export function describePass({ table, rewrapped, unopened }: TablePass): string {
  return `${table}: ${rewrapped} rewrapped${unopened > 0 ? `, ${unopened} couldn’t be opened` : ''}`
}

/**
 * Describes the result and what the operator should do.
 * @param keyIds the ids of the keys in PATCHBAY_KEYS, the active one first
 */
export function describeRewrapped(
  { rewrapped, unopened }: Rewrapped,
  keyIds: readonly string[],
): { said: string; complete: boolean } {
  const [active, ...older] = keyIds
  const needed = older.filter((id) => unopened.some(({ keyId }) => keyId === id))
  const lines = [`Rewrapped ${records(rewrapped)}.`]
  if (unopened.length === 0) lines.push(`Every stored secret now depends on the key ${active} only.`)
  else
    lines.push('These couldn’t be opened and didn’t change:', ...unopened.map((each) => `  ${describeUnopened(each)}`))
  if (older.length > 0) lines.push(describeOlder(older, needed))
  return { said: lines.join('\n'), complete: unopened.length === 0 }
}

function describeOlder(older: readonly string[], needed: readonly string[]): string {
  if (needed.length > 0) {
    return `Keep these keys in PATCHBAY_KEYS: ${needed.join(', ')}. You need them to open the records above once you have restored those.`
  }
  return `If every instance has been restarted with the new key first, you can now remove these keys from PATCHBAY_KEYS: ${older.join(', ')}. Backups made before today still need them.`
}

function describeUnopened({ keyId, code, count }: Unopened): string {
  const wrapped = `${records(count)} wrapped by ${keyId === undefined ? 'an unreadable key' : `the key ${keyId}`}`
  return code === 'UNKNOWN_KEY'
    ? `${wrapped}, which isn’t in PATCHBAY_KEYS. Add it back after the first key, and run rewrap again`
    : `${wrapped}, damaged or moved from another row. Restore them from a backup, or delete them. Then users have to reconnect, and operators have to configure the connector again`
}

function records(count: number): string {
  return `${count} ${count === 1 ? 'record' : 'records'}`
}

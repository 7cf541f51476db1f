import { COLUMNS, MOMENTS } from './state-sql.js'
import type { AuthorizationRow, BindingRow, ConnectionRow, SetupRow, SkillCopyRow, UserState } from './user-state.js'

type Part = keyof typeof COLUMNS
type StoredState = Record<Part, unknown[][]>

/**
 * Returns a state that was read as JSON.
 * @param more the names of the setups' further columns
 */
export function parseState(
  text: string,
  revision: number,
  catalogueRevision: number,
  more: readonly string[] = [],
): UserState {
  const stored: StoredState = JSON.parse(text)
  const rows = <Row>(part: Part, columns: readonly string[] = COLUMNS[part]) =>
    stored[part].map((values) => rowOf<Row>(columns, values))
  return {
    revision,
    catalogueRevision,
    setups: rows<SetupRow>('setups', [...COLUMNS.setups, ...more]),
    bindings: rows<BindingRow>('bindings'),
    connections: rows<ConnectionRow>('connections'),
    authorizations: rows<AuthorizationRow>('authorizations'),
    skillCopies: rows<SkillCopyRow>('skillCopies'),
  }
}

function rowOf<Row>(columns: readonly string[], values: readonly unknown[]): Row {
  const row: Record<string, unknown> = {}
  for (const [index, name] of columns.entries()) {
    const value = values[index]
    row[name] = typeof value === 'number' && MOMENTS.has(name) ? new Date(value) : value
  }
  return row as Row
}

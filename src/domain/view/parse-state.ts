import type { AuthorizationRow, BindingRow, ConnectionRow, SetupRow, SkillCopyRow, UserState } from './user-state.js'

/** A row in JSON, where moments are text. */
type Stored<T> = { [K in keyof T]: T[K] extends Date ? string : T[K] extends Date | null ? string | null : T[K] }

interface StoredState {
  setups: Stored<SetupRow>[]
  bindings: Stored<BindingRow>[]
  connections: Stored<ConnectionRow>[]
  authorizations: Stored<AuthorizationRow>[]
  skillCopies: Stored<SkillCopyRow>[]
}

/** Returns the state that `readStates` read as JSON. */
export function parseState(text: string, revision: number, catalogueRevision: number): UserState {
  const stored: StoredState = JSON.parse(text)
  return {
    revision,
    catalogueRevision,
    setups: stored.setups.map((setup) => ({ ...setup, startedAt: new Date(setup.startedAt) })),
    bindings: stored.bindings.map((binding) => ({ ...binding, boundAt: new Date(binding.boundAt) })),
    connections: stored.connections.map((connection) => ({
      ...connection,
      problemSince: dateOrNull(connection.problemSince),
      connectedAt: new Date(connection.connectedAt),
      authorizedAt: new Date(connection.authorizedAt),
    })),
    authorizations: stored.authorizations.map((authorization) => ({
      ...authorization,
      createdAt: new Date(authorization.createdAt),
      expiresAt: new Date(authorization.expiresAt),
      endedAt: dateOrNull(authorization.endedAt),
    })),
    skillCopies: stored.skillCopies.map((copy) => ({ ...copy, copiedAt: new Date(copy.copiedAt) })),
  }
}

function dateOrNull(text: string | null): Date | null {
  return text === null ? null : new Date(text)
}

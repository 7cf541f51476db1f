import type {
  AuthorizationBinding,
  AuthorizationDisplay,
  AuthorizationFailureCode,
  AuthorizationStatus,
  ConnectionProblemCode,
  ConnectionStatus,
} from '../../generated/prisma/enums.js'

/**
 * Everything stored about one user that a view can show, from one snapshot, without secrets. All of it changes only
 * together with the user's revision. What changes silently, such as the end of an access token, isn't part of it.
 */
export interface UserState {
  /** The user's own counter, or 0 if the user is unknown. */
  readonly revision: number
  readonly catalogueRevision: number
  /** Ordered by start. */
  readonly setups: readonly SetupRow[]
  readonly bindings: readonly BindingRow[]
  /** Ordered by first authorization. The first one of a connector is its default. */
  readonly connections: readonly ConnectionRow[]
  /**
   * Open authorizations and, for each connector and setup, the one that ended last, unless another's success superseded
   * it. Newest first.
   */
  readonly authorizations: readonly AuthorizationRow[]
  /** Copies of skills, without their text, in no particular order. */
  readonly skillCopies: readonly SkillCopyRow[]
}

/** The state of a user for whom nothing is stored. */
export function nothingKnown(catalogueRevision: number): UserState {
  return {
    revision: 0,
    catalogueRevision,
    setups: [],
    bindings: [],
    connections: [],
    authorizations: [],
    skillCopies: [],
  }
}

export interface SetupRow {
  readonly id: string
  readonly pluginSlug: string
  readonly startedAt: Date
}

export interface BindingRow {
  readonly setupId: string
  readonly connectorSlug: string
  /** Null if the connection is gone. A bound step doesn't fall back to another account. */
  readonly connectionId: string | null
  readonly boundAt: Date
  readonly authorized: boolean
}

export interface ConnectionRow {
  readonly id: string
  readonly connectorSlug: string
  readonly status: ConnectionStatus
  readonly problemCode: ConnectionProblemCode | null
  readonly problemSince: Date | null
  readonly accountId: string | null
  /** The paths that the id was read from. Null if an earlier version stored it. */
  readonly accountIdFrom: string | null
  readonly accountLabel: string | null
  readonly grantedScopes: readonly string[]
  readonly connectedAt: Date
  readonly authorizedAt: Date
}

export interface AuthorizationRow {
  readonly id: string
  readonly connectorSlug: string
  readonly setupId: string | null
  /** The connection to repair, or null for a new account. */
  readonly targetConnectionId: string | null
  /** The connection that was created or repaired. */
  readonly connectionId: string | null
  readonly status: AuthorizationStatus
  readonly binding: AuthorizationBinding
  readonly display: AuthorizationDisplay
  readonly scopes: readonly string[]
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly endedAt: Date | null
  readonly failureCode: AuthorizationFailureCode | null
  readonly failureDetail: string | null
}

export interface SkillCopyRow {
  readonly id: string
  readonly pluginSlug: string
  readonly skillSlug: string
  readonly name: string
  readonly pluginVersion: string
  readonly copiedAt: Date
}

import type { Connector, Plugin, Requirement, Skill } from '../domain/catalogue/catalogue.js'
import type { Viewer } from '../domain/identity/viewer.js'
import type { AuthorizationRow, ConnectionRow, SetupRow, SkillCopyRow } from '../domain/view/user-state.js'
import type { Seen, Step, UserView } from '../domain/view/user-view.js'
import { builder } from './builder.js'

/**
 * The types that refer to each other. Each is backed by something of the catalogue or of the user's state together with
 * the view it was taken from, so that whatever hangs on it is of the same moment: in a query, a mutation's result, a push.
 */
export const ViewerRef = builder.objectRef<Seen<Viewer>>('Viewer')
export const PluginRef = builder.objectRef<Seen<Plugin>>('Plugin')
export const SkillRef = builder.objectRef<Seen<Skill>>('Skill')
export const RequirementRef = builder.objectRef<Seen<Requirement>>('Requirement')
export const ConnectorRef = builder.objectRef<Seen<Connector>>('Connector')
export const ConnectedAccountRef = builder.objectRef<Seen<ConnectionRow>>('ConnectedAccount')
export const PluginSetupRef = builder.objectRef<Seen<SetupRow>>('PluginSetup')
export const SetupStepRef = builder.objectRef<Seen<Step> & { setup: SetupRow }>('SetupStep')
export const SkillCopyRef = builder.objectRef<Seen<SkillCopyRow>>('SkillCopy')
export const AuthorizationRef = builder.objectRef<Seen<AuthorizationRow>>('Authorization')

export function seen<T>(view: UserView, item: T): Seen<T> {
  return { item, view }
}

export function seenOrNull<T>(view: UserView, item: T | null | undefined): Seen<T> | null {
  return item == null ? null : { item, view }
}

export function allSeen<T>(view: UserView, items: readonly T[]): Seen<T>[] {
  return items.map((item) => ({ item, view }))
}

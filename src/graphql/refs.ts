import type { Connector, Plugin, Requirement, Skill } from '../domain/catalogue/catalogue.js'
import type { Viewer } from '../domain/identity/viewer.js'
import type { AuthorizationRow, ConnectionRow, SetupRow, SkillCopyRow } from '../domain/view/user-state.js'
import type { Snapshot, Step, UserView } from '../domain/view/user-view.js'
import { builder } from './builder.js'

/**
 * The types that refer to each other. Each one consists of an item of the catalogue or the user's state and the view
 * that it comes from. All of its fields therefore show the same moment, in queries, mutation results and pushes.
 */
export const ViewerRef = builder.objectRef<Snapshot<Viewer>>('Viewer')
export const PluginRef = builder.objectRef<Snapshot<Plugin>>('Plugin')
export const SkillRef = builder.objectRef<Snapshot<Skill>>('Skill')
export const RequirementRef = builder.objectRef<Snapshot<Requirement>>('Requirement')
export const ConnectorRef = builder.objectRef<Snapshot<Connector>>('Connector')
export const ConnectedAccountRef = builder.objectRef<Snapshot<ConnectionRow>>('ConnectedAccount')
export const PluginSetupRef = builder.objectRef<Snapshot<SetupRow>>('PluginSetup')
export const SetupStepRef = builder.objectRef<Snapshot<Step> & { setup: SetupRow }>('SetupStep')
export const SkillCopyRef = builder.objectRef<Snapshot<SkillCopyRow>>('SkillCopy')
export const AuthorizationRef = builder.objectRef<Snapshot<AuthorizationRow>>('Authorization')

export function snapshotOf<T>(view: UserView, item: T): Snapshot<T> {
  return { item, view }
}

export function snapshotOrNull<T>(view: UserView, item: T | null | undefined): Snapshot<T> | null {
  return item == null ? null : { item, view }
}

export function snapshotsOf<T>(view: UserView, items: readonly T[]): Snapshot<T>[] {
  return items.map((item) => ({ item, view }))
}

import { permissionsOf } from '../../domain/catalogue/permissions.js'
import { ConnectorNotRequiredError, NotFoundError, PluginRetiredError } from '../../domain/errors.js'
import { globalId } from '../../domain/global-id.js'
import type { StepCounts } from '../../domain/view/setup-rules.js'
import type { SetupRow } from '../../domain/view/user-state.js'
import type { Step, UserView } from '../../domain/view/user-view.js'
import { builder } from '../builder.js'
import { Remedy, SetupStatus, StepStatus } from '../enums.js'
import { NODE_ID, readId } from '../ids.js'
import {
  AuthorizationRef,
  ConnectedAccountRef,
  ConnectorRef,
  PluginRef,
  PluginSetupRef,
  RequirementRef,
  SetupStepRef,
  SkillCopyRef,
  snapshotOf,
  snapshotOrNull,
  snapshotsOf,
  ViewerRef,
} from '../refs.js'
import { Permission } from './permission.js'

const StepCountsType = builder.objectRef<StepCounts>('StepCounts').implement({
  description: 'How many steps a setup has and how many are done.',
  fields: (t) => ({
    required: t.exposeInt('required', { description: 'Number of required steps.' }),
    connected: t.exposeInt('connected', {
      description:
        'Required steps whose connection is live. If they are more than `done`, the others lack permissions that the plugin needs.',
    }),
    done: t.exposeInt('done', { description: 'Required steps that are live, with every permission.' }),
    needsAttention: t.exposeInt('needsAttention', {
      description: 'Required steps that are expired, broken, unavailable or missing permissions.',
    }),
    optionalDone: t.exposeInt('optionalDone', { description: 'Optional steps that are live.' }),
  }),
})

const stepOf = (view: UserView, setup: SetupRow, item: Step) => ({ item, view, setup })

PluginSetupRef.implement({
  interfaces: [builder.nodeInterfaceRef()],
  description: 'Your setup of one plugin. Only you can see it. You can leave and come back at any time.',
  fields: (t) => ({
    id: t.id({ description: NODE_ID, resolve: ({ item }) => globalId('PluginSetup', item.id) }),
    plugin: t.field({
      type: PluginRef,
      description: 'The plugin, in its current version.',
      resolve: ({ item, view }) => snapshotOf(view, view.progress(item).plugin),
    }),
    status: t.field({
      type: SetupStatus,
      description: 'Its status.',
      resolve: ({ item, view }) => view.progress(item).status,
    }),
    revision: t.int({
      description:
        'Increases whenever anything you can see changes. Of two responses, keep the one with the higher revision.',
      resolve: ({ view }) => view.revision,
    }),
    progress: t.field({
      type: StepCountsType,
      description: 'How many steps are done.',
      resolve: ({ item, view }) => view.progress(item).counts,
    }),
    steps: t.field({
      type: [SetupStepRef],
      description: 'One per connector that the plugin needs, in order.',
      resolve: ({ item, view }) => view.progress(item).steps.map((step) => stepOf(view, item, step)),
    }),
    nextStep: t.field({
      type: SetupStepRef,
      nullable: true,
      description:
        'The step to do next: required before optional, and what you have to repair before what you haven’t connected yet. A step that only an operator can make available comes last. Null if all are live.',
      resolve: ({ item, view }) => {
        const { nextStep } = view.progress(item)
        return nextStep && stepOf(view, item, nextStep)
      },
    }),
    skills: t.field({
      type: [SkillCopyRef],
      description: 'Your copies of the plugin’s skills.',
      resolve: ({ item, view }) => snapshotsOf(view, view.copiesOf(item)),
    }),
    startedAt: t.field({
      type: 'DateTime',
      description: 'When you started it.',
      resolve: ({ item }) => item.startedAt,
    }),
    readyAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the last required step became live; null while one isn’t.',
      resolve: ({ item, view }) => view.progress(item).readyAt,
    }),
  }),
})

SetupStepRef.implement({
  description: 'One connector that a setup needs, and its status.',
  fields: (t) => ({
    id: t.id({
      description: 'A permanent id, for caches.',
      resolve: ({ item, setup }) => globalId('SetupStep', `${setup.id}/${item.requirement.connector.slug}`),
    }),
    position: t.int({
      description: 'Its position in the wizard, starting at 1.',
      resolve: ({ item }) => item.requirement.position,
    }),
    requirement: t.field({
      type: RequirementRef,
      description: 'What the plugin requires, and why.',
      resolve: ({ item, view }) => snapshotOf(view, item.requirement),
    }),
    connector: t.field({
      type: ConnectorRef,
      description: 'The app.',
      resolve: ({ item, view }) => snapshotOf(view, item.requirement.connector),
    }),
    status: t.field({ type: StepStatus, description: 'Its status.', resolve: ({ item }) => item.status }),
    remedy: t.field({
      type: Remedy,
      nullable: true,
      description: 'What to do; null if there is nothing to do.',
      resolve: ({ item }) => item.remedy,
    }),
    recognized: t.boolean({
      description: 'Whether the app was already connected when this setup started, so the step was skipped.',
      resolve: ({ item }) => item.recognized,
    }),
    missingScopes: t.stringList({
      description: 'Scopes that the plugin requires and the connection doesn’t have.',
      resolve: ({ item }) => [...item.missingScopes],
    }),
    missingPermissions: t.field({
      type: [Permission],
      description: 'The same scopes in plain words, in the same order.',
      resolve: ({ item }) => permissionsOf(item.requirement.connector, item.missingScopes),
    }),
    connection: t.field({
      type: ConnectedAccountRef,
      nullable: true,
      description: 'The connection that this step uses: the one you chose, otherwise your default.',
      resolve: ({ item, view }) => snapshotOrNull(view, item.connection),
    }),
    authorization: t.field({
      type: AuthorizationRef,
      nullable: true,
      description:
        'The latest relevant authorization: one that’s open, or the last one that ended, if nothing has happened since. Null if you canceled the last one, or if it ended before the setup was started.',
      resolve: ({ item, view }) => snapshotOrNull(view, item.authorization),
    }),
  }),
})

const StartSetupInput = builder.inputType('StartSetupInput', {
  description: 'The plugin to set up.',
  fields: (t) => ({ pluginId: t.id({ required: true, description: 'Id of the Plugin.' }) }),
})

const RemoveSetupInput = builder.inputType('RemoveSetupInput', {
  description: 'The setup to remove.',
  fields: (t) => ({
    setupId: t.id({ required: true, description: 'Id of the PluginSetup.' }),
    keepSkills: t.boolean({ defaultValue: true, description: 'Whether to keep your copies of its skills.' }),
  }),
})

const ChooseConnectionInput = builder.inputType('ChooseConnectionInput', {
  description: 'Which account a setup uses.',
  fields: (t) => ({
    setupId: t.id({ required: true, description: 'Id of the PluginSetup.' }),
    connectionId: t.id({
      required: true,
      description: 'Id of the ConnectedAccount. Its connector determines the step.',
    }),
  }),
})

builder.mutationFields((t) => ({
  startSetup: t.field({
    type: PluginSetupRef,
    description:
      'Starts your setup of a plugin and copies its skills into your collection. Starting again returns the existing setup.',
    errors: { types: [NotFoundError, PluginRetiredError] },
    args: { input: t.arg({ type: StartSetupInput, required: true, description: 'The setup to start.' }) },
    resolve: (_root, { input }, { viewer, services }) => services.startSetup(viewer, readId('Plugin', input.pluginId)),
  }),
  removeSetup: t.field({
    type: ViewerRef,
    description: 'Removes a setup and, if you want, its skill copies. Connections stay.',
    errors: { types: [NotFoundError] },
    args: { input: t.arg({ type: RemoveSetupInput, required: true, description: 'What to remove.' }) },
    resolve: async (_root, { input }, { viewer, services }) => {
      await services.removeSetup(viewer, readId('PluginSetup', input.setupId), input.keepSkills ?? true)
      return snapshotOf(await services.readView(viewer), viewer)
    },
  }),
  chooseConnection: t.field({
    skipTypeScopes: true,
    authScopes: { person: true },
    type: PluginSetupRef,
    description: 'Chooses which of your accounts a setup’s step uses. The step never falls back to another account.',
    errors: { types: [NotFoundError, ConnectorNotRequiredError] },
    args: { input: t.arg({ type: ChooseConnectionInput, required: true, description: 'The connection to use.' }) },
    resolve: (_root, { input }, { viewer, services }) =>
      services.chooseConnection(viewer, {
        setupId: readId('PluginSetup', input.setupId),
        connectionId: readId('ConnectedAccount', input.connectionId),
      }),
  }),
}))

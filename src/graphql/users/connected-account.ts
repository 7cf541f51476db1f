import { grantedPermissions } from '../../domain/catalogue/permissions.js'
import {
  AppUnavailableError,
  ConnectorUnavailableError,
  NotFoundError,
  VaultUnavailableError,
} from '../../domain/errors.js'
import { PROBLEMS } from '../../domain/view/connection-problems.js'
import { connectionRemedy } from '../../domain/view/setup-rules.js'
import { builder } from '../builder.js'
import { ConnectionProblemCode, ConnectionStatus, Remedy } from '../enums.js'
import { readId } from '../ids.js'
import { ConnectedAccountRef, ConnectorRef, PluginSetupRef, snapshotOf, snapshotsOf, ViewerRef } from '../refs.js'
import { Permission } from './permission.js'

export const ExternalAccount = builder.objectRef<{ id: string; label: string | null }>('ExternalAccount').implement({
  description: 'An account of the app, as the app names it.',
  fields: (t) => ({
    id: t.exposeString('id', { description: 'The app’s own id of the account.' }),
    label: t.exposeString('label', { nullable: true, description: 'A name for people, usually an e-mail address.' }),
  }),
})

const ConnectionProblem = builder
  .objectRef<{ code: keyof typeof PROBLEMS; since: Date; app: string }>('ConnectionProblem')
  .implement({
    description: 'What is wrong with a connection.',
    fields: (t) => ({
      code: t.expose('code', { type: ConnectionProblemCode, description: 'For programs.' }),
      message: t.string({ description: 'For people.', resolve: ({ code, app }) => PROBLEMS[code](app) }),
      since: t.expose('since', { type: 'DateTime', description: 'Since when.' }),
    }),
  })

builder.node(ConnectedAccountRef, {
  id: { resolve: ({ item }) => item.id },
  description: 'Your authorized link to one account of one app. It belongs to you alone and never carries tokens.',
  fields: (t) => ({
    connector: t.field({
      type: ConnectorRef,
      description: 'The app.',
      resolve: ({ item, view }) => snapshotOf(view, view.connector(item.connectorSlug)),
    }),
    status: t.field({
      type: ConnectionStatus,
      description: 'Whether skills can use it now.',
      resolve: ({ item }) => item.status,
    }),
    remedy: t.field({
      type: Remedy,
      nullable: true,
      description: 'What to do about it; null when there is nothing to do.',
      resolve: ({ item, view }) => connectionRemedy(item.status, view.connector(item.connectorSlug).available),
    }),
    isDefault: t.boolean({
      description: 'Whether steps use it that are bound to no other: the first one you connected.',
      resolve: ({ item, view }) => view.isDefault(item),
    }),
    account: t.field({
      type: ExternalAccount,
      nullable: true,
      description: 'Which account of the app; null where the app does not tell.',
      resolve: ({ item }) => (item.accountId === null ? null : { id: item.accountId, label: item.accountLabel }),
    }),
    grantedScopes: t.stringList({
      nullable: true,
      description: 'What you allowed, as the app reported it.',
      resolve: ({ item }) => [...item.grantedScopes],
    }),
    grantedPermissions: t.field({
      type: [Permission],
      nullable: true,
      description: 'The same in words. What only says who you are comes last.',
      resolve: ({ item, view }) => grantedPermissions(view.connector(item.connectorSlug), item.grantedScopes),
    }),
    problem: t.field({
      type: ConnectionProblem,
      nullable: true,
      description: 'What is wrong; null while it is live.',
      resolve: ({ item, view }) =>
        item.problemCode && item.problemSince
          ? { code: item.problemCode, since: item.problemSince, app: view.connector(item.connectorSlug).name }
          : null,
    }),
    connectedAt: t.field({
      type: 'DateTime',
      description: 'When you first connected it.',
      resolve: ({ item }) => item.connectedAt,
    }),
    lastVerifiedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the app last confirmed it.',
      resolve: ({ item }) => item.lastVerifiedAt,
    }),
    accessTokenExpiresAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'When the present access token ends; null when the app did not say. It is renewed before where the app allows.',
      resolve: ({ item }) => item.accessTokenExpiresAt,
    }),
    setups: t.field({
      type: [PluginSetupRef],
      description: 'Your setups that use it: what breaks if it goes.',
      resolve: ({ item, view }) => snapshotsOf(view, view.setupsUsing(item)),
    }),
  }),
})

const VerifyConnectionInput = builder.inputType('VerifyConnectionInput', {
  description: 'Which connection to ask the app about.',
  fields: (t) => ({ connectionId: t.id({ required: true, description: 'Id of the ConnectedAccount.' }) }),
})

builder.mutationField('verifyConnection', (t) =>
  t.field({
    skipTypeScopes: true,
    authScopes: { person: true },
    type: ConnectedAccountRef,
    description:
      'Asks the app, now, whether it still accepts the connection, and shows what it says on every screen. Also in a setup session.',
    errors: { types: [NotFoundError, ConnectorUnavailableError, AppUnavailableError, VaultUnavailableError] },
    args: { input: t.arg({ type: VerifyConnectionInput, required: true, description: 'What to ask about.' }) },
    resolve: (_root, { input }, { viewer, services }) =>
      services.verifyConnection(viewer, readId('ConnectedAccount', input.connectionId)),
  }),
)

const DisconnectInput = builder.inputType('DisconnectInput', {
  description: 'Which connection to end.',
  fields: (t) => ({ connectionId: t.id({ required: true, description: 'Id of the ConnectedAccount.' }) }),
})

builder.mutationField('disconnect', (t) =>
  t.field({
    type: ViewerRef,
    description:
      'Ends a connection: its tokens are deleted here and revoked at the app. Every setup that used it shows the step again.',
    errors: { types: [NotFoundError] },
    args: { input: t.arg({ type: DisconnectInput, required: true, description: 'What to disconnect.' }) },
    resolve: async (_root, { input }, { viewer, services }) => {
      await services.disconnect(viewer, readId('ConnectedAccount', input.connectionId))
      return snapshotOf(await services.readView(viewer), viewer)
    },
  }),
)

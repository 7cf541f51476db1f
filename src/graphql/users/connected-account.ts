import { grantedPermissions } from '../../domain/catalogue/permissions.js'
import {
  AppUnavailableError,
  ClientRefusedError,
  ConnectorUnavailableError,
  NotFoundError,
  VaultUnavailableError,
} from '../../domain/errors.js'
import { globalId } from '../../domain/global-id.js'
import { PROBLEMS } from '../../domain/view/connection-problems.js'
import { connectionRemedy } from '../../domain/view/setup-rules.js'
import { builder } from '../builder.js'
import { ConnectionProblemCode, ConnectionStatus, Remedy } from '../enums.js'
import { NODE_ID, readId } from '../ids.js'
import { ConnectedAccountRef, ConnectorRef, PluginSetupRef, snapshotOf, snapshotsOf, ViewerRef } from '../refs.js'
import { Permission } from './permission.js'

export const ExternalAccount = builder.objectRef<{ id: string; label: string | null }>('ExternalAccount').implement({
  description: 'An account at the app.',
  fields: (t) => ({
    id: t.exposeString('id', { description: 'The account’s id at the app.' }),
    label: t.exposeString('label', { nullable: true, description: 'A human-readable name, usually an email address.' }),
  }),
})

const ConnectionProblem = builder
  .objectRef<{ code: keyof typeof PROBLEMS; since: Date; app: string }>('ConnectionProblem')
  .implement({
    description: 'What’s wrong with a connection.',
    fields: (t) => ({
      code: t.expose('code', { type: ConnectionProblemCode, description: 'For programs.' }),
      message: t.string({
        description: 'What is wrong, in a sentence for the user.',
        resolve: ({ code, app }) => PROBLEMS[code](app),
      }),
      since: t.expose('since', { type: 'DateTime', description: 'When it started.' }),
    }),
  })

ConnectedAccountRef.implement({
  interfaces: [builder.nodeInterfaceRef()],
  description: 'Your authorized connection to one account at one app. It belongs only to you and never exposes tokens.',
  fields: (t) => ({
    id: t.id({ description: NODE_ID, resolve: ({ item }) => globalId('ConnectedAccount', item.id) }),
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
      description: 'What to do about it; null if there is nothing to do.',
      resolve: ({ item, view }) => connectionRemedy(item.status, view.connector(item.connectorSlug).available),
    }),
    isDefault: t.boolean({
      description: 'Whether steps use it unless you choose another. The first one you connected is the default.',
      resolve: ({ item, view }) => view.isDefault(item),
    }),
    account: t.field({
      type: ExternalAccount,
      nullable: true,
      description: 'The account at the app; null if the app doesn’t identify accounts.',
      resolve: ({ item }) => (item.accountId === null ? null : { id: item.accountId, label: item.accountLabel }),
    }),
    grantedScopes: t.stringList({
      nullable: true,
      description: 'The scopes you granted, as reported by the app.',
      resolve: ({ item }) => [...item.grantedScopes],
    }),
    grantedPermissions: t.field({
      type: [Permission],
      nullable: true,
      description: 'The granted scopes in plain words. Those that only identify you come last.',
      resolve: ({ item, view }) => grantedPermissions(view.connector(item.connectorSlug), item.grantedScopes),
    }),
    problem: t.field({
      type: ConnectionProblem,
      nullable: true,
      description: 'What’s wrong; null while it’s live.',
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
      resolve: async ({ item }, _args, { freshness }) => (await freshness.load(item.id)).lastVerifiedAt,
    }),
    accessTokenExpiresAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'When the current access token expires; null if the app didn’t say. Patchbay renews it earlier if the app allows.',
      resolve: async ({ item }, _args, { freshness }) => (await freshness.load(item.id)).accessTokenExpiresAt,
    }),
    setups: t.field({
      type: [PluginSetupRef],
      description: 'Your setups that use it and would break without it.',
      resolve: ({ item, view }) => snapshotsOf(view, view.setupsUsing(item)),
    }),
  }),
})

const VerifyConnectionInput = builder.inputType('VerifyConnectionInput', {
  description: 'The connection to verify.',
  fields: (t) => ({ connectionId: t.id({ required: true, description: 'Id of the ConnectedAccount.' }) }),
})

builder.mutationField('verifyConnection', (t) =>
  t.field({
    skipTypeScopes: true,
    authScopes: { person: true },
    type: ConnectedAccountRef,
    description:
      'Asks the app now whether it still accepts the connection. Every subscriber sees the result. Also allowed in a setup session.',
    errors: {
      types: [NotFoundError, ConnectorUnavailableError, AppUnavailableError, ClientRefusedError, VaultUnavailableError],
    },
    args: { input: t.arg({ type: VerifyConnectionInput, required: true, description: 'The connection to verify.' }) },
    resolve: (_root, { input }, { viewer, services }) =>
      services.verifyConnection(viewer, readId('ConnectedAccount', input.connectionId)),
  }),
)

const DisconnectInput = builder.inputType('DisconnectInput', {
  description: 'The connection to disconnect.',
  fields: (t) => ({ connectionId: t.id({ required: true, description: 'Id of the ConnectedAccount.' }) }),
})

builder.mutationField('disconnect', (t) =>
  t.field({
    type: ViewerRef,
    description:
      'Removes a connection. Patchbay deletes its tokens and revokes them at the app. Every setup that used it shows the step again.',
    errors: { types: [NotFoundError] },
    args: { input: t.arg({ type: DisconnectInput, required: true, description: 'The connection to disconnect.' }) },
    resolve: async (_root, { input }, { viewer, services }) => {
      await services.disconnect(viewer, readId('ConnectedAccount', input.connectionId))
      return snapshotOf(await services.readView(viewer), viewer)
    },
  }),
)

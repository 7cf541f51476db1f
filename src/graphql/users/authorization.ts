import type { Connector } from '../../domain/catalogue/catalogue.js'
import {
  AuthorizationEndedError,
  BindingImpossibleError,
  ConfirmationRefusedError,
  ConnectorNotRequiredError,
  ConnectorUnavailableError,
  InvalidReturnToError,
  InvalidVariablesError,
  NotFoundError,
  TooManyAuthorizationsError,
  UnknownChoiceError,
} from '../../domain/errors.js'
import { inWords } from '../../domain/formats.js'
import { globalId } from '../../domain/global-id.js'
import { connectUrl } from '../../domain/oauth-urls.js'
import { FAILURES, knownFailure } from '../../domain/view/authorization-failures.js'
import { AUTHORIZATION_LIFETIME_MS } from '../../domain/view/authorization-limits.js'
import { builder } from '../builder.js'
import { AuthorizationBinding, AuthorizationDisplay, AuthorizationFailureCode, AuthorizationStatus } from '../enums.js'
import { NODE_ID, readId } from '../ids.js'
import {
  AuthorizationRef,
  ConnectedAccountRef,
  ConnectorRef,
  PluginSetupRef,
  snapshotOf,
  snapshotOrNull,
} from '../refs.js'

const AuthorizationFailure = builder
  .objectRef<{ code: keyof typeof FAILURES; connector: Connector }>('AuthorizationFailure')
  .implement({
    description: 'Why an authorization failed.',
    fields: (t) => ({
      code: t.expose('code', { type: AuthorizationFailureCode, description: 'For programs.' }),
      message: t.string({
        description: 'What happened, for people to read.',
        resolve: ({ code, connector }) => FAILURES[code].message(connector.name),
      }),
      retryable: t.boolean({
        description: 'Whether trying again may succeed without any other change.',
        resolve: ({ code }) => FAILURES[code].retryable,
      }),
      hint: t.string({
        nullable: true,
        description: 'What to do, for people to read.',
        resolve: ({ code, connector }) => FAILURES[code].hint(connector.name),
      }),
    }),
  })

const AuthorizationChoice = builder.objectRef<{ id: string; label: string }>('AuthorizationChoice').implement({
  description: 'One of several accounts, such as a site, that the user consented for.',
  fields: (t) => ({
    choiceId: t.exposeString('id', { description: 'Its id at the app. Pass it to chooseAccount.' }),
    label: t.exposeString('label', { description: 'Its name at the app, for people to read.' }),
  }),
})

AuthorizationRef.implement({
  interfaces: [builder.nodeInterfaceRef()],
  description: `One attempt to connect an app. It ends within ${inWords(AUTHORIZATION_LIFETIME_MS)}, successfully or not. The server decides, not the popup.`,
  fields: (t) => ({
    id: t.id({ description: NODE_ID, resolve: ({ item }) => globalId('Authorization', item.id) }),
    connector: t.field({
      type: ConnectorRef,
      description: 'The app.',
      resolve: ({ item, view }) => snapshotOf(view, view.connector(item.connectorSlug)),
    }),
    setup: t.field({
      type: PluginSetupRef,
      nullable: true,
      description: 'The setup it was started for; null if there is none.',
      resolve: ({ item, view }) => snapshotOrNull(view, item.setupId === null ? null : view.setup(item.setupId)),
    }),
    connectionToRepair: t.field({
      type: ConnectedAccountRef,
      nullable: true,
      description:
        'The connection that it was started to repair. Null if it’s for any account, or if the connection no longer exists.',
      resolve: ({ item, view }) =>
        snapshotOrNull(view, item.targetConnectionId === null ? null : view.connection(item.targetConnectionId)),
    }),
    status: t.field({ type: AuthorizationStatus, description: 'Its status.', resolve: ({ item }) => item.status }),
    revision: t.int({
      description:
        'Increases whenever anything you can see changes. Of two responses, keep the one with the higher revision.',
      resolve: ({ view }) => view.revision,
    }),
    url: t.field({
      type: 'URL',
      description:
        'Open it in the browser that started the authorization. It leads to the consent screen. Other devices start their own authorization.',
      resolve: ({ item }, _args, { publicUrl }) => connectUrl(publicUrl, item.id),
    }),
    scopes: t.stringList({ description: 'The scopes it requests.', resolve: ({ item }) => [...item.scopes] }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'When it expires.',
      resolve: ({ item }) => item.expiresAt,
    }),
    choices: t.field({
      type: [AuthorizationChoice],
      nullable: true,
      description: 'What the user can choose from, in the app’s order. Null unless the status is AWAITING_CHOICE.',
      resolve: async ({ item }, _args, { choices }) =>
        item.status === 'AWAITING_CHOICE' ? await choices.load(item.id) : null,
    }),
    failure: t.field({
      type: AuthorizationFailure,
      nullable: true,
      description: 'Why it failed; null otherwise.',
      resolve: ({ item, view }) =>
        item.failureCode && { code: knownFailure(item.failureCode), connector: view.connector(item.connectorSlug) },
    }),
    connection: t.field({
      type: ConnectedAccountRef,
      nullable: true,
      description: 'The connection that it created or repaired.',
      resolve: ({ item, view }) =>
        snapshotOrNull(view, item.connectionId === null ? null : view.connection(item.connectionId)),
    }),
  }),
})

const ConnectorVariableInput = builder.inputType('ConnectorVariableInput', {
  description: 'What the user entered for one of the connector’s `variables`.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'The variable’s name.' }),
    value: t.string({
      required: true,
      description: 'What the user entered. A pasted address and capitals are fine where they can be understood.',
    }),
  }),
})

const AuthorizeConnectorInput = builder.inputType('AuthorizeConnectorInput', {
  description: 'What to connect, what for, and how to show the consent screen.',
  fields: (t) => ({
    connectorId: t.id({ required: true, description: 'Id of the Connector.' }),
    setupId: t.id({
      description: 'The setup whose step you’re connecting. On success, the step uses the new connection.',
    }),
    connectionId: t.id({ description: 'The ConnectedAccount to repair. The user has to sign in to the same account.' }),
    returnTo: t.string({
      description: 'Where the browser goes afterward: a URL of an allowed origin. Its own query and fragment are kept.',
    }),
    display: t.field({
      type: AuthorizationDisplay,
      defaultValue: 'POPUP',
      description: 'How the consent screen is shown.',
    }),
    binding: t.field({
      type: AuthorizationBinding,
      defaultValue: 'BROWSER',
      description: 'How Patchbay makes sure that the person who consents is the one who started.',
    }),
    variables: t.field({
      type: [ConnectorVariableInput],
      description:
        'The values of the connector’s `variables`. With `connectionId`, leave them out: a connection keeps its values.',
    }),
  }),
})

const CancelAuthorizationInput = builder.inputType('CancelAuthorizationInput', {
  description: 'The authorization to cancel.',
  fields: (t) => ({ authorizationId: t.id({ required: true, description: 'Id of the Authorization.' }) }),
})

const ConfirmAuthorizationInput = builder.inputType('ConfirmAuthorizationInput', {
  description: 'What the browser brought back to `returnTo`.',
  fields: (t) => ({
    authorizationId: t.id({ required: true, description: 'The `patchbay_authorization` parameter.' }),
    code: t.string({ required: true, description: 'The `patchbay_confirmation` parameter: a one-time code.' }),
  }),
})

const ChooseAccountInput = builder.inputType('ChooseAccountInput', {
  description: 'What the user chose.',
  fields: (t) => ({
    authorizationId: t.id({ required: true, description: 'Id of the Authorization.' }),
    choiceId: t.string({ required: true, description: 'The `choiceId` of one of its `choices`.' }),
  }),
})

builder.mutationFields((t) => ({
  authorizeConnector: t.field({
    skipTypeScopes: true,
    authScopes: { person: true },
    type: AuthorizationRef,
    description:
      'Starts connecting an app. Open the returned `url` in the same browser, and subscribe to authorizationStatus or setupProgress.',
    errors: {
      types: [
        NotFoundError,
        ConnectorUnavailableError,
        ConnectorNotRequiredError,
        InvalidReturnToError,
        InvalidVariablesError,
        BindingImpossibleError,
        TooManyAuthorizationsError,
      ],
    },
    args: { input: t.arg({ type: AuthorizeConnectorInput, required: true, description: 'What to connect.' }) },
    resolve: (_root, { input }, { viewer, services, browser }) => {
      const request = {
        connectorSlug: readId('Connector', input.connectorId),
        setupId: input.setupId == null ? null : readId('PluginSetup', input.setupId),
        connectionId: input.connectionId == null ? null : readId('ConnectedAccount', input.connectionId),
        returnTo: input.returnTo ?? null,
        display: input.display ?? 'POPUP',
        binding: input.binding ?? 'BROWSER',
        variables: input.variables ?? [],
      }
      return services.authorizeConnector(viewer, request, browser)
    },
  }),
  cancelAuthorization: t.field({
    skipTypeScopes: true,
    authScopes: { person: true },
    type: AuthorizationRef,
    description: 'Cancels an open authorization. Canceling again has no effect.',
    errors: { types: [NotFoundError, AuthorizationEndedError] },
    args: {
      input: t.arg({ type: CancelAuthorizationInput, required: true, description: 'The authorization to cancel.' }),
    },
    resolve: (_root, { input }, { viewer, services }) =>
      services.cancelAuthorization(viewer, readId('Authorization', input.authorizationId)),
  }),
  confirmAuthorization: t.field({
    skipTypeScopes: true,
    authScopes: { person: true },
    type: AuthorizationRef,
    description:
      'Finishes an authorization with `binding: CONFIRM`, or leads to AWAITING_CHOICE. Call it as the user who is signed in to your application, to which the browser returned.',
    errors: { types: [NotFoundError, AuthorizationEndedError, ConfirmationRefusedError] },
    args: {
      input: t.arg({ type: ConfirmAuthorizationInput, required: true, description: 'The authorization to confirm.' }),
    },
    resolve: (_root, { input }, { viewer, services }) =>
      services.confirmAuthorization(viewer, { id: readId('Authorization', input.authorizationId), code: input.code }),
  }),
  chooseAccount: t.field({
    skipTypeScopes: true,
    authScopes: { person: true },
    type: AuthorizationRef,
    description:
      'Finishes an authorization that is AWAITING_CHOICE with one of its `choices`. Patchbay’s own page does the same, so call it only with `binding: CONFIRM` or from your own page.',
    errors: { types: [NotFoundError, AuthorizationEndedError, UnknownChoiceError] },
    args: { input: t.arg({ type: ChooseAccountInput, required: true, description: 'What the user chose.' }) },
    resolve: (_root, { input: { authorizationId, choiceId } }, { viewer, services }) =>
      services.chooseAccount(viewer, { id: readId('Authorization', authorizationId), choiceId }),
  }),
}))

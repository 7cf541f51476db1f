import { connectUrl } from '../../domain/addresses.js'
import type { Connector } from '../../domain/catalogue/catalogue.js'
import {
  AuthorizationEndedError,
  BindingImpossibleError,
  ConfirmationRefusedError,
  ConnectorNotRequiredError,
  ConnectorUnavailableError,
  InvalidReturnToError,
  NotFoundError,
  TooManyAuthorizationsError,
} from '../../domain/errors.js'
import { inWords } from '../../domain/formats.js'
import { FAILURES } from '../../domain/view/authorization-failures.js'
import { AUTHORIZATION_LIFETIME_MS } from '../../domain/view/authorization-status.js'
import { builder } from '../builder.js'
import { AuthorizationBinding, AuthorizationDisplay, AuthorizationFailureCode, AuthorizationStatus } from '../enums.js'
import { readId } from '../ids.js'
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
    description: 'Why an attempt came to nothing.',
    fields: (t) => ({
      code: t.expose('code', { type: AuthorizationFailureCode, description: 'For programs.' }),
      message: t.string({
        description: 'What happened, for people.',
        resolve: ({ code, connector }) => FAILURES[code].message(connector.name),
      }),
      retryable: t.boolean({
        description: 'Whether starting again may well work without anybody changing anything.',
        resolve: ({ code }) => FAILURES[code].retryable,
      }),
      hint: t.string({
        nullable: true,
        description: 'What to do, for people.',
        resolve: ({ code, connector }) => FAILURES[code].hint(connector.name, connector.signInUrl),
      }),
    }),
  })

builder.node(AuthorizationRef, {
  id: { resolve: ({ item }) => item.id },
  description: `One attempt at connecting an app. It ends, one way or the other, within ${inWords(AUTHORIZATION_LIFETIME_MS)}; the server decides, not the popup.`,
  fields: (t) => ({
    connector: t.field({
      type: ConnectorRef,
      description: 'The app.',
      resolve: ({ item, view }) => snapshotOf(view, view.connector(item.connectorSlug)),
    }),
    setup: t.field({
      type: PluginSetupRef,
      nullable: true,
      description: 'The setup it was started for; null when it was started on its own.',
      resolve: ({ item, view }) => snapshotOrNull(view, item.setupId === null ? null : view.setup(item.setupId)),
    }),
    status: t.field({ type: AuthorizationStatus, description: 'How it stands.', resolve: ({ item }) => item.status }),
    revision: t.int({
      description: 'Grows whenever anything you see changes. Of two answers keep the one with the higher revision.',
      resolve: ({ view }) => view.revision,
    }),
    url: t.field({
      type: 'URL',
      description:
        'Where the browser that started it goes next; it leads on to the consent screen. Other devices start an attempt of their own.',
      resolve: ({ item }, _args, { publicUrl }) => connectUrl(publicUrl, item.id),
    }),
    scopes: t.stringList({ description: 'The permissions it asks for.', resolve: ({ item }) => [...item.scopes] }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'When it ends by itself.',
      resolve: ({ item }) => item.expiresAt,
    }),
    failure: t.field({
      type: AuthorizationFailure,
      nullable: true,
      description: 'Why it came to nothing; null otherwise.',
      resolve: ({ item, view }) =>
        item.failureCode && { code: item.failureCode, connector: view.connector(item.connectorSlug) },
    }),
    connection: t.field({
      type: ConnectedAccountRef,
      nullable: true,
      description: 'The connection it made or repaired.',
      resolve: ({ item, view }) =>
        snapshotOrNull(view, item.connectionId === null ? null : view.connection(item.connectionId)),
    }),
  }),
})

const AuthorizeConnectorInput = builder.inputType('AuthorizeConnectorInput', {
  description: 'What to connect, for what, and how the consent screen is shown.',
  fields: (t) => ({
    connectorId: t.id({ required: true, description: 'Id of the Connector.' }),
    setupId: t.id({ description: 'The setup whose step this is. Success binds the step to the connection.' }),
    connectionId: t.id({ description: 'The ConnectedAccount to repair: the same account has to consent.' }),
    returnTo: t.string({ description: 'Where the browser goes afterwards: an address of an allowed origin.' }),
    display: t.field({
      type: AuthorizationDisplay,
      defaultValue: 'POPUP',
      description: 'How the consent screen is shown.',
    }),
    binding: t.field({
      type: AuthorizationBinding,
      defaultValue: 'BROWSER',
      description: 'How it is made sure that whoever consents is whoever started.',
    }),
  }),
})

const CancelAuthorizationInput = builder.inputType('CancelAuthorizationInput', {
  description: 'Which attempt to give up.',
  fields: (t) => ({ authorizationId: t.id({ required: true, description: 'Id of the Authorization.' }) }),
})

const ConfirmAuthorizationInput = builder.inputType('ConfirmAuthorizationInput', {
  description: 'What the browser brought back to returnTo.',
  fields: (t) => ({
    authorizationId: t.id({ required: true, description: 'The parameter `authorization`.' }),
    code: t.string({ required: true, description: 'The parameter `confirmation`: a one-time code.' }),
  }),
})

builder.mutationFields((t) => ({
  authorizeConnector: t.field({
    skipTypeScopes: true,
    authScopes: { person: true },
    type: AuthorizationRef,
    description:
      'Starts connecting an app. Open the result’s `url` in the same browser and watch authorizationStatus or setupProgress.',
    errors: {
      types: [
        NotFoundError,
        ConnectorUnavailableError,
        ConnectorNotRequiredError,
        InvalidReturnToError,
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
      }
      return services.authorizeConnector(viewer, request, browser)
    },
  }),
  cancelAuthorization: t.field({
    skipTypeScopes: true,
    authScopes: { person: true },
    type: AuthorizationRef,
    description: 'Gives up an attempt that is open. Canceling twice is the same as once.',
    errors: { types: [NotFoundError, AuthorizationEndedError] },
    args: { input: t.arg({ type: CancelAuthorizationInput, required: true, description: 'What to cancel.' }) },
    resolve: (_root, { input }, { viewer, services }) =>
      services.cancelAuthorization(viewer, readId('Authorization', input.authorizationId)),
  }),
  confirmAuthorization: t.field({
    skipTypeScopes: true,
    authScopes: { person: true },
    type: AuthorizationRef,
    description:
      'Finishes an authorization with `binding: CONFIRM`. Call it as the user who is signed in to your application, to which the browser returned.',
    errors: { types: [NotFoundError, AuthorizationEndedError, ConfirmationRefusedError] },
    args: { input: t.arg({ type: ConfirmAuthorizationInput, required: true, description: 'What to confirm.' }) },
    resolve: (_root, { input }, { viewer, services }) =>
      services.confirmAuthorization(viewer, { id: readId('Authorization', input.authorizationId), code: input.code }),
  }),
}))

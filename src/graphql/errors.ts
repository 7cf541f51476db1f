import {
  AppUnavailableError,
  AuthorizationEndedError,
  BindingImpossibleError,
  ClientRefusedError,
  ConfirmationRefusedError,
  ConnectorFromFileError,
  ConnectorNotRequiredError,
  ConnectorRequiredError,
  ConnectorUnavailableError,
  DuplicateWebhookError,
  ForbiddenError,
  type InputFault,
  InvalidInputError,
  InvalidReturnToError,
  InvalidVariablesError,
  NotFoundError,
  PluginRetiredError,
  TooManyAuthorizationsError,
  TooManyWebhooksError,
  UnknownChoiceError,
  type VariableFault,
  VaultUnavailableError,
} from '../domain/errors.js'
import { globalId } from '../domain/global-id.js'
import { builder } from './builder.js'

export const ErrorInterface = builder.interfaceRef<Error>('Error').implement({
  description: 'An error that you can fix. Select `__typename` and `message` on every mutation.',
  fields: (t) => ({
    message: t.exposeString('message', { description: 'What’s wrong and what to do, for people to read.' }),
  }),
})

const interfaces = [ErrorInterface]

builder.objectType(NotFoundError, {
  name: 'NotFoundError',
  description: 'It doesn’t exist or belongs to another user. Patchbay never reveals which.',
  interfaces,
})
builder.objectType(PluginRetiredError, {
  name: 'PluginRetiredError',
  description: 'The plugin was retired and can’t be set up anymore.',
  interfaces,
})
builder.objectType(ConnectorUnavailableError, {
  name: 'ConnectorUnavailableError',
  description: 'The connector has no client credentials yet.',
  interfaces,
})
builder.objectType(AppUnavailableError, {
  name: 'AppUnavailableError',
  description: 'The app didn’t answer the check. Nothing changed.',
  interfaces,
  fields: (t) => ({
    retryAfterSeconds: t.exposeInt('retryAfterSeconds', {
      nullable: true,
      description: 'Seconds after which a retry may succeed; null if the app can’t be asked.',
    }),
  }),
})
builder.objectType(ClientRefusedError, {
  name: 'ClientRefusedError',
  description:
    'The app refuses the connector’s client credentials or settings, so it says nothing about the connection. An operator has to correct them. Nothing changed.',
  interfaces,
})
builder.objectType(VaultUnavailableError, {
  name: 'VaultUnavailableError',
  description: 'The key that sealed the stored tokens isn’t available right now.',
  interfaces,
})
builder.objectType(ConnectorNotRequiredError, {
  name: 'ConnectorNotRequiredError',
  description: 'The setup doesn’t use this connector.',
  interfaces,
})
builder.objectType(BindingImpossibleError, {
  name: 'BindingImpossibleError',
  description: 'The response can’t set a cookie in the browser that will consent. Use `binding: CONFIRM`.',
  interfaces,
})
builder.objectType(InvalidReturnToError, {
  name: 'InvalidReturnToError',
  description: '`returnTo` is missing, or its origin isn’t allowed.',
  interfaces,
})

const VariableFaultType = builder.objectRef<VariableFault>('VariableFault').implement({
  description: 'One variable that can’t be used.',
  fields: (t) => ({
    variable: t.exposeString('variable', { description: 'Its name.' }),
    message: t.exposeString('message', { description: 'What to enter, for the person who is asked.' }),
  }),
})

builder.objectType(InvalidVariablesError, {
  name: 'InvalidVariablesError',
  description:
    'A value of one of the connector’s variables is missing or can’t be used. The messages tell the person what to enter.',
  interfaces,
  fields: (t) => ({
    faults: t.field({
      type: [VariableFaultType],
      description: 'Every variable that can’t be used.',
      resolve: ({ faults }) => [...faults],
    }),
  }),
})
builder.objectType(TooManyAuthorizationsError, {
  name: 'TooManyAuthorizationsError',
  description: 'Too many authorizations are open at the same time.',
  interfaces,
  fields: (t) => ({ limit: t.exposeInt('limit', { description: 'How many may be open at the same time.' }) }),
})
builder.objectType(AuthorizationEndedError, {
  name: 'AuthorizationEndedError',
  description: 'The authorization has already ended.',
  interfaces,
})
builder.objectType(ConfirmationRefusedError, {
  name: 'ConfirmationRefusedError',
  description: 'The one-time code doesn’t belong to this authorization.',
  interfaces,
})
builder.objectType(UnknownChoiceError, {
  name: 'UnknownChoiceError',
  description: 'The authorization doesn’t offer this choice.',
  interfaces,
})
builder.objectType(TooManyWebhooksError, {
  name: 'TooManyWebhooksError',
  description: 'You’ve reached the maximum number of webhooks.',
  interfaces,
  fields: (t) => ({ limit: t.exposeInt('limit', { description: 'The maximum number of webhooks.' }) }),
})
builder.objectType(DuplicateWebhookError, {
  name: 'DuplicateWebhookError',
  description: 'Another webhook already uses this URL.',
  interfaces,
  fields: (t) => ({
    webhookId: t.id({ description: 'Its id.', resolve: ({ webhookId }) => globalId('Webhook', webhookId) }),
  }),
})
builder.objectType(ForbiddenError, {
  name: 'ForbiddenError',
  description: 'Your token, setup session or API key doesn’t allow this.',
  interfaces,
})
builder.objectType(ConnectorFromFileError, {
  name: 'ConnectorFromFileError',
  description: 'The file in `PATCHBAY_CONNECTORS` describes the connector, so it can only be changed there.',
  interfaces,
})
builder.objectType(ConnectorRequiredError, {
  name: 'ConnectorRequiredError',
  description: 'Published plugins require this connector.',
  interfaces,
  fields: (t) => ({ plugins: t.exposeStringList('plugins', { description: 'Their names.' }) }),
})

const InputFaultType = builder.objectRef<InputFault>('InputFault').implement({
  description: 'One problem with your input.',
  fields: (t) => ({
    path: t.exposeString('path', { description: 'Its location, such as `skills[0].uses[1].connector`.' }),
    message: t.exposeString('message', { description: 'What.' }),
  }),
})

builder.objectType(InvalidInputError, {
  name: 'InvalidInputError',
  description: 'Your input is invalid. Nothing was stored.',
  interfaces,
  fields: (t) => ({
    faults: t.field({
      type: [InputFaultType],
      description: 'Every problem, not just the first.',
      resolve: (error) => [...error.faults],
    }),
  }),
})

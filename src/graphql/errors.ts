import {
  AppUnavailableError,
  AuthorizationEndedError,
  BindingImpossibleError,
  ConfirmationRefusedError,
  ConnectorNotRequiredError,
  ConnectorRequiredError,
  ConnectorUnavailableError,
  DuplicateWebhookError,
  ForbiddenError,
  type InputFault,
  InvalidInputError,
  InvalidReturnToError,
  NotFoundError,
  PluginRetiredError,
  TooManyAuthorizationsError,
  TooManyWebhooksError,
  VaultUnavailableError,
} from '../domain/errors.js'
import { globalId } from '../domain/global-id.js'
import { builder } from './builder.js'

export const ErrorInterface = builder.interfaceRef<Error>('Error').implement({
  description: 'Something you can repair. Ask for `__typename` and `message` on every mutation.',
  fields: (t) => ({
    message: t.exposeString('message', { description: 'What is wrong and what to do, for a person.' }),
  }),
})

const interfaces = [ErrorInterface]

builder.objectType(NotFoundError, {
  name: 'NotFoundError',
  description: 'There is no such thing, or it belongs to somebody else: the two are not told apart.',
  interfaces,
})
builder.objectType(PluginRetiredError, {
  name: 'PluginRetiredError',
  description: 'The plugin takes no new setups.',
  interfaces,
})
builder.objectType(ConnectorUnavailableError, {
  name: 'ConnectorUnavailableError',
  description: 'An operator has not configured the connector’s client credentials.',
  interfaces,
})
builder.objectType(AppUnavailableError, {
  name: 'AppUnavailableError',
  description: 'The app did not answer what it was asked. Nothing has changed.',
  interfaces,
  fields: (t) => ({
    retryAfterSeconds: t.exposeInt('retryAfterSeconds', {
      nullable: true,
      description: 'When asking again may help; null when the app offers no way to ask.',
    }),
  }),
})
builder.objectType(VaultUnavailableError, {
  name: 'VaultUnavailableError',
  description: 'The key that sealed the stored access cannot be had at the moment.',
  interfaces,
})
builder.objectType(ConnectorNotRequiredError, {
  name: 'ConnectorNotRequiredError',
  description: 'The setup has no step for this connector.',
  interfaces,
})
builder.objectType(BindingImpossibleError, {
  name: 'BindingImpossibleError',
  description: 'The response cannot set a cookie in the browser that will consent; use `binding: CONFIRM`.',
  interfaces,
})
builder.objectType(InvalidReturnToError, {
  name: 'InvalidReturnToError',
  description: '`returnTo` is missing or not of an allowed origin.',
  interfaces,
})
builder.objectType(TooManyAuthorizationsError, {
  name: 'TooManyAuthorizationsError',
  description: 'Too many attempts are open at once.',
  interfaces,
  fields: (t) => ({ limit: t.exposeInt('limit', { description: 'How many may be open.' }) }),
})
builder.objectType(AuthorizationEndedError, {
  name: 'AuthorizationEndedError',
  description: 'The attempt has ended, so this can no longer be done with it.',
  interfaces,
})
builder.objectType(ConfirmationRefusedError, {
  name: 'ConfirmationRefusedError',
  description: 'The one-time code is not the attempt’s.',
  interfaces,
})
builder.objectType(TooManyWebhooksError, {
  name: 'TooManyWebhooksError',
  description: 'There are as many webhooks as there may be.',
  interfaces,
  fields: (t) => ({ limit: t.exposeInt('limit', { description: 'How many there may be.' }) }),
})
builder.objectType(DuplicateWebhookError, {
  name: 'DuplicateWebhookError',
  description: 'Another webhook has the URL already.',
  interfaces,
  fields: (t) => ({
    webhookId: t.id({ description: 'Which one.', resolve: ({ webhookId }) => globalId('Webhook', webhookId) }),
  }),
})
builder.objectType(ForbiddenError, {
  name: 'ForbiddenError',
  description: 'Your token, setup session or API key does not allow this.',
  interfaces,
})
builder.objectType(ConnectorRequiredError, {
  name: 'ConnectorRequiredError',
  description: 'Published plugins require the connector.',
  interfaces,
  fields: (t) => ({ plugins: t.exposeStringList('plugins', { description: 'Their names.' }) }),
})

const InputFaultType = builder.objectRef<InputFault>('InputFault').implement({
  description: 'One thing that is wrong with what you sent.',
  fields: (t) => ({
    path: t.exposeString('path', { description: 'Where, such as `skills[0].uses[1].connector`.' }),
    message: t.exposeString('message', { description: 'What.' }),
  }),
})

builder.objectType(InvalidInputError, {
  name: 'InvalidInputError',
  description: 'What you sent has faults. Nothing of it was stored.',
  interfaces,
  fields: (t) => ({
    faults: t.field({
      type: [InputFaultType],
      description: 'Every fault, not only the first.',
      resolve: (error) => [...error.faults],
    }),
  }),
})

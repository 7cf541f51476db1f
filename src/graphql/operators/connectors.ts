import { ConnectorRequiredError, InvalidInputError, NotFoundError } from '../../domain/errors.js'
import { builder } from '../builder.js'
import { readView } from '../context.js'
import { readId } from '../ids.js'
import { ConnectorRef, snapshotOf } from '../refs.js'

const ClientCredentialsInput = builder.inputType('ClientCredentialsInput', {
  description: 'What the provider gave you when you registered Patchbay there. Stored sealed and never shown again.',
  fields: (t) => ({
    clientId: t.string({ required: true, description: 'The client id.' }),
    clientSecret: t.string({ required: true, description: 'The client secret.' }),
  }),
})

const OpenIdConnectInput = builder.inputType('OpenIdConnectInput', {
  description: 'A provider that describes itself.',
  fields: (t) => ({
    issuer: t.string({
      required: true,
      description: 'Its issuer: the address before /.well-known/openid-configuration.',
    }),
    settings: t.field({
      type: 'JSON',
      description: 'Provider settings that differ from what it says of itself: see docs/connectors.md.',
    }),
  }),
})

const ConfigureConnectorInput = builder.inputType('ConfigureConnectorInput', {
  description: 'A connector. Pass exactly one of provider, openIdConnect and oauth2.',
  fields: (t) => ({
    slug: t.string({ required: true, description: 'Names it in manifests and addresses, for ever.' }),
    name: t.string({ required: true, description: 'The app’s name.' }),
    iconUrl: t.string({ description: 'A picture.' }),
    signInUrl: t.string({ description: 'Where to sign in to the app; the provider’s own unless told.' }),
    defaultScopes: t.stringList({
      description: 'Scopes that every authorization asks for, besides what plugins require.',
    }),
    scopeDescriptions: t.field({
      type: 'JSON',
      description:
        'What scopes mean, in words for the person who is asked: an object, scope to words. The provider’s own unless told.',
    }),
    provider: t.string({ description: 'A provider of the catalogue, such as `google`.' }),
    openIdConnect: t.field({ type: OpenIdConnectInput, description: 'An OpenID Connect provider.' }),
    oauth2: t.field({ type: 'JSON', description: 'Settings of any other OAuth 2.0 provider: see docs/connectors.md.' }),
    credentials: t.field({
      type: ClientCredentialsInput,
      description: 'Left out, a connector keeps those it has; without any it is listed and says `available: false`.',
    }),
  }),
})

const RemoveConnectorInput = builder.inputType('RemoveConnectorInput', {
  description: 'What to remove.',
  fields: (t) => ({
    connectorId: t.id({ required: true, description: 'Id of the Connector.' }),
    force: t.boolean({ defaultValue: false, description: 'Remove it even though published plugins require it.' }),
  }),
})

builder.mutationFields((t) => ({
  configureConnector: t.field({
    skipTypeScopes: true,
    authScopes: { operator: true, key: 'connectors:write' },
    type: ConnectorRef,
    description: 'Operators, and API keys with the scope connectors:write: creates a connector or changes one.',
    errors: { types: [InvalidInputError] },
    args: { input: t.arg({ type: ConfigureConnectorInput, required: true, description: 'The connector.' }) },
    resolve: async (_root, { input }, context) => {
      const slug = await context.services.configureConnector(input)
      const view = await readView(context.services, context.caller)
      return snapshotOf(view, view.connector(slug))
    },
  }),
  removeConnector: t.field({
    skipTypeScopes: true,
    authScopes: { operator: true, key: 'connectors:write' },
    type: ConnectorRef,
    description:
      'Operators, and API keys with the scope connectors:write: deletes a connector’s credentials and hides it. Refused while a published plugin requires it, unless forced. Connections stay with their users.',
    errors: { types: [NotFoundError, ConnectorRequiredError] },
    args: { input: t.arg({ type: RemoveConnectorInput, required: true, description: 'What to remove.' }) },
    resolve: async (_root, { input }, context) => {
      const slug = readId('Connector', input.connectorId)
      await context.services.removeConnector(slug, { force: input.force ?? false })
      const view = await readView(context.services, context.caller)
      return snapshotOf(view, view.connector(slug))
    },
  }),
}))

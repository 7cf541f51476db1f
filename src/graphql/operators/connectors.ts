import {
  ConnectorFromFileError,
  ConnectorRequiredError,
  InvalidInputError,
  NotFoundError,
} from '../../domain/errors.js'
import { builder } from '../builder.js'
import { readView } from '../context.js'
import { CONNECTOR, CONNECTOR_ID, readNamed } from '../ids.js'
import { ConnectorRef, snapshotOf } from '../refs.js'

const ClientCredentialsInput = builder.inputType('ClientCredentialsInput', {
  description:
    'The credentials that the provider gave you for Patchbay. Patchbay encrypts them and never shows them again.',
  fields: (t) => ({
    clientId: t.string({ required: true, description: 'The client id.' }),
    clientSecret: t.string({
      description:
        'The client secret, or the private key if the provider’s clientAuthentication is private_key_jwt. Left out for clients without one.',
    }),
  }),
})

const OpenIdConnectInput = builder.inputType('OpenIdConnectInput', {
  description: 'A provider that publishes its own metadata.',
  fields: (t) => ({
    issuer: t.string({
      required: true,
      description: 'The issuer: the URL before /.well-known/openid-configuration.',
    }),
    variables: t.field({
      type: 'JSON',
      description:
        'If the issuer has variables, their values for one customer, whose metadata is read: an object from name to value.',
    }),
    settings: t.field({
      type: 'JSON',
      description: 'Provider settings that override its metadata: see docs/connectors.md.',
    }),
  }),
})

const ConfigureConnectorInput = builder.inputType('ConfigureConnectorInput', {
  description: 'A connector. Pass exactly one of provider, openIdConnect and oauth2.',
  fields: (t) => ({
    slug: t.string({
      required: true,
      description: 'Identifies the connector in manifests and URLs. It can’t be changed.',
    }),
    name: t.string({ required: true, description: 'The app’s name.' }),
    iconUrl: t.string({ description: 'URL of an icon.' }),
    signInUrl: t.string({ description: 'Where to sign in to the app. The default comes from the provider.' }),
    defaultScopes: t.stringList({
      description: 'Scopes that every authorization requests in addition to what plugins require.',
    }),
    scopeDescriptions: t.field({
      type: 'JSON',
      description:
        'What scopes mean, in words for the user: an object from scope to description. The default comes from the provider.',
    }),
    provider: t.string({
      description: 'Slug of a provider in the catalogue, such as `google`: see docs/providers.md.',
    }),
    variables: t.field({
      type: 'JSON',
      description:
        'If the provider belongs to one customer, such as an Okta organization: an object from variable to value.',
    }),
    settings: t.field({
      type: 'JSON',
      description: 'Settings that differ from the provider’s: see docs/connectors.md.',
    }),
    openIdConnect: t.field({ type: OpenIdConnectInput, description: 'An OpenID Connect provider.' }),
    oauth2: t.field({
      type: 'JSON',
      description: 'Settings for any other OAuth 2.0 provider: see docs/connectors.md.',
    }),
    credentials: t.field({
      type: ClientCredentialsInput,
      description:
        'If left out, the connector keeps its credentials. Without any, it’s listed with `available: false`.',
    }),
  }),
})

const SetConnectorCredentialsInput = builder.inputType('SetConnectorCredentialsInput', {
  description: 'A connector and its new credentials. Patchbay encrypts them and never shows them again.',
  fields: (t) => ({
    connector: t.string({ description: CONNECTOR }),
    connectorId: t.id({ description: CONNECTOR_ID }),
    clientId: t.string({
      description: 'The client id. If left out, the connector keeps the one it has. One without credentials needs it.',
    }),
    clientSecret: t.string({
      description:
        'The new client secret, or the private key if the provider’s clientAuthentication is private_key_jwt. Left out for clients without one.',
    }),
  }),
})

const RemoveConnectorInput = builder.inputType('RemoveConnectorInput', {
  description: 'What to remove.',
  fields: (t) => ({
    connector: t.string({ description: CONNECTOR }),
    connectorId: t.id({ description: CONNECTOR_ID }),
    force: t.boolean({ defaultValue: false, description: 'Remove it even if published plugins require it.' }),
  }),
})

builder.mutationFields((t) => ({
  configureConnector: t.field({
    skipTypeScopes: true,
    authScopes: { operator: true, key: 'connectors:write' },
    type: ConnectorRef,
    description: 'Creates or changes a connector. For operators and API keys with the scope connectors:write.',
    errors: { types: [InvalidInputError, ConnectorFromFileError] },
    args: { input: t.arg({ type: ConfigureConnectorInput, required: true, description: 'The connector.' }) },
    resolve: async (_root, { input }, context) => {
      const slug = await context.services.configureConnector(input)
      const view = await readView(context.services, context.caller)
      return snapshotOf(view, view.connector(slug))
    },
  }),
  setConnectorCredentials: t.field({
    skipTypeScopes: true,
    authScopes: { operator: true, key: 'connectors:write' },
    type: ConnectorRef,
    description:
      'Replaces a connector’s client credentials and nothing else, for example after you rotated its secret at the app. Refreshes that the app refused are tried again right away. For operators and API keys with the scope connectors:write.',
    errors: { types: [NotFoundError, InvalidInputError, ConnectorFromFileError] },
    args: {
      input: t.arg({ type: SetConnectorCredentialsInput, required: true, description: 'The new credentials.' }),
    },
    resolve: async (_root, { input: { connector, connectorId, ...credentials } }, context) => {
      const slug = readNamed('Connector', { either: connector, id: connectorId })
      await context.services.setCredentials(slug, credentials)
      const view = await readView(context.services, context.caller)
      return snapshotOf(view, view.connector(slug))
    },
  }),
  removeConnector: t.field({
    skipTypeScopes: true,
    authScopes: { operator: true, key: 'connectors:write' },
    type: ConnectorRef,
    description:
      'Deletes a connector’s credentials and hides it. Refused while a published plugin requires it, unless forced. Users keep their connections. For operators and API keys with the scope connectors:write.',
    errors: { types: [NotFoundError, InvalidInputError, ConnectorRequiredError, ConnectorFromFileError] },
    args: { input: t.arg({ type: RemoveConnectorInput, required: true, description: 'What to remove.' }) },
    resolve: async (_root, { input }, context) => {
      const slug = readNamed('Connector', { either: input.connector, id: input.connectorId })
      await context.services.removeConnector(slug, { force: input.force ?? false })
      const view = await readView(context.services, context.caller)
      return snapshotOf(view, view.connector(slug))
    },
  }),
}))

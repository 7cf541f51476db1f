import { type Connector, listedConnectors } from '../../domain/catalogue/catalogue.js'
import { surroundingsIn } from '../../domain/catalogue/provider-urls.js'
import type { Variable } from '../../domain/catalogue/variables.js'
import { globalId } from '../../domain/global-id.js'
import { builder } from '../builder.js'
import { NODE_ID } from '../ids.js'
import { PAGE_ARGS } from '../page-args.js'
import { pageOf } from '../pages.js'
import { ConnectedAccountRef, ConnectorRef, snapshotOrNull, snapshotsOf } from '../refs.js'

const ConnectorVariable = builder
  .objectRef<{ connector: Connector; variable: Variable }>('ConnectorVariable')
  .implement({
    description: 'Something to ask the user before the consent screen, such as a subdomain.',
    fields: (t) => ({
      name: t.string({
        description: 'Its name, for `authorizeConnector`.',
        resolve: ({ variable }) => variable.name,
      }),
      label: t.string({ description: 'What to ask for.', resolve: ({ variable }) => variable.label }),
      placeholder: t.string({
        description: 'An example of what to enter.',
        resolve: ({ variable }) => variable.placeholder,
      }),
      hint: t.string({
        nullable: true,
        description: 'Where the user finds it, in a sentence; null if the label is enough.',
        resolve: ({ variable }) => variable.hint,
      }),
      choices: t.stringList({
        nullable: true,
        description: 'The values to choose from; null if the user types one.',
        resolve: ({ variable }) => variable.choices,
      }),
      pattern: t.string({
        description:
          'A JavaScript regular expression that the whole value matches, to check it while the user types. The server decides.',
        resolve: ({ variable }) => variable.pattern,
      }),
      defaultValue: t.string({
        nullable: true,
        description: 'The value if the user enters none; null if it’s required.',
        resolve: ({ variable }) => variable.default,
      }),
      prefix: t.string({
        description: 'What to show before the field, such as `https://`. It can be empty.',
        resolve: ({ connector, variable }) => surroundingsIn(connector.provider, variable).prefix,
      }),
      suffix: t.string({
        description: 'What to show after the field, such as `.example.com`. It can be empty.',
        resolve: ({ connector, variable }) => surroundingsIn(connector.provider, variable).suffix,
      }),
    }),
  })

ConnectorRef.implement({
  interfaces: [builder.nodeInterfaceRef()],
  description: 'An app that users can connect.',
  fields: (t) => ({
    id: t.id({ description: NODE_ID, resolve: ({ item }) => globalId('Connector', item.slug) }),
    slug: t.string({
      description: 'Identifies the connector in manifests and URLs.',
      resolve: ({ item }) => item.slug,
    }),
    name: t.string({ description: 'The app’s name.', resolve: ({ item }) => item.name }),
    provider: t.string({
      description:
        'The OAuth provider: one of the catalogue, or `oauth2` or `openid-connect` if an operator described it.',
      resolve: ({ item }) => item.providerSlug,
    }),
    revocable: t.boolean({
      description:
        'Whether disconnecting also ends access at the app. Otherwise, only the user can end it there, in the app’s settings.',
      resolve: ({ item }) => item.provider.revocationUrl !== null,
    }),
    iconUrl: t.field({
      type: 'URL',
      nullable: true,
      description:
        'URL of an icon as it was configured, if there is one. Patchbay serves the picture itself, at `/icons/connectors/<slug>`.',
      resolve: ({ item }) => item.iconUrl,
    }),
    signInUrl: t.field({
      type: 'URL',
      nullable: true,
      description: 'Where to sign in to the app if its consent screen doesn’t appear.',
      resolve: ({ item }) => item.signInUrl,
    }),
    available: t.boolean({
      description: 'Whether it has client credentials, so that users can connect it.',
      resolve: ({ item }) => item.available,
    }),
    variables: t.field({
      type: [ConnectorVariable],
      description:
        'What to ask the user before you call `authorizeConnector` for a new account, because the app’s addresses contain it. Usually empty.',
      resolve: ({ item }) => item.provider.variables.map((variable) => ({ connector: item, variable })),
    }),
    connection: t.field({
      type: ConnectedAccountRef,
      nullable: true,
      description: 'Your default connection: the first account you connected.',
      resolve: ({ item, view }) => snapshotOrNull(view, view.connectionsOf(item.slug)[0]),
    }),
    connections: t.field({
      type: [ConnectedAccountRef],
      description: 'All your connections, one per account.',
      resolve: ({ item, view }) => snapshotsOf(view, view.connectionsOf(item.slug)),
    }),
  }),
})

const ConnectorConnection = builder.connectionObject(
  { type: ConnectorRef, name: 'ConnectorConnection', description: 'A page of connectors.' },
  { name: 'ConnectorEdge', description: 'One connector in a page.' },
)

builder.queryFields((t) => ({
  connector: t.field({
    type: ConnectorRef,
    nullable: true,
    description: 'The connector with this slug.',
    args: { slug: t.arg.string({ required: true, description: 'For example `acme-mail`.' }) },
    resolve: async (_root, { slug }, context) => {
      const view = await context.view()
      const connector = view.catalogue.connectors.get(slug)
      return connector?.removed ? null : snapshotOrNull(view, connector)
    },
  }),
  connectors: t.field({
    type: ConnectorConnection,
    description: 'All connectors by name, including those without credentials.',
    args: PAGE_ARGS,
    resolve: async (_root, page, context) => {
      const view = await context.view()
      return pageOf(snapshotsOf(view, listedConnectors(view.catalogue)), page, ({ item }) => item.slug)
    },
  }),
}))

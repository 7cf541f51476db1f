import { listedConnectors } from '../../domain/catalogue/catalogue.js'
import { globalId } from '../../domain/global-id.js'
import { builder } from '../builder.js'
import { NODE_ID } from '../ids.js'
import { PAGE_ARGS } from '../page-args.js'
import { pageOf } from '../pages.js'
import { ConnectedAccountRef, ConnectorRef, snapshotOrNull, snapshotsOf } from '../refs.js'

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
    iconUrl: t.field({
      type: 'URL',
      nullable: true,
      description: 'URL of an icon, if there is one.',
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

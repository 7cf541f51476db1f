import { GraphQLError, type GraphQLResolveInfo } from 'graphql'
import { type Connector, listedConnectors } from '../../domain/catalogue/catalogue.js'
import { NotFoundError } from '../../domain/errors.js'
import { isOpen } from '../../domain/view/authorization-status.js'
import { partsWithin, type WatchedView } from '../../domain/view/read-view.js'
import type { UserView } from '../../domain/view/user-view.js'
import { builder } from '../builder.js'
import { readId } from '../ids.js'
import { AuthorizationRef, ConnectorRef, PluginSetupRef, snapshotOf, snapshotOrNull, snapshotsOf } from '../refs.js'
import { selectsField } from './selects-field.js'
import { streamViews } from './view-stream.js'

/** Subscription fields have no union for typed errors, so the error's name becomes its code. */
function refuse(error: NotFoundError): never {
  throw new GraphQLError(error.message, { extensions: { code: 'NOT_FOUND' } })
}

function idOrRefuse(typename: Parameters<typeof readId>[0], id: string): string {
  try {
    return readId(typename, id)
  } catch (error) {
    if (error instanceof NotFoundError) refuse(error)
    throw error
  }
}

/** The fields that lead from a setup or a connector to other setups, and from there to everything that the user has. */
export const LEADING_FURTHER = ['setups', 'setup']

/** Wakes the subscription only for changes of the catalogue that it can show: these parts, if its fields lead no further. */
function showing(info: GraphQLResolveInfo, parts: (view: UserView) => readonly object[]): WatchedView['shows'] {
  return selectsField(info, LEADING_FURTHER) ? (view) => [...parts(view), ...partsWithin(view)] : parts
}

const since =
  'The revision you already have. If it’s current, you get nothing until something changes. Otherwise, or if left out, you get the current state first.'

interface ConnectorsState {
  view: UserView
  connectors: Connector[]
}

const ConnectorsStateRef = builder.objectRef<ConnectorsState>('ConnectorsState').implement({
  description: 'Connectors and your connections to them, as of one moment.',
  fields: (t) => ({
    revision: t.int({
      description: 'Of two responses, keep the one with the higher revision.',
      resolve: ({ view }) => view.revision,
    }),
    connectors: t.field({
      type: [ConnectorRef],
      description: 'The connectors you asked for, or all.',
      resolve: ({ view, connectors }) => snapshotsOf(view, connectors),
    }),
  }),
})

builder.subscriptionFields((t) => ({
  setupProgress: t.field({
    skipTypeScopes: true,
    authScopes: { person: true },
    type: PluginSetupRef,
    nullable: true,
    description:
      'Your setup as it is now, then again on every change. Sends null and completes once the setup is removed.',
    args: {
      setupId: t.arg.id({ required: true, description: 'Id of the PluginSetup.' }),
      since: t.arg.int({ description: since }),
    },
    subscribe: (_root, { setupId, since }, context, info) => {
      const id = idOrRefuse('PluginSetup', setupId)
      const accept = (view: UserView) => {
        if (!view.setup(id)) refuse(new NotFoundError('setup'))
      }
      const shows = showing(info, (view) => {
        const setup = view.setup(id)
        return setup ? [view.plugin(setup.pluginSlug)] : []
      })
      return streamViews(context, { since, shows }, accept, (view) => {
        const setup = view.setup(id)
        return { value: { view, setup }, last: !setup }
      })
    },
    resolve: ({ view, setup }) => snapshotOrNull(view, setup),
  }),
  connectionStatus: t.field({
    type: ConnectorsStateRef,
    description: 'Your connections as they are now, then again in full on every change.',
    args: {
      connectorIds: t.arg.idList({ description: 'Only these connectors. All if left out.' }),
      since: t.arg.int({ description: since }),
    },
    subscribe: (_root, { connectorIds, since }, context, info) => {
      const slugs = connectorIds && [...new Set(connectorIds)].map((id) => idOrRefuse('Connector', id))
      const accept = ({ catalogue }: UserView) => {
        if (slugs?.some((slug) => !catalogue.connectors.has(slug))) refuse(new NotFoundError('connector'))
      }
      const shows = showing(info, (view) =>
        slugs ? slugs.map((slug) => view.connector(slug)) : [view.catalogue.connectors],
      )
      return streamViews(context, { since, shows }, accept, (view) => {
        const connectors = slugs ? slugs.map((slug) => view.connector(slug)) : listedConnectors(view.catalogue)
        return { value: { view, connectors }, last: false }
      })
    },
    resolve: (state) => state,
  }),
  authorizationStatus: t.field({
    skipTypeScopes: true,
    authScopes: { person: true },
    type: AuthorizationRef,
    description: 'The authorization as it is now, then again on every change. Completes after a final status.',
    args: { authorizationId: t.arg.id({ required: true, description: 'Id of the Authorization.' }) },
    subscribe: (_root, { authorizationId }, context) => {
      const id = idOrRefuse('Authorization', authorizationId)
      const accept = (view: UserView) => {
        if (!view.authorization(id)) refuse(new NotFoundError('authorization'))
      }
      return streamViews(context, { authorizationId: id }, accept, (view) => {
        const authorization = view.authorization(id)
        return authorization ? { value: snapshotOf(view, authorization), last: !isOpen(authorization.status) } : null
      })
    },
    resolve: (authorization) => authorization,
  }),
}))

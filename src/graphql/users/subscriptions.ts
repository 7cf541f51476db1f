import { GraphQLError, type GraphQLResolveInfo } from 'graphql'
import { type Connector, listedConnectors } from '../../domain/catalogue/catalogue.js'
import { NotFoundError } from '../../domain/errors.js'
import type { Viewer } from '../../domain/identity/viewer.js'
import { MAX_TIMER_MS } from '../../domain/pause.js'
import { isOpen } from '../../domain/view/authorization-status.js'
import { partsWithin, type Updates, type WatchedView } from '../../domain/view/read-view.js'
import type { UserView } from '../../domain/view/user-view.js'
import { builder } from '../builder.js'
import type { Context } from '../context.js'
import { readId } from '../ids.js'
import { AuthorizationRef, ConnectorRef, PluginSetupRef, snapshotOf, snapshotOrNull, snapshotsOf } from '../refs.js'
import { selectsField } from './selects-field.js'

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

/**
 * Yields what the mapping makes of the viewer's views as they change, until the client leaves, the token is no longer
 * accepted, or the mapping says that this was the last one. It starts with the view that `accept` finds acceptable.
 * While it waits, it holds no view: thousands of subscribers wait at the same time.
 * @param accept throws if there is nothing to subscribe to
 */
async function stream<T>(
  { viewer, services }: Context,
  { since, ...watched }: Omit<WatchedView, 'viewer'> & { since?: number | null | undefined },
  accept: (view: UserView) => void,
  map: (view: UserView) => { value: T; last: boolean } | null,
): Promise<AsyncIterable<T>> {
  const views = services.watchView({ viewer, ...watched }, since ?? undefined)
  try {
    accept(await views.first())
  } catch (error) {
    await views.return()
    throw error
  }
  const expiry = endAtExpiry(viewer, views)
  let ended = false

  function end(): Promise<IteratorReturnResult<undefined>> {
    ended = true
    clearTimeout(expiry?.timer)
    return views.return()
  }

  async function next(): Promise<IteratorResult<T, undefined>> {
    if (ended) {
      views.complete()
      return end()
    }
    const result = await views.next().catch(async (error) => {
      await end()
      throw error
    })
    const mapped = result.done ? null : map(result.value)
    if (mapped) {
      ended = mapped.last
      return { done: false, value: mapped.value }
    }
    await end()
    if (!expiry?.isOver) return { done: true, value: undefined }
    throw new GraphQLError('Your token has expired. Subscribe again with a new one.', {
      extensions: { code: 'UNAUTHENTICATED' },
    })
  }
  return { [Symbol.asyncIterator]: () => ({ next, return: end }) }
}

/** Ends a subscription when its token expires. A WebSocket's token ends the whole socket instead. */
function endAtExpiry({ expiresAt }: Viewer, views: Updates<UserView>) {
  if (!expiresAt) return undefined
  const expiry = {
    isOver: false,
    timer: setTimeout(
      () => {
        expiry.isOver = true
        void views.return()
      },
      Math.min(expiresAt.getTime() - Date.now(), MAX_TIMER_MS),
    ).unref(),
  }
  return expiry
}

/** The fields that lead from a setup or a connector to other setups, and from there to everything that the user has. */
const LEADING_FURTHER = ['setups', 'setup']

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
      return stream(context, { since, shows }, accept, (view) => {
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
      const slugs = connectorIds?.map((id) => idOrRefuse('Connector', id))
      const accept = ({ catalogue }: UserView) => {
        if (slugs?.some((slug) => !catalogue.connectors.has(slug))) refuse(new NotFoundError('connector'))
      }
      const shows = showing(info, (view) =>
        slugs ? slugs.map((slug) => view.connector(slug)) : [view.catalogue.connectors],
      )
      return stream(context, { since, shows }, accept, (view) => {
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
      return stream(context, { authorizationId: id }, accept, (view) => {
        const authorization = view.authorization(id)
        return authorization ? { value: snapshotOf(view, authorization), last: !isOpen(authorization.status) } : null
      })
    },
    resolve: (authorization) => authorization,
  }),
}))

import { GraphQLError } from 'graphql'
import { type Connector, listedConnectors } from '../../domain/catalogue/catalogue.js'
import { NotFoundError } from '../../domain/errors.js'
import { MAX_TIMER_MS } from '../../domain/pause.js'
import { isOpen } from '../../domain/view/authorization-status.js'
import type { UserView } from '../../domain/view/user-view.js'
import { builder } from '../builder.js'
import type { Context } from '../context.js'
import { readId } from '../ids.js'
import { AuthorizationRef, ConnectorRef, PluginSetupRef, snapshotOf, snapshotOrNull, snapshotsOf } from '../refs.js'

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
 * Yields the viewer's views as they change, until the client leaves, the token is no longer accepted, or the mapping
 * says that this was the last one.
 * A generator's own `return` waits for the current step, which may be waiting for a notification. So that wait is
 * aborted first.
 */
function stream<T>(
  { viewer, services }: Context,
  { since, authorizationId }: { since?: number | null | undefined; authorizationId?: string },
  map: (view: UserView) => { value: T; last: boolean } | null,
): AsyncIterable<T> {
  const controller = new AbortController()
  const { signal } = controller
  let expired = false
  async function* generate() {
    const endsInMs = viewer.expiresAt ? Math.min(viewer.expiresAt.getTime() - Date.now(), MAX_TIMER_MS) : MAX_TIMER_MS
    const timer = setTimeout(() => {
      expired = true
      controller.abort()
    }, endsInMs).unref()
    try {
      for await (const view of services.watchView(viewer, {
        since: since ?? undefined,
        authorizationId,
        signal,
      })) {
        if (signal.aborted) break
        const mapped = map(view)
        if (!mapped) return
        yield mapped.value
        if (mapped.last) return
      }
    } finally {
      clearTimeout(timer)
      controller.abort()
    }
    if (expired) {
      throw new GraphQLError('Your token has expired. Subscribe again with a new one.', {
        extensions: { code: 'UNAUTHENTICATED' },
      })
    }
  }
  const generator = generate()
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => generator.next(),
      return: () => {
        controller.abort()
        return generator.return(undefined)
      },
    }),
  }
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
    subscribe: async (_root, { setupId, since }, context) => {
      const id = idOrRefuse('PluginSetup', setupId)
      if (!(await context.view()).setup(id)) refuse(new NotFoundError('setup'))
      return stream(context, { since }, (view) => {
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
    subscribe: async (_root, { connectorIds, since }, context) => {
      const slugs = connectorIds?.map((id) => idOrRefuse('Connector', id))
      const { catalogue } = await context.view()
      if (slugs?.some((slug) => !catalogue.connectors.has(slug))) refuse(new NotFoundError('connector'))
      return stream(context, { since }, (view) => {
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
    subscribe: async (_root, { authorizationId }, context) => {
      const id = idOrRefuse('Authorization', authorizationId)
      const found = (await context.services.readView(context.viewer, id)).authorization(id)
      if (!found) refuse(new NotFoundError('authorization'))
      return stream(context, { authorizationId: id }, (view) => {
        const authorization = view.authorization(id)
        return authorization ? { value: snapshotOf(view, authorization), last: !isOpen(authorization.status) } : null
      })
    },
    resolve: (authorization) => authorization,
  }),
}))

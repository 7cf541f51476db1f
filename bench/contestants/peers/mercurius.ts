/** Fastify and Mercurius with compiled queries, Mercurius's loaders, and mqemitter over Redis. */
import { readFileSync } from 'node:fs'
import Fastify from 'fastify'
import mercurius, { type IResolvers, type MercuriusContext, type MercuriusLoaders } from 'mercurius'
import redisEmitter from 'mqemitter-redis'
import { channelOf } from '../change.js'
import { settings } from '../settings.js'
import { receiveCallback } from './callback.js'
import { type Viewer, viewerOf, viewerOfHeader } from './identity.js'
import * as reads from './reads.js'

type Context = MercuriusContext & { viewer: Viewer | null }

function signedIn(context: MercuriusContext): Viewer {
  const { viewer } = context as Context
  if (!viewer) throw new mercurius.ErrorWithProps('Sign in first.', { code: 'UNAUTHENTICATED' })
  return viewer
}

const resolvers: IResolvers = {
  Query: {
    plugin: (_root, { id }: { id: number }, context) => signedIn(context) && reads.pluginById(id),
  },
  Subscription: {
    setup: {
      async *subscribe(_root, { pluginId }: { pluginId: number }, context: MercuriusContext) {
        const { id } = signedIn(context)
        // Listens before it reads, so that no change falls between the two.
        const changes = await (context as Context).pubsub.subscribe<{ setup: { pluginId: number } }>(channelOf(id))
        yield { setup: { connection: null, setup: (await reads.setupsOf(id, [pluginId]))[0] } }
        for await (const change of changes) if (change.setup.pluginId === pluginId) yield change
      },
    },
  },
}

const loaders: MercuriusLoaders = {
  Plugin: {
    skills: (queries) => reads.skillsOf(queries.map(({ obj }) => obj.id)),
    requirements: (queries) => reads.requirementsOf(queries.map(({ obj }) => obj.id)),
    setup: (queries, context) =>
      reads.setupsOf(
        signedIn(context).id,
        queries.map(({ obj }) => obj.id),
      ),
  },
  Requirement: {
    connector: (queries) => reads.connectorsById(queries.map(({ obj }) => obj.connectorId)),
    connection: (queries, context) =>
      reads.connectionsOf(
        signedIn(context).id,
        queries.map(({ obj }) => obj.connectorId),
      ),
  },
}

const redis = new URL(settings.redisUrl)
const app = Fastify({ keepAliveTimeout: 60_000 })
await app.register(mercurius, {
  schema: readFileSync(process.env.SCHEMA_FILE ?? '', 'utf8'),
  jit: 1,
  resolvers,
  loaders,
  context: async (request) => ({ viewer: await viewerOfHeader(request.headers.authorization) }),
  subscription: {
    emitter: redisEmitter({ host: redis.hostname, port: Number(redis.port) }),
    onConnect: async ({ payload }) => {
      const viewer = await viewerOf(payload?.token)
      return viewer ? { viewer } : false
    },
  },
})
app.get<{ Querystring: { state?: string; code?: string } }>('/oauth/callback', async (request, reply) => {
  const received = await receiveCallback(request.query)
  if (!received) return reply.code(400).send()
  const message = { topic: channelOf(received.userId), payload: { setup: received.change } }
  await new Promise<void>((resolve, reject) =>
    app.graphql.pubsub.publish(message, (error?: Error | null) => (error ? reject(error) : resolve())),
  )
  return reply.redirect('/done')
})
await app.listen({ port: settings.port, host: '127.0.0.1' })

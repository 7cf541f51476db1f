/** Apollo Server on Express with DataLoader, graphql-ws and graphql-redis-subscriptions. */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { ApolloServer } from '@apollo/server'
import { expressMiddleware } from '@as-integrations/express5'
import { makeExecutableSchema } from '@graphql-tools/schema'
import DataLoader from 'dataloader'
import express from 'express'
import { GraphQLError } from 'graphql'
import { RedisPubSub } from 'graphql-redis-subscriptions'
import { useServer } from 'graphql-ws/use/ws'
import { Redis } from 'ioredis'
import { WebSocketServer } from 'ws'
import { type Change, channelOf } from '../change.js'
import { settings } from '../settings.js'
import { receiveCallback } from './callback.js'
import { type Viewer, viewerOf, viewerOfHeader } from './identity.js'
import * as reads from './reads.js'

interface Context {
  viewer: Viewer | null
  loaders: ReturnType<typeof createLoaders>
}

function createLoaders(userId: number) {
  return {
    skills: new DataLoader(reads.skillsOf),
    requirements: new DataLoader(reads.requirementsOf),
    connector: new DataLoader(reads.connectorsById),
    connection: new DataLoader((ids: readonly number[]) => reads.connectionsOf(userId, ids)),
    setup: new DataLoader((ids: readonly number[]) => reads.setupsOf(userId, ids)),
  }
}

const contextOf = (viewer: Viewer | null): Context => ({ viewer, loaders: createLoaders(viewer?.id ?? 0) })

function signedIn({ viewer }: Context): Viewer {
  if (!viewer) throw new GraphQLError('Sign in first.', { extensions: { code: 'UNAUTHENTICATED' } })
  return viewer
}

const changes = new RedisPubSub({ publisher: new Redis(settings.redisUrl), subscriber: new Redis(settings.redisUrl) })

async function* watchSetup(_root: unknown, { pluginId }: { pluginId: number }, context: Context) {
  const { id } = signedIn(context)
  const iterator = changes.asyncIterableIterator<Change>(channelOf(id))
  // Listens before it reads, so that no change falls between the two.
  const first = iterator.next()
  yield { setup: { connection: null, setup: (await reads.setupsOf(id, [pluginId]))[0] } }
  try {
    for (let next = await first; !next.done; next = await iterator.next()) {
      if (next.value.pluginId === pluginId) yield { setup: next.value }
    }
  } finally {
    await iterator.return?.()
  }
}

const resolvers = {
  Query: {
    plugin: (_root: unknown, { id }: { id: number }, context: Context) => signedIn(context) && reads.pluginById(id),
  },
  Plugin: {
    skills: ({ id }: reads.Plugin, _args: unknown, { loaders }: Context) => loaders.skills.load(id),
    requirements: ({ id }: reads.Plugin, _args: unknown, { loaders }: Context) => loaders.requirements.load(id),
    setup: ({ id }: reads.Plugin, _args: unknown, { loaders }: Context) => loaders.setup.load(id),
  },
  Requirement: {
    connector: (of: reads.Requirement, _args: unknown, { loaders }: Context) => loaders.connector.load(of.connectorId),
    connection: (of: reads.Requirement, _args: unknown, { loaders }: Context) =>
      loaders.connection.load(of.connectorId),
  },
  Subscription: { setup: { subscribe: watchSetup } },
}

const schema = makeExecutableSchema({ typeDefs: readFileSync(process.env.SCHEMA_FILE ?? '', 'utf8'), resolvers })
const app = express()
const server = createServer(app)
useServer<{ token?: unknown }, { viewer?: Viewer }>(
  {
    schema,
    onConnect: async ({ connectionParams, extra }) => {
      const viewer = await viewerOf(connectionParams?.token)
      if (!viewer) return false
      extra.viewer = viewer
      return true
    },
    context: ({ extra }) => contextOf(extra.viewer ?? null),
  },
  new WebSocketServer({ server, path: '/graphql' }),
)
const apollo = new ApolloServer<Context>({ schema, introspection: false })
await apollo.start()
app.get('/oauth/callback', async (request, response) => {
  const received = await receiveCallback(request.query)
  if (!received) return void response.status(400).end()
  await changes.publish(channelOf(received.userId), received.change)
  response.redirect('/done')
})
app.use(
  '/graphql',
  express.json(),
  expressMiddleware(apollo, {
    context: async ({ req }) => contextOf(await viewerOfHeader(req.headers.authorization)),
  }),
)
server.keepAliveTimeout = 60_000
server.listen(settings.port, '127.0.0.1')

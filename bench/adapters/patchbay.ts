/** Patchbay as `npm run build:server` makes it, in service mode. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { globalId } from '../../src/domain/global-id.js'
import { expectedScreen, hasSetup, numbers, organizationOf, pluginOf, type Screen } from '../fixture/fixture.js'
import { type Command, type Contestant, expiry, type Place } from './contestant.js'
import { sign } from './jwt.js'
import { openAuthorizations } from './patchbay-authorizations.js'
import { AUDIENCE, ISSUER, pluginSlug, type Size, STANDARD, setupId } from './patchbay-facts.js'
import { fillCatalogue, fillPeople } from './patchbay-fixture.js'

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))
const SCREEN = `query Screen($slug: String!) { plugin(slug: $slug) { id name skills { id name summary }
  requirements { position scopes connector { id name connections { status grantedScopes } } }
  setup { status revision progress { done required } } } }`
const WATCH = `subscription Watch($id: ID!, $since: Int) { setupProgress(setupId: $id, since: $since) {
  revision status progress { done required }
  steps { id connection { status grantedScopes } authorization { id status } } } }`

interface Answer {
  data: {
    plugin: {
      name: string
      skills: { name: string }[]
      requirements: {
        scopes: string[]
        connector: { name: string; connections: { status: string; grantedScopes: string[] }[] }
      }[]
      setup: { status: string; progress: { done: number } } | null
    }
  }
}

interface Progress {
  setupProgress: {
    revision: number
    steps: { connection: { status: string } | null; authorization: { id: string; status: string } | null }[]
  }
}

export const revisionOf = (data: unknown): number => (data as Progress).setupProgress.revision

function readScreen(answer: unknown): Screen {
  const { name, skills, requirements, setup } = (answer as Answer).data.plugin
  return {
    plugin: name,
    skills: skills.map((skill) => skill.name),
    requirements: requirements.map(({ scopes, connector }) => ({
      connector: connector.name,
      scopes,
      status: connector.connections[0]?.status ?? null,
      grantedScopes: connector.connections[0]?.grantedScopes ?? null,
    })),
    setupStatus: setup?.status ?? 'NOT_STARTED',
    done: setup?.progress.done ?? 0,
    total: requirements.length,
  }
}

/**
 * As the fixture, except for what Patchbay derives itself: every connection misses a scope, so no step is done and each
 * setup needs attention. A connection without tokens is BROKEN.
 */
function expected(userId: number, pluginId: number): Screen {
  const screen = expectedScreen(userId, pluginId)
  const started = hasSetup(userId, pluginId) || pluginId === pluginOf(userId)
  return {
    ...screen,
    requirements: screen.requirements.map((need) => ({
      ...need,
      status: need.status === 'PENDING' ? 'BROKEN' : need.status,
    })),
    setupStatus: started ? 'NEEDS_ATTENTION' : 'NOT_STARTED',
    done: 0,
  }
}

function tokenOf({ jwtSecret }: Place, userId: number, roles: string[] = []): string {
  const org = String(organizationOf(userId))
  return sign(jwtSecret, { iss: ISSUER, aud: AUDIENCE, sub: String(userId), org, roles, exp: expiry() })
}

/** Development mode, because production refuses the token endpoint on loopback. The rest is as in production. */
export function commandOf(place: Omit<Place, 'pool'>, port: number): Command {
  return {
    args: [join(REPOSITORY, 'dist/main.js')],
    cwd: REPOSITORY,
    env: {
      NODE_ENV: 'production',
      PATCHBAY_ENV: 'development',
      PATCHBAY_SANDBOX: 'off',
      PATCHBAY_CHECK_INTERVAL: '21600',
      PATCHBAY_PORT: String(port),
      PATCHBAY_KEYS: place.encryptionKey,
      PATCHBAY_JWT_SECRET: place.jwtSecret,
      PATCHBAY_JWT_ISSUER: ISSUER,
      PATCHBAY_JWT_AUDIENCE: AUDIENCE,
      DATABASE_URL: place.databaseUrl,
      REDIS_URL: place.redisUrl,
    },
  }
}

/** @param size what the growth runs vary. The workloads ask only for what every size has. */
export function createPatchbay(size: Size = STANDARD): Contestant {
  return {
    name: 'patchbay',
    database: 'empty',
    async prepare(place) {
      await fillCatalogue(place, size, tokenOf(place, 0, ['patchbay:operator']), commandOf)
      for (const first of numbers(Math.ceil(size.users / 2_000)).map((chunk) => 1 + (chunk - 1) * 2_000)) {
        await fillPeople(place, size, numbers(Math.min(2_000, size.users - first + 1), first))
      }
      await place.pool.query('ANALYZE')
    },
    command: commandOf,
    screen: (place, userId, pluginId) => ({
      path: '/graphql',
      headers: { authorization: `Bearer ${tokenOf(place, userId)}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query: SCREEN, operationName: 'Screen', variables: { slug: pluginSlug(pluginId) } }),
    }),
    readScreen,
    expectedScreen: (userId, pluginId) => (size.connectionsPerUser === null ? expected(userId, pluginId) : null),
    openAuthorizations,
    watch: (place, userId, since) => ({
      path: '/graphql',
      init: { authorization: `Bearer ${tokenOf(place, userId)}` },
      subscribe: {
        query: WATCH,
        operationName: 'Watch',
        variables: { id: globalId('PluginSetup', setupId(userId, pluginOf(userId))), since },
      },
    }),
    isPushOf: (data, tag) =>
      (data as Progress).setupProgress.steps.some(
        ({ connection, authorization }) =>
          authorization?.id === tag && authorization.status === 'SUCCEEDED' && connection?.status === 'LIVE',
      ),
  }
}

/** The floor and the peers: servers of bench/contestants on the fixture's own tables. */
import { randomBytes } from 'node:crypto'
import { connectorAt, expectedScreen, organizationOf, pluginOf, type Screen } from '../fixture/fixture.js'
import { BUILT, SCHEMA_FILE } from './build.js'
import { type Contestant, expiry, type Place } from './contestant.js'
import { sign } from './jwt.js'

const SCREEN = `query Screen($pluginId: Int!) { plugin(id: $pluginId) { id name skills { id name description }
  requirements { position scopes connector { id name } connection { status grantedScopes } }
  setup { status version done total } } }`
const WATCH = `subscription Watch($pluginId: Int!) { setup(pluginId: $pluginId) {
  connection { connectorId status grantedScopes version } setup { status version done total } } }`
const OPEN = `INSERT INTO oauth_states
  SELECT *, 'verifier-verifier-verifier-verifier-verifier', now() + interval '10 minutes'
  FROM unnest($1::text[], $2::int[], $3::int[], $4::int[])`

interface Answer {
  data: {
    plugin: {
      name: string
      skills: { name: string }[]
      requirements: {
        scopes: string[]
        connector: { name: string }
        connection: { status: string; grantedScopes: string[] } | null
      }[]
      setup: { status: string; done: number; total: number }
    }
  }
}

function readScreen(answer: unknown): Screen {
  const { name, skills, requirements, setup } = (answer as Answer).data.plugin
  return {
    plugin: name,
    skills: skills.map((skill) => skill.name),
    requirements: requirements.map(({ connector, scopes, connection }) => ({
      connector: connector.name,
      scopes,
      status: connection?.status ?? null,
      grantedScopes: connection?.grantedScopes ?? null,
    })),
    setupStatus: setup.status,
    done: setup.done,
    total: setup.total,
  }
}

function tokenOf({ jwtSecret }: Place, userId: number): string {
  return sign(jwtSecret, { sub: String(userId), org: organizationOf(userId), exp: expiry() })
}

interface Differences {
  name: string
  file: string
  screenPath: string
  watchPath: string
  bodyOf(pluginId: number): object
}

function own({ name, file, screenPath, watchPath, bodyOf }: Differences): Contestant {
  return {
    name,
    database: 'fixture',
    prepare: async () => {},
    command: ({ databaseUrl, redisUrl, tokenUrl, jwtSecret, encryptionKey }, port) => ({
      args: [file],
      cwd: BUILT,
      env: {
        PORT: String(port),
        DATABASE_URL: databaseUrl,
        REDIS_URL: redisUrl,
        TOKEN_URL: tokenUrl,
        JWT_SECRET: jwtSecret,
        ENCRYPTION_KEY: encryptionKey,
        SCHEMA_FILE,
      },
    }),
    screen: (place, userId, pluginId) => ({
      path: screenPath,
      headers: { authorization: `Bearer ${tokenOf(place, userId)}`, 'content-type': 'application/json' },
      body: JSON.stringify(bodyOf(pluginId)),
    }),
    readScreen,
    expectedScreen,
    async openAuthorizations({ pool }, needs) {
      const opened = needs.map(({ userId, pluginId, position }) => ({
        state: randomBytes(24).toString('base64url'),
        userId,
        pluginId,
        connectorId: connectorAt(pluginId, position),
      }))
      await pool.query(OPEN, [
        opened.map(({ state }) => state),
        opened.map(({ userId }) => userId),
        opened.map(({ pluginId }) => pluginId),
        opened.map(({ connectorId }) => connectorId),
      ])
      return opened.map(({ state, connectorId }) => ({
        path: `/oauth/callback?state=${state}&code=code`,
        headers: {},
        tag: String(connectorId),
      }))
    },
    watch: (place, userId) => ({
      path: watchPath,
      init: { token: tokenOf(place, userId) },
      subscribe: { query: WATCH, variables: { pluginId: pluginOf(userId) } },
    }),
    isPushOf(data, tag) {
      const { connection } = (data as { setup: { connection: { connectorId: number; status: string } | null } }).setup
      return String(connection?.connectorId) === tag && connection?.status === 'LIVE'
    },
  }
}

const ofGraphql = {
  screenPath: '/graphql',
  watchPath: '/graphql',
  bodyOf: (pluginId: number) => ({ query: SCREEN, operationName: 'Screen', variables: { pluginId } }),
}

export const floor = own({
  name: 'floor',
  file: 'floor.js',
  screenPath: '/screen',
  watchPath: '/ws',
  bodyOf: (pluginId) => ({ pluginId }),
})
export const mercurius = own({ name: 'mercurius', file: 'mercurius.js', ...ofGraphql })
export const apollo = own({ name: 'apollo', file: 'apollo.js', ...ofGraphql })

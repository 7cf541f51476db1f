import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { openPostgres } from '../../src/database/postgres.js'
import { globalId } from '../../src/domain/global-id.js'
import { configureConnector } from '../../src/domain/publishing/configure-connector.js'
import { providerCatalogue } from '../../src/providers/catalogue.js'
import { createEnvelopeVault } from '../../src/vault/envelope-vault.js'
import { createKeyRing } from '../../src/vault/key-ring.js'
import { CONNECTOR, described, insertConnection } from '../../test/support/insert-connection.js'
import { type RotatingApp, startRotatingApp } from '../../test/support/rotating-app.js'
import { BUILT } from '../adapters/build.js'
import type { HttpRequest } from '../adapters/contestant.js'
import { commandOf } from '../adapters/patchbay.js'
import { type RunningServer, startServer } from '../rig/server.js'
import type { Services } from '../rig/services.js'

const ISSUER = 'bench'
const ORGANIZATION = 'bench'
const KEY_ID = 'benchbench'
const ISSUE = `mutation Issue($input: IssueAccessTokenInput!) { issueAccessToken(input: $input) {
  __typename ... on IssuedAccessToken { accessToken expiresAt scopes version } ... on Error { message } } }`

export interface TokenServer extends RunningServer {
  issue(subject: string): HttpRequest
  /** Resolves once all connections whose account starts like this are refreshed. */
  refresh(prefix: string): Promise<void>
}

/** An app with rotating refresh tokens, and Patchbay's tables, on which both contestants work. */
export interface Tokens extends AsyncDisposable {
  app: RotatingApp
  connect(subjects: readonly string[], facts: Record<string, unknown>): Promise<void>
  start(): Promise<TokenServer>
}

export async function prepareTokens(services: Services, name: 'floor' | 'patchbay'): Promise<Tokens> {
  const databaseUrl = await services.createDatabase('empty')
  const app = await startRotatingApp()
  const encryptionKey = randomBytes(32).toString('base64')
  const keySecret = randomBytes(32).toString('base64url')
  const vault = createEnvelopeVault(createKeyRing([encryptionKey]))
  const { db, close } = await openPostgres({
    url: databaseUrl,
    poolSize: 4,
    startTimeoutMs: 10_000,
    onConnectionLost: () => {},
  })
  await configureConnector(
    {
      db,
      notifier: { notify: () => {}, notifyCatalogue: () => {} },
      vault,
      providers: providerCatalogue,
      discover: () => Promise.reject(new Error('nothing is discovered here')),
      allowPrivate: true,
      refusesAddress: () => false,
    },
    {
      slug: CONNECTOR,
      name: 'Rotating',
      credentials: { clientId: 'patchbay', clientSecret: 'a-client-secret' },
      oauth2: described(app),
    },
  )
  await db.apiKey.create({
    data: {
      id: KEY_ID,
      name: 'bench',
      scopes: ['tokens:issue'],
      secretHash: createHash('sha256').update(keySecret).digest(),
      createdAt: new Date(),
    },
  })

  const authorization = { authorization: `Bearer pbk_${KEY_ID}_${keySecret}` }
  const logFile = join(services.folder, `${name}-tokens.log`)
  const isReady = async (url: string) => (await fetch(`${url}/readyz`)).ok
  const ofPrefix = (prefix: string) => ({ accountId: { startsWith: prefix } })

  async function startFloor(): Promise<TokenServer> {
    const env = {
      DATABASE_URL: databaseUrl,
      TOKEN_URL: `${app.url}/token`,
      ENCRYPTION_KEY: encryptionKey,
      API_KEY_SECRET: keySecret,
    }
    const server = await startServer({
      command: (port) => ({ args: ['tokens-floor.js'], cwd: BUILT, env: { ...env, PORT: String(port) } }),
      isReady,
      logFile,
    })
    return {
      ...server,
      issue: (subject) => ({ path: `/issue?subject=${subject}`, headers: authorization, body: '' }),
      async refresh(prefix) {
        await (await fetch(`${server.url}/refresh?prefix=${prefix}`, { method: 'POST' })).text()
      },
    }
  }

  async function startPatchbay(): Promise<TokenServer> {
    const { redisUrl } = services
    const place = { databaseUrl, redisUrl, encryptionKey, jwtSecret: keySecret, tokenUrl: app.url }
    const server = await startServer({ command: (port) => commandOf(place, port), isReady, logFile })
    return {
      ...server,
      issue(subject) {
        const input = { user: { subject, organization: ORGANIZATION }, connectorId: globalId('Connector', CONNECTOR) }
        const body = JSON.stringify({ query: ISSUE, operationName: 'Issue', variables: { input } })
        return { path: '/graphql', headers: { ...authorization, 'content-type': 'application/json' }, body }
      },
      async refresh(prefix) {
        const where = ofPrefix(prefix)
        await db.connection.updateMany({ where, data: { refreshDueAt: new Date(0) } })
        while ((await db.connection.count({ where: { ...where, tokenVersion: 1 } })) > 0) await pause(20)
      },
    }
  }

  return {
    app,
    async connect(subjects, facts) {
      for (const subject of subjects) {
        const user = { issuer: ISSUER, subject, organization: ORGANIZATION }
        await insertConnection({ db, vault, app }, user, subject, facts)
      }
    },
    start: name === 'floor' ? startFloor : startPatchbay,
    async [Symbol.asyncDispose]() {
      await close()
      await app[Symbol.asyncDispose]()
    },
  }
}

import { randomBytes } from 'node:crypto'
import { readConfig } from '../../src/config/environment.js'
import { CatalogueMemory } from '../../src/domain/catalogue/catalogue-memory.js'
import { loadCatalogue, readCatalogueRevision } from '../../src/domain/catalogue/load-catalogue.js'
import { createChecker } from '../../src/domain/connection/check/check-due.js'
import { createRefresher, type Refresher } from '../../src/domain/connection/refresh/refresher.js'
import type { Deps } from '../../src/domain/deps.js'
import { userIdOf } from '../../src/domain/identity/viewer.js'
import type { ClientCredentials } from '../../src/domain/ports/oauth-client.js'
import type { Vault } from '../../src/domain/ports/vault.js'
import { configureConnector } from '../../src/domain/publishing/configure-connector.js'
import { RateLimits } from '../../src/domain/rate-limit/rate-limits.js'
import { type IssuedToken, issueAccessToken, type TokenRequest } from '../../src/domain/token/issue-access-token.js'
import { createReadCandidates } from '../../src/domain/token/read-candidates.js'
import { createIssueRecorder } from '../../src/domain/token/record-issues.js'
import { createReadView } from '../../src/domain/view/read-view.js'
import { createGuardedFetch } from '../../src/outbound/guarded-fetch.js'
import { createOAuthClient } from '../../src/outbound/oauth-client.js'
import { providerCatalogue } from '../../src/providers/catalogue.js'
import { createEnvelopeVault } from '../../src/vault/envelope-vault.js'
import { createKeyRing } from '../../src/vault/key-ring.js'
import { openTestDatabase, type TestDatabase } from './database.js'
import { CONNECTOR, described, insertConnection } from './insert-connection.js'
import type { RotatingApp } from './rotating-app.js'

export const ISSUER = 'https://host.example'
export const ORGANIZATION = 'northwind'
const { rates } = readConfig({})
const KEY = { id: 'runtime', name: 'The runtime', scopes: new Set(['tokens:issue'] as const) }

/** The parts of one instance that keep connections alive, and nothing else. */
export interface Keeper {
  deps: Deps
  refresher: Refresher
  issue(account: string, request?: Partial<TokenRequest>): Promise<IssuedToken>
  checkDue(): Promise<number>
  /** The names of the telemetry events it sent, each with its first argument. */
  heard: string[]
}

/** A database with one connector for the given app, and any number of instances on it. */
export interface Keepers extends AsyncDisposable {
  database: TestDatabase
  vault: Vault
  keeper(change?: (deps: Deps) => Partial<Deps>, options?: { waitMs?: number; refreshesPerMinute?: number }): Keeper
  /** Adds a connector for another app. */
  configure(slug: string, app: RotatingApp, credentials?: ClientCredentials, oauth2?: object): Promise<void>
  /** Adds a connection of a new user, whose subject is the account. */
  connect(account: string, facts?: Record<string, unknown>): Promise<string>
  connection(account: string): Promise<Record<string, unknown> & { tokenVersion: number; status: string }>
}

export const userOf = (account: string) => ({ issuer: ISSUER, subject: account, organization: ORGANIZATION })

const MINUTE = 60_000
const CREDENTIALS: ClientCredentials = { clientId: 'patchbay', clientSecret: 'a-client-secret' }

export async function startKeepers(app: RotatingApp): Promise<Keepers> {
  const database = await openTestDatabase()
  const { db, sql } = database
  const vault = createEnvelopeVault(createKeyRing([randomBytes(32).toString('base64')]))
  const guarded = createGuardedFetch({ allowPrivate: true })
  const notifier = { notify: () => {}, notifyCatalogue: () => {} }
  const refreshers: Refresher[] = []

  function keeper(
    change: (deps: Deps) => Partial<Deps> = () => ({}),
    { waitMs, refreshesPerMinute = rates.refreshes }: { waitMs?: number; refreshesPerMinute?: number } = {},
  ): Keeper {
    const heard: string[] = []
    const telemetry = new Proxy({} as Deps['telemetry'], {
      get: (_target, name) => (first: unknown, second: unknown) =>
        void heard.push([String(name), first, ...(typeof second === 'string' ? [second] : [])].join(' ')),
    })
    const catalogue = new CatalogueMemory(
      (known) => loadCatalogue(sql, providerCatalogue, known),
      () => readCatalogueRevision(sql),
    )
    const usual: Deps = {
      db,
      sql,
      notifier,
      readView: createReadView(sql, catalogue),
      catalogue,
      vault,
      oauth: createOAuthClient(guarded.fetch, { allowInsecure: true }),
      telemetry,
      settings: {
        publicUrl: 'http://localhost',
        hostIssuers: { main: ISSUER, former: [], others: [], any: false },
        returnOrigins: new Set(),
        nativeReturns: [],
        checkEveryMs: 60 * MINUTE,
      },
    }
    const deps: Deps = { ...usual, ...change(usual) }
    const refresher = createRefresher(deps, waitMs)
    refreshers.push(refresher)
    const issuing = {
      ...deps,
      refresher,
      readCandidates: createReadCandidates(deps.sql),
      recordIssue: createIssueRecorder(deps.sql),
      rateLimits: new RateLimits({ perMinute: { ...rates, refreshes: refreshesPerMinute }, onRefused: () => {} }),
    }
    return {
      deps,
      refresher,
      heard,
      checkDue: createChecker(issuing).checkDue,
      issue: (account, request = {}) =>
        issueAccessToken(issuing, KEY, {
          user: userOf(account),
          connectorSlug: CONNECTOR,
          setupId: null,
          skill: null,
          connectionId: null,
          minTtlSeconds: 60,
          rejectedVersion: null,
          ...request,
        }),
    }
  }

  async function configure(
    slug: string,
    app: RotatingApp,
    credentials = CREDENTIALS,
    oauth2: object = described(app),
  ): Promise<void> {
    await configureConnector(
      {
        db,
        notifier,
        vault,
        providers: providerCatalogue,
        discover: async () => expectNever(),
        allowPrivate: true,
        refusesAddress: () => false,
      },
      {
        slug,
        name: 'Rotating',
        credentials,
        oauth2,
      },
    )
  }
  await configure(CONNECTOR, app)

  return {
    database,
    vault,
    keeper,
    configure,
    connect: (account, facts = {}) => insertConnection({ db, vault, app }, userOf(account), account, facts),
    async connection(account) {
      const row = await db.connection.findFirstOrThrow({ where: { userId: userIdOf(userOf(account)) } })
      return { ...row }
    },
    async [Symbol.asyncDispose]() {
      for (const refresher of refreshers) await refresher.close()
      await guarded.close()
      await database.close()
    },
  }
}

function expectNever(): never {
  throw new Error('nothing is discovered here')
}

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import { type Instance, type Parts, startInstance } from '../../src/app/app.js'
import { readConfig } from '../../src/config/environment.js'
import { globalId } from '../../src/domain/global-id.js'
import { createLogger } from '../../src/observability/logger.js'
import type { Sandbox } from '../../src/sandbox/sandbox.js'
import { openTestDatabase, type TestDatabase } from './database.js'
import { keepErrorLine } from './error-lines.js'
import { keepSeed, plantSeed } from './seed-rows.js'

export type PersonName = 'ada' | 'ben' | 'cleo'

export interface GraphQLAnswer<T> {
  data: T
  errors?: { message: string; path?: (string | number)[]; extensions?: { code?: string; requestId?: string } }[]
}

export interface Patchbay extends AsyncDisposable {
  url: string
  instance: Instance
  sandbox: Sandbox
  database: TestDatabase
  /** The environment of another instance of the same installation. */
  siblingEnv: Record<string, string>
  /** The lines that Patchbay logged, as JSON. */
  logged: string[]
  /** Returns a development token. Ada is an operator, Ben belongs to her organization, and Cleo to another one. */
  tokenFor(person: PersonName): Promise<string>
  /** Executes over HTTP, as a page of Patchbay's own origin would. */
  request(person: PersonName, query: string, variables?: object, headers?: Record<string, string>): Promise<Response>
  /** The same, and reads the response. The caller states its shape. */
  execute<T = Record<string, never>>(
    person: PersonName,
    query: string,
    variables?: object,
    headers?: Record<string, string>,
  ): Promise<GraphQLAnswer<T>>
  close(): Promise<void>
}

export const pluginId = (slug: string) => globalId('Plugin', slug)
export const connectorId = (slug: string) => globalId('Connector', slug)

/** Few users stand for many. */
const MANY_SCREENS = {
  PATCHBAY_WEBSOCKETS_PER_USER: '10000',
  PATCHBAY_EVENT_STREAMS_PER_USER: '10000',
  PATCHBAY_SUBSCRIPTIONS_PER_WEBSOCKET: '10000',
}

/** The limits that people have. */
export const FEW_SCREENS = {
  PATCHBAY_WEBSOCKETS_PER_USER: '10',
  PATCHBAY_EVENT_STREAMS_PER_USER: '20',
  PATCHBAY_SUBSCRIPTIONS_PER_WEBSOCKET: '20',
}

/** Makes an instance use this database and, on its own channel, the tests' Redis. */
export function serviceEnv({ url }: Pick<TestDatabase, 'url'>): Record<string, string> {
  if (url === undefined) return {}
  return {
    DATABASE_URL: url,
    REDIS_URL: inject('services').redis,
    PATCHBAY_REDIS_CHANNEL: `patchbay:${new URL(url).pathname.slice(1)}`,
  }
}

/**
 * A new Patchbay on free ports, with a database in memory and the sandbox's apps.
 * @param env more environment variables
 * @param parts replacements for its own parts
 */
export async function startPatchbay(env: Record<string, string> = {}, parts: Parts = {}): Promise<Patchbay> {
  const folder = await mkdtemp(join(tmpdir(), 'patchbay-'))
  const database = await openTestDatabase()
  const logged: string[] = []
  const keep = (line: string) => {
    logged.push(line)
    if (JSON.parse(line).level >= 50) keepErrorLine(line)
  }
  // Tests that wait for a check set an interval.
  const quiet = { PATCHBAY_CHECK_INTERVAL: '3600' }
  // Tests do in seconds what takes a person hours, and have no subscribers to spread when they end.
  const hasty = {
    PATCHBAY_AUTHORIZATIONS_PER_MINUTE: '0',
    PATCHBAY_CHANGES_PER_MINUTE: '0',
    PATCHBAY_UNKNOWN_PAGES_PER_MINUTE: '0',
    PATCHBAY_DRAIN_SPREAD: '0',
  }
  const own = { PATCHBAY_PORT: '0', PATCHBAY_DATA: folder }
  const common = { ...own, ...quiet, ...hasty, ...MANY_SCREENS, ...serviceEnv(database), ...env }
  const config = readConfig({ PATCHBAY_SANDBOX_PORT: '0', ...common })
  const logger = createLogger(config.logLevel, { write: (line: string) => keep(line) })
  if (config.sandboxPort !== undefined && !config.connectors) await plantSeed(database)
  const instance = await startInstance(config, logger, { ...parts, openDatabase: async () => database })
  const { url, sandbox } = instance
  if (!sandbox) throw new Error('tests run in development, where there is a sandbox')
  if (Object.keys({ ...env, ...parts }).length === 0) await keepSeed(database)
  const tokens = new Map<PersonName, Promise<string>>()

  const patchbay: Patchbay = {
    url,
    instance,
    sandbox,
    database,
    siblingEnv: { ...common, PATCHBAY_SANDBOX: 'off', PATCHBAY_PUBLIC_URL: url },
    logged,
    tokenFor(person) {
      const known = tokens.get(person)
      if (known) return known
      const token = fetch(`${url}/development/token?as=${person}`)
        .then((response) => response.json() as Promise<{ token: string }>)
        .then((body) => body.token)
      tokens.set(person, token)
      return token
    },
    async request(person, query, variables = {}, headers = {}) {
      return fetch(`${url}/graphql`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${await patchbay.tokenFor(person)}`,
          'content-type': 'application/json',
          accept: 'application/json',
          'sec-fetch-site': 'same-origin',
          ...headers,
        },
        body: JSON.stringify({ query, variables }),
      })
    },
    async execute(person, query, variables, headers) {
      const response = await patchbay.request(person, query, variables, headers)
      return response.json() as Promise<GraphQLAnswer<never>>
    },
    async close() {
      await instance.close()
      await rm(folder, { recursive: true, force: true })
    },
    [Symbol.asyncDispose]: () => patchbay.close(),
  }
  return patchbay
}

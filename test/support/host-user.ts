import { randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import { Browser } from './browser.js'
import { type Patchbay, pluginId } from './patchbay.js'
import { type Screen, subscribe, type TransportName } from './subscriber.js'

export const HOST_ORGANIZATION = 'hosted'
const SECRET = 'the host and Patchbay share this secret'
export const HOST_ISSUER = 'https://host.example'
const AUDIENCE = 'patchbay'

/** The environment of a Patchbay that accepts a host's tokens as well as the development ones. */
export const HOST = { PATCHBAY_JWT_SECRET: SECRET, PATCHBAY_JWT_ISSUER: HOST_ISSUER, PATCHBAY_JWT_AUDIENCE: AUDIENCE }

interface HostToken {
  lifetimeSeconds?: number
  subject?: string
  organization?: string
  /** Relative to now. If omitted, the token doesn't say when it was issued. */
  issuedInSeconds?: number
  operator?: boolean
}

/** A token of the host. By default for a new user. */
export function hostToken(options: HostToken = {}): Promise<string> {
  const { lifetimeSeconds = 3_600, subject = randomUUID(), organization = HOST_ORGANIZATION } = options
  const now = Math.floor(Date.now() / 1_000)
  const roles = options.operator ? ['patchbay:operator'] : []
  const token = new SignJWT({ sub: subject, org: organization, roles })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(HOST_ISSUER)
    .setAudience(AUDIENCE)
    .setExpirationTime(now + lifetimeSeconds)
  if (options.issuedInSeconds !== undefined) token.setIssuedAt(now + options.issuedInSeconds)
  return token.sign(new TextEncoder().encode(SECRET))
}

/** The browser of a user that no other test knows. */
export async function newUser(patchbay: Patchbay, token?: string): Promise<Browser> {
  const own = token ?? (await hostToken())
  return new Browser({ ...patchbay, tokenFor: async () => own }, 'ben')
}

/** Subscribes as the user of a browser. */
export function watching<T>(
  { patchbay, user }: Browser,
  query: string,
  variables: Record<string, unknown>,
  transport: TransportName,
): Promise<Screen<T>> {
  return subscribe<T>(patchbay, user, query, variables, transport)
}

interface Setup {
  id: string
  revision: number
}

/** Starts a setup, as the wizard does. */
export async function startSetup(browser: Browser, slug = 'meeting-assistant'): Promise<Setup> {
  const { data } = await browser.execute<{ startSetup: Setup }>(
    `mutation ($input: StartSetupInput!) { startSetup(input: $input) { ... on PluginSetup { id revision } } }`,
    { input: { pluginId: pluginId(slug) } },
  )
  return data.startSetup
}

/** Starts an authorization for the chat app, which all of the user's subscribers see. Raises the revision once. */
export async function change(browser: Browser): Promise<void> {
  await browser.authorize({ connector: 'acme-chat' })
}

export const SETUP = `subscription ($id: ID!, $since: Int) {
  setupProgress(setupId: $id, since: $since) {
    revision status
    plugin { version }
    progress { required done }
    steps { connector { slug } status authorization { status failure { code retryable } } }
  }
}`

export interface SetupScreen {
  setupProgress: {
    revision: number
    status: string
    plugin: { version: string }
    progress: { required: number; done: number }
    steps: {
      connector: { slug: string }
      status: string
      authorization: { status: string; failure: { code: string; retryable: boolean } | null } | null
    }[]
  } | null
}

export const CONNECTORS = `subscription ($ids: [ID!], $since: Int) {
  connectionStatus(connectorIds: $ids, since: $since) { revision connectors { slug connection { id status account { label } } } }
}`

export interface ConnectorsScreen {
  connectionStatus: {
    revision: number
    connectors: { slug: string; connection: { id: string; status: string; account: { label: string } } | null }[]
  }
}

export const AUTHORIZATION = `subscription ($id: ID!) {
  authorizationStatus(authorizationId: $id) { status failure { code retryable } connection { status } }
}`

export interface AuthorizationScreen {
  authorizationStatus: {
    status: string
    failure: { code: string; retryable: boolean } | null
    connection: { status: string } | null
  }
}

/** The statements that read everything that a user sees. */
export const isStateRead = (sql: string) => sql.includes('AS "catalogueRevision"')

/** Resolves when the nth read of what a user sees reaches the database. Later commits are not in it. */
export function stateReads({ database }: Patchbay, count: number): Promise<void> {
  return new Promise((resolve) => {
    let seen = 0
    const tap = database.tap((sql) => {
      if (!isStateRead(sql) || ++seen < count) return
      tap[Symbol.dispose]()
      resolve()
    })
  })
}

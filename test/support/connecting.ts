import { parseGlobalId } from '../../src/domain/global-id.js'
import type { Counters } from '../../src/sandbox/app-state.js'
import type { BehaviorPatch } from '../../src/sandbox/behavior.js'
import type { Browser, StartedAuthorization } from './browser.js'
import type { Patchbay, PersonName } from './patchbay.js'
import { control } from './sandbox-client.js'

interface ConnectionSeen {
  id: string
  status: string
  isDefault: boolean
  account: { id: string; label: string | null } | null
  grantedScopes: string[]
  accessTokenExpiresAt: string | null
  connector: { slug: string }
}

export interface AttemptSeen {
  status: string
  failure: { code: string; message: string; hint: string | null; retryable: boolean } | null
  connection: ConnectionSeen | null
}

const CONNECTION = 'id status isDefault account { id label } grantedScopes accessTokenExpiresAt connector { slug }'
const ATTEMPT = `status failure { code message hint retryable } connection { ${CONNECTION} }`

export const LIVE_ATTEMPT = `subscription ($id: ID!) { authorizationStatus(authorizationId: $id) { ${ATTEMPT} } }`

/** An authorization as its owner sees it. */
export async function attemptOf(patchbay: Patchbay, owner: PersonName, id: string): Promise<AttemptSeen> {
  const query = `query ($id: ID!) { node(id: $id) { ... on Authorization { ${ATTEMPT} } } }`
  const { data, errors } = await patchbay.execute<{ node: AttemptSeen }>(owner, query, { id })
  if (errors) throw new Error(JSON.stringify(errors))
  return data.node
}

export async function connectionsOf(patchbay: Patchbay, owner: PersonName): Promise<ConnectionSeen[]> {
  const query = `{ viewer { connections { ${CONNECTION} } } }`
  const { data } = await patchbay.execute<{ viewer: { connections: ConnectionSeen[] } }>(owner, query)
  return data.viewer.connections
}

/** One mutation with one input. Returns the name of the result's type and the requested fields. */
export async function mutate<T = object>(
  patchbay: Patchbay,
  person: PersonName,
  name: string,
  input: object,
  selection = '',
): Promise<{ __typename: string; message?: string } & T> {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input!`
  const query = `mutation ($input: ${type}) { ${name}(input: $input) { __typename ... on Error { message } ${selection} } }`
  const { data, errors } = await patchbay.execute<Record<string, { __typename: string } & T>>(person, query, { input })
  const result = data?.[name]
  if (errors || !result) throw new Error(JSON.stringify(errors))
  return result
}

/** Configures a connector that an operator describes, with `oauth2` in the shape of ProviderSchema. */
export async function configureConnector(patchbay: Patchbay, slug: string, oauth2: object, input: object = {}) {
  const credentials = { clientId: 'patchbay', clientSecret: 'a-client-secret' }
  const result = await mutate(patchbay, 'ada', 'configureConnector', {
    slug,
    name: slug,
    credentials,
    oauth2,
    ...input,
  })
  if (result.__typename !== 'Connector') throw new Error(result.message)
}

/** Returns the database's id of the object with this global id. */
export function rowId(globalId: string): string {
  return parseGlobalId(globalId)?.id ?? ''
}

export async function countersOf(patchbay: Patchbay, app = 'acme-mail'): Promise<Counters> {
  const response = await control(patchbay.sandbox, 'GET', `/${app}`)
  return ((await response.json()) as { counters: Counters }).counters
}

export async function script(patchbay: Patchbay, patch: BehaviorPatch, app = 'acme-mail'): Promise<void> {
  const response = await control(patchbay.sandbox, 'PATCH', `/${app}`, patch)
  if (!response.ok) throw new Error(await response.text())
}

/** Removes all users and resets the apps and counters. Connectors remain. */
export async function startAfresh(patchbay: Patchbay): Promise<void> {
  await patchbay.database.db.user.deleteMany()
  await patchbay.database.db.revocation.deleteMany()
  await control(patchbay.sandbox, 'POST', '/reset')
}

/** Opens an authorization's address, stops before the consent screen, and returns its address and parameters. */
export async function openConsent(browser: Browser, { url }: Pick<StartedAuthorization, 'url'>) {
  const response = await browser.person.open(url)
  const location = response.headers.get('location')
  if (!location) throw new Error(`No consent screen (${response.status}): ${await response.text()}`)
  const { searchParams } = new URL(location)
  const required = (name: string) => searchParams.get(name) ?? ''
  return { location, state: required('state'), redirectUri: required('redirect_uri'), parameters: searchParams }
}

/** Adds these parameters to an address. Undefined ones are left out. */
export function withParameters(address: string, parameters: Record<string, string | undefined>): string {
  const url = new URL(address)
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined) url.searchParams.delete(name)
    else url.searchParams.set(name, value)
  }
  return url.href
}

/** Stops scheduled jobs until disposed, so that only the tested request acts. */
export function withoutDueWork({ database }: Patchbay): Disposable {
  let resume = () => {}
  const paused = new Promise<void>((resolve) => {
    resume = resolve
  })
  const asksWhatIsDue = /"exchangeStartedAt" <= now\(\)|FROM "Revocation" WHERE "dueAt" <= now\(\)/
  const tap = database.tap((sql) => (asksWhatIsDue.test(sql) ? paused : undefined))
  return {
    [Symbol.dispose]() {
      tap[Symbol.dispose]()
      resume()
    },
  }
}

/**
 * Makes this many callbacks or confirmations wait for each other before any of them writes: callbacks where they consume
 * the state, and confirmations where they read the authorization. At most as many as there are connections can wait.
 */
export function meetBeforeWriting({ database }: Patchbay, count: number): Disposable {
  const meeting = Math.min(count, database.pool?.().max ?? count)
  let arrived = 0
  let letGo = () => {}
  const all = new Promise<void>((resolve) => {
    letGo = resolve
  })
  return database.tap((sql) => {
    if (!/"exchangeStartedAt" = now\(\)|WHERE tried\.id = \$1/.test(sql)) return undefined
    arrived++
    if (arrived >= meeting) letGo()
    return all
  })
}

/** Lets an authorization's deadline pass, by the database's clock. */
export async function passDeadline({ database }: Patchbay, id: string): Promise<void> {
  await database.db.$executeRaw`
    UPDATE "Authorization" SET "expiresAt" = now() - interval '1 second' WHERE id = ${rowId(id)}::uuid`
}

export async function sealedTokens({ database }: Patchbay, connectionId: string): Promise<string | undefined> {
  const row = await database.db.connectionToken.findUnique({ where: { connectionId: rowId(connectionId) } })
  return row ? Buffer.from(row.sealed).toString('hex') : undefined
}

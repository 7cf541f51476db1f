import { createKey } from '../../src/domain/access/api-key/create-key.js'
import type { ApiKeyScope } from '../../src/domain/identity/api-key-caller.js'
import { userIdOf } from '../../src/domain/identity/viewer.js'
import { Browser } from './browser.js'
import { HOST_ISSUER, hostToken } from './host-user.js'
import { type GraphQLAnswer, type Patchbay, pluginId } from './patchbay.js'
import { type Screen, subscribe, type TransportName } from './subscriber.js'

/** For commands that send no notifications, such as those of the command line. */
export const SILENT = { notify: () => {}, notifyCatalogue: () => {} }

export interface HostUser {
  subject: string
  organization: string
}

export function idOf(user: HostUser): string {
  return userIdOf({ issuer: HOST_ISSUER, ...user })
}

/** A token of the host. By default it was issued a moment ago. */
export function tokenOf(
  user: HostUser,
  options: { issuedInSeconds?: number; operator?: boolean } = {},
): Promise<string> {
  return hostToken({ issuedInSeconds: -1, ...options, ...user })
}

export interface Called<T> extends GraphQLAnswer<T> {
  status: number
}

/** Executes over HTTP with this token, as a page of Patchbay's own origin would. */
export async function call<T = Record<string, never>>(
  { url }: Pick<Patchbay, 'url'>,
  token: string,
  query: string,
  variables: object = {},
): Promise<Called<T>> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json',
      'sec-fetch-site': 'same-origin',
    },
    body: JSON.stringify({ query, variables }),
  })
  return { status: response.status, ...((await response.json()) as GraphQLAnswer<T>) }
}

/** Calls one mutation. `selection` applies to its success type. */
export async function mutateAs<T = Record<string, never>>(
  patchbay: Pick<Patchbay, 'url'>,
  token: string,
  name: string,
  input: object,
  selection = '',
): Promise<{ __typename: string; message?: string } & T> {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input!`
  const query = `mutation ($input: ${type}) { ${name}(input: $input) { __typename ... on Error { message } ${selection} } }`
  const { data, errors } = await call<Record<string, { __typename: string } & T>>(patchbay, token, query, { input })
  const result = data?.[name]
  if (errors || !result) throw new Error(JSON.stringify(errors))
  return result
}

let keys = 0

/** A new API key. */
export async function keyFor({ database }: Patchbay, ...scopes: ApiKeyScope[]) {
  const { key, row } = await createKey(database, { name: `key ${++keys}`, scopes })
  return { key, id: row.id }
}

export interface Session {
  token: string
  expiresAt: string
  setup: { id: string; status: string }
}

/** A setup session, as a host's back end requests one. */
export async function sessionFor(
  patchbay: Pick<Patchbay, 'url'>,
  key: string,
  user: HostUser & { name?: string; organizationName?: string },
  { plugin = 'meeting-assistant', minutes }: { plugin?: string; minutes?: number } = {},
): Promise<Session> {
  const input = { user, pluginId: pluginId(plugin), ...(minutes !== undefined && { minutes }) }
  const selection = '... on SetupSession { token expiresAt setup { id status } }'
  const result = await mutateAs<Session>(patchbay, key, 'createSetupSession', input, selection)
  if (result.__typename !== 'SetupSession') throw new Error(result.message)
  return result
}

/** Starts a user's setup and returns its id. */
export async function setupOf(patchbay: Pick<Patchbay, 'url'>, token: string, plugin = 'meeting-assistant') {
  const selection = '... on PluginSetup { id }'
  const input = { pluginId: pluginId(plugin) }
  return (await mutateAs<{ id: string }>(patchbay, token, 'startSetup', input, selection)).id
}

/** The browser of the user who has this token. */
export function browserWith(patchbay: Pick<Patchbay, 'url'>, token: string): Browser {
  return new Browser({ url: patchbay.url, tokenFor: async () => token }, 'ben')
}

/** Subscribes as the user who has this token. */
export function watchAs<T>(
  patchbay: Pick<Patchbay, 'url'>,
  token: string,
  query: string,
  variables: Record<string, unknown>,
  transport: TransportName,
): Promise<Screen<T>> {
  return subscribe<T>({ url: patchbay.url, tokenFor: async () => token }, 'ben', query, variables, transport)
}

export const PROGRESS = 'subscription ($id: ID!) { setupProgress(setupId: $id) { revision status } }'

export interface ProgressScreen {
  setupProgress: { revision: number; status: string } | null
}

import type { IncomingMessage } from 'node:http'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { AppState } from './app-state.js'
import type { Behavior } from './behavior.js'
import { isRecord } from './scripted-request.js'

type Claims = Record<string, unknown>

/** Where other apps put the account. `composite` has one user in a team for each account. */
const ACCOUNTS: Readonly<Record<NonNullable<Behavior['accountForm']>, (claims: Claims, index: number) => unknown>> = {
  composite: ({ email, name }, index) => ({
    team: { id: `T${index + 1}`, name: `Team ${index + 1}` },
    user: { id: 'U1', email, name },
  }),
  in_list: ({ sub, email, name }) => ({ values: [{ account_id: sub, email, name }] }),
  // As text, because these numbers are too large for JavaScript.
  large_number: ({ email }, index) =>
    `{"id":${9_007_199_254_740_992n + BigInt(index)},"email":${JSON.stringify(email)}}`,
  dotted: ({ sub, email }) => ({ 'acme.user': sub, 'acme.email': email }),
}

/** Rewrites an account as scripted. Errors stay as they are. */
export function rewriteAccount(ctx: KoaContextWithOIDC, { app, behavior }: AppState): void {
  const claims = ctx.body
  if (!isRecord(claims) || typeof claims.sub !== 'string') return
  const index = app.accounts.findIndex(({ id }) => id === claims.sub)
  const account = behavior.accountForm === null ? claims : ACCOUNTS[behavior.accountForm](claims, index)
  ctx.body = behavior.identityNeeds === 'graphql' ? { data: { viewer: account } } : account
  ctx.type = 'json'
}

/** Returns whether the identity call is as the script wants it. If so, it becomes the standard's. */
export function acceptIdentityCall(ctx: KoaContextWithOIDC, { behavior }: AppState, body: string): boolean {
  const { identityNeeds } = behavior
  if (identityNeeds === null) return true
  if (identityNeeds === 'header' ? ctx.get('acme-version') !== '' : ctx.method === 'POST' && isQuery(body)) {
    ctx.method = 'GET'
    return true
  }
  ctx.status = 400
  const message = identityNeeds === 'header' ? 'The header Acme-Version is missing.' : 'POST a GraphQL query.'
  ctx.body = { error: 'bad_request', message }
  return false
}

function isQuery(body: string): boolean {
  try {
    const { query } = JSON.parse(body)
    return typeof query === 'string' && query.includes('viewer')
  } catch {
    return false
  }
}

/** The values that other apps send with their tokens and callbacks, because requests to them need these. */
export const EXTRA_VALUES = {
  tokens: (issuer: string) => ({ instance_url: `${issuer}/api`, workspace_id: 'W42' }),
  callback: { realmId: '4620816365178965' },
  lookup: { dc: 'eu1' },
} as const

/** Adds what the script wants to the callback that brings a code. */
export function addToCallback(ctx: KoaContextWithOIDC, { behavior }: AppState, issuer: string): void {
  const location = ctx.response.get('location')
  if (!URL.canParse(location)) return
  const url = new URL(location)
  if (!url.searchParams.has('code')) return
  const { addValues, accountsServer } = behavior
  const server = accountsServer === 'own' ? new URL(issuer).origin : 'https://accounts.elsewhere.example'
  const added = { ...(addValues && EXTRA_VALUES.callback), ...(accountsServer && { 'accounts-server': server }) }
  for (const [name, value] of Object.entries(added)) url.searchParams.set(name, value)
  ctx.set('location', url.href)
}

const METADATA = '/.well-known/openid-configuration'
const METADATA_PATHS = [METADATA, '/.well-known/oauth-authorization-server']
/** Requests for metadata at the path that RFC 8414 §3.1 inserts before the issuer's. */
const inserted = new WeakSet<IncomingMessage>()

/** Leads a request for metadata at the inserted path to the app that it is about. */
export function readInsertedPath(request: IncomingMessage): void {
  const [, slug] = /^\/\.well-known\/oauth-authorization-server\/([^/?]+)$/.exec(request.url ?? '') ?? []
  if (slug === undefined) return
  request.url = `/${slug}${METADATA}`
  inserted.add(request)
}

/** Returns whether the app has no metadata where the request looks for it. */
export function hasNoMetadata(ctx: KoaContextWithOIDC, { behavior }: AppState): boolean {
  return METADATA_PATHS.includes(ctx.path) && inserted.has(ctx.req) !== (behavior.metadataForm === 'inserted')
}

/** Writes the metadata's issuer as one for every tenant. The app's own name then is the tenant. */
export function rewriteMetadata(ctx: KoaContextWithOIDC, { behavior }: AppState, issuer: string): void {
  if (behavior.metadataForm !== 'tenant_template' || !METADATA_PATHS.includes(ctx.path) || !isRecord(ctx.body)) return
  ctx.body.issuer = `${new URL(issuer).origin}/{tenantid}`
}

import { providerCatalogue, readProvider } from '../../src/providers/catalogue.js'
import { mutate } from './connecting.js'
import { EMULATED_CLIENT, type EmulatedService, type Emulators, movedTo } from './emulators.js'
import type { Patchbay } from './patchbay.js'

/** A provider of the catalogue, and how to try it with an emulator. */
export interface Emulated {
  provider: string
  service: EmulatedService
  /** Paths of the provider that are different at the emulator. */
  paths?: Record<string, string>
  variables?: Record<string, string>
  scopes: string[]
  /** What to click on the emulator's page. */
  login: string
  /** How Patchbay names the account. */
  label: string
  /** A call below the API's address whose response only this account gets, and what it contains. */
  call: { path: string; query?: string; contains: string }
  /** Whether access tokens expire and are refreshed. */
  refreshes: boolean
}

const ADA = 'ada@northwind.example'

/**
 * Google documents these paths on the hosts oauth2.googleapis.com and openidconnect.googleapis.com. The emulator has all
 * on one host, at the paths of its own discovery document.
 */
const GOOGLE_PATHS = { '/token': '/oauth2/token', '/revoke': '/oauth2/revoke', '/v1/userinfo': '/oauth2/v2/userinfo' }

const google = (provider: string, scope: string, path: string, contains: string): Emulated => ({
  provider,
  service: 'google',
  paths: GOOGLE_PATHS,
  scopes: [`https://www.googleapis.com/auth/${scope}`],
  login: ADA,
  label: ADA,
  call: { path, contains },
  refreshes: true,
})

/**
 * What the emulators leave out, and tests of Patchbay cover with apps of their own: they ask nobody for scopes, and
 * grant all of them under the requested names. Google documents `userinfo.email` for `email`, and a refresh token only
 * with `access_type=offline`. Microsoft documents responses without `offline_access`, which asks for the refresh token.
 * Those of GitHub and Slack have neither PKCE nor tokens that expire. None sends `iss` or an error to the callback.
 * Apple's has no provider in the catalogue, because a sign-in with Apple gives access to no API.
 */
export const EMULATED: Emulated[] = [
  google('google', 'drive.readonly', '/drive/v3/files', 'Plans'),
  google('google-mail', 'gmail.readonly', '/gmail/v1/users/me/messages?q=Lunch', '"resultSizeEstimate":1'),
  google('google-calendar', 'calendar.readonly', '/users/me/calendarList', 'Northwind'),
  google('google-drive', 'drive.readonly', '/files', 'Plans'),
  {
    // GitHub documents a comma between granted scopes, and the emulator repeats the request's spaces.
    provider: 'github',
    service: 'github',
    scopes: ['repo', 'read:user'],
    login: 'ada',
    label: 'ada',
    call: { path: '/user', contains: '"login":"ada"' },
    refreshes: false,
  },
  {
    provider: 'slack',
    service: 'slack',
    scopes: ['users:read', 'users.profile:read'],
    login: 'ada',
    label: 'ada · Northwind',
    call: { path: '/users.profile.get', contains: ADA },
    refreshes: false,
  },
  {
    // Microsoft documents a tenant, such as `common`, in front of these paths. The emulator knows it only in metadata.
    provider: 'microsoft',
    service: 'microsoft',
    paths: {
      '/common/oauth2/v2.0/authorize': '/oauth2/v2.0/authorize',
      '/common/oauth2/v2.0/token': '/oauth2/v2.0/token',
    },
    scopes: ['User.Read'],
    login: ADA,
    label: ADA,
    call: { path: '/me', contains: ADA },
    refreshes: true,
  },
  {
    provider: 'linear',
    service: 'linear',
    scopes: ['read', 'write'],
    login: ADA,
    label: `${ADA} · Northwind`,
    call: { path: '', query: '{ viewer { email } }', contains: ADA },
    refreshes: true,
  },
  {
    provider: 'okta',
    service: 'okta',
    variables: { subdomain: 'northwind' },
    scopes: ['okta.users.read'],
    login: ADA,
    label: ADA,
    call: { path: '/users/me', contains: ADA },
    refreshes: true,
  },
]

/** The name of the app, in the catalogue and in connectors. */
export const nameOf = (provider: string) => readProvider(provider)?.name ?? provider

/** Configures a connector that differs from the catalogue's provider only in its addresses. */
export async function configureEmulated(
  patchbay: Patchbay,
  emulators: Emulators,
  { provider, service, paths, variables = {}, scopes }: Emulated,
): Promise<void> {
  const known = providerCatalogue.get(provider)
  if (!known) throw new Error(`The catalogue has no provider ${provider}.`)
  const settings = movedTo(emulators.urlOf(service), known, paths)
  const input = { slug: provider, name: nameOf(provider), provider, variables, settings, defaultScopes: scopes }
  const result = await mutate(patchbay, 'ada', 'configureConnector', { ...input, credentials: EMULATED_CLIENT })
  if (result.__typename !== 'Connector') throw new Error(result.message)
}

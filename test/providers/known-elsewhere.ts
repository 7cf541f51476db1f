import { readdir } from 'node:fs/promises'
import type { OAuth2Config, OAuthUserConfig } from '@auth/core/providers'
import * as arctic from 'arctic'
import grant from 'grant/config/oauth.json' with { type: 'json' }
import { vi } from 'vitest'
import { providerCatalogue } from '../../src/providers/catalogue.js'

/** A provider of ours, as another library has it. */
export interface Known {
  library: 'grant' | 'arctic' | '@auth/core'
  provider: string
  authorizationUrl: string
  tokenUrl: string
}

const slugs = providerCatalogue.slugs()
const google = slugs.filter((slug) => slug === 'youtube' || slug.startsWith('google'))
const microsoft = slugs.filter((slug) => /^(?:microsoft|one-|outlook|sharepoint)/.test(slug))

/** What the libraries call those of ours that have another name, or that are several apps of one company. */
const OURS: Readonly<Record<string, readonly string[]>> = {
  atlassian: ['atlassian', 'confluence', 'jira'],
  battlenet: ['battle-net'],
  'click-up': ['clickup'],
  constantcontact: ['constant-contact'],
  google,
  infusionsoft: ['keap'],
  intuit: ['quickbooks'],
  microsoft,
  microsoftentraid: microsoft,
  timelyapp: ['timely'],
  twitter2: ['twitter'],
  visualstudio: ['azure-devops'],
  zoho: slugs.filter((slug) => slug.startsWith('zoho-')),
}

function oursOf(name: string): readonly string[] {
  if (Object.hasOwn(OURS, name)) return OURS[name] ?? []
  return slugs.includes(name) ? [name] : []
}

/** Stands for what differs for each customer. A few libraries also ask for what is the same for all in our file. */
const CUSTOMER = 'acme'
const SERVERS = { gitea: 'gitea.com', gitlab: 'gitlab.com', mastodon: 'mastodon.social' }
const serverOf = (name: string) => new Map(Object.entries(SERVERS)).get(name) ?? CUSTOMER

export async function knownElsewhere(): Promise<Known[]> {
  return [...inGrant(), ...(await inArctic()), ...(await inAuthCore())]
}

function inGrant(): Known[] {
  return Object.entries(grant).flatMap(([name, entry]) => {
    if (entry.oauth !== 2) return []
    const filled = (url: string) => url.replaceAll('[subdomain]', serverOf(name))
    const urls = { authorizationUrl: filled(entry.authorize_url), tokenUrl: filled(entry.access_url) }
    return oursOf(name).map((provider) => ({ library: 'grant', provider, ...urls }))
  })
}

/** What a class of arctic takes before the client. */
const ARGUMENTS: Readonly<Record<string, readonly (string | null)[]>> = {
  Auth0: [`${CUSTOMER}.auth0.com`],
  Gitea: [`https://${SERVERS.gitea}`],
  GitLab: [`https://${SERVERS.gitlab}`],
  Mastodon: [`https://${SERVERS.mastodon}`],
  MicrosoftEntraId: ['common'],
  Okta: [`${CUSTOMER}.okta.com`, null],
  Salesforce: ['login.salesforce.com'],
}

interface ArcticProvider {
  createAuthorizationURL(...args: unknown[]): URL
  validateAuthorizationCode(...args: unknown[]): Promise<unknown>
}

async function inArctic(): Promise<Known[]> {
  const found: Known[] = []
  for (const [name, Provider] of Object.entries(arctic)) {
    const ours = oursOf(name.toLowerCase())
    if (ours.length === 0 || typeof Provider !== 'function') continue
    const client = ['id', 'secret', 'https://patchbay.example/callback']
    const provider: ArcticProvider = Reflect.construct(Provider, [...(ARGUMENTS[name] ?? []), ...client])
    const { length } = provider.createAuthorizationURL
    const args = ['state', ...(length === 3 ? ['verifier'] : []), []].slice(0, length)
    const { href } = provider.createAuthorizationURL(...args)
    const tokenUrl = await requestedBy(() => provider.validateAuthorizationCode('code', 'verifier'))
    found.push(...ours.map((slug): Known => ({ library: 'arctic', provider: slug, authorizationUrl: href, tokenUrl })))
  }
  return found
}

/** Returns the URL that would have been asked. */
async function requestedBy(exchange: () => Promise<unknown>): Promise<string> {
  const asked: string[] = []
  vi.stubGlobal('fetch', async (request: Request) => {
    asked.push(request.url)
    return Response.json({ error: 'invalid_grant' }, { status: 400 })
  })
  try {
    await exchange().catch(() => {})
  } finally {
    vi.unstubAllGlobals()
  }
  return asked[0] ?? ''
}

interface AuthCoreModule {
  default(options: OAuthUserConfig<object> & Record<string, unknown>): Partial<OAuth2Config<object>>
}

/** Those that only have an issuer have no endpoints to compare. */
async function inAuthCore(): Promise<Known[]> {
  const found: Known[] = []
  for (const file of await readdir('node_modules/@auth/core/providers')) {
    const [, name] = /^([\w-]+)\.js$/.exec(file) ?? []
    const ours = name === undefined ? [] : oursOf(name)
    if (name === undefined || ours.length === 0) continue
    const { default: describe }: AuthCoreModule = await import(`@auth/core/providers/${name}`)
    const origin = `https://${serverOf(name)}`
    const server = name in SERVERS ? { baseUrl: origin, issuer: origin } : {}
    const { authorization, token } = describe({ clientId: 'id', accountId: CUSTOMER, ...server })
    const [authorizationUrl, tokenUrl] = [urlOf(authorization), urlOf(token)]
    if (authorizationUrl === undefined || tokenUrl === undefined) continue
    found.push(...ours.map((provider): Known => ({ library: '@auth/core', provider, authorizationUrl, tokenUrl })))
  }
  return found
}

function urlOf(endpoint: string | { url?: string | undefined } | undefined): string | undefined {
  return typeof endpoint === 'string' ? endpoint : endpoint?.url
}

import { createEmulator, type Emulator, type ServiceName } from 'emulate'
import type { Provider } from '../../src/domain/catalogue/provider.js'
import { providerCatalogue } from '../../src/providers/catalogue.js'
import type { Patchbay } from './patchbay.js'
import type { Callback, Person } from './person.js'

export const EMULATED_CLIENT = { clientId: 'patchbay', clientSecret: 'a-client-secret' }

/**
 * The emulators treat a token that they don't know as the first user's. The providers return an error instead. So the
 * accounts that tests connect come second.
 */
const STRANGER = { email: 'stranger@southwind.example', name: 'Stranger' }
const ADA = { email: 'ada@northwind.example', name: 'Ada Northwind' }

const SEEDS = {
  google: {
    users: [STRANGER, ADA],
    messages: [{ user_email: ADA.email, from: 'ben@northwind.example', to: ADA.email, subject: 'Lunch?' }],
    calendars: [{ user_email: ADA.email, id: 'northwind', summary: 'Northwind', primary: true }],
    drive_items: [{ user_email: ADA.email, name: 'Plans', mime_type: 'text/plain', parent_ids: ['root'] }],
  },
  github: {
    users: [
      { login: 'stranger', ...STRANGER },
      { login: 'ada', ...ADA },
    ],
    repos: [{ owner: 'ada', name: 'notes', private: true }],
  },
  slack: { team: { name: 'Northwind', domain: 'northwind' }, users: [{ ...ADA, name: 'ada', real_name: ADA.name }] },
  microsoft: { users: [STRANGER, ADA] },
  linear: { organization: { name: 'Northwind', url_key: 'northwind' }, users: [STRANGER, ADA] },
  okta: {
    users: [
      { login: STRANGER.email, email: STRANGER.email },
      { login: ADA.email, email: ADA.email, first_name: 'Ada', last_name: 'Northwind' },
    ],
  },
  stripe: {},
} satisfies Partial<Record<ServiceName, object>>

export type EmulatedService = keyof typeof SEEDS

export interface Emulators extends AsyncDisposable {
  urlOf(service: EmulatedService): string
}

/** Starts an emulator of each service, with Patchbay as its client. They keep everything in memory. */
export async function startEmulators(
  patchbay: Pick<Patchbay, 'url'>,
  services: readonly EmulatedService[],
): Promise<Emulators> {
  const { clientId, clientSecret } = EMULATED_CLIENT
  const redirectUris = providerCatalogue.slugs().map((slug) => `${patchbay.url}/oauth/callback/${slug}`)
  const client = { client_id: clientId, client_secret: clientSecret, name: 'Patchbay', redirect_uris: redirectUris }
  const running = new Map<EmulatedService, Emulator>()
  for (const service of services) {
    const clients = { oauth_clients: [client], oauth_apps: [{ ...client, scopes: ['read', 'write'] }] }
    const seed = { [service]: { ...SEEDS[service], ...clients } }
    running.set(service, await createEmulator({ service, port: 0, seed }))
  }
  return {
    urlOf(service) {
      const emulator = running.get(service)
      if (!emulator) throw new Error(`The emulator of ${service} doesn't run.`)
      return emulator.url
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...running.values()].map((emulator) => emulator.close()))
    },
  }
}

/**
 * Returns the settings that move a provider of the catalogue to its emulator: every address keeps its path.
 * @param paths the paths that are different there
 */
export function movedTo(url: string, provider: Provider, paths: Readonly<Record<string, string>> = {}): object {
  const moved = (address: string) => {
    // Not as a URL, which would encode the braces of variables.
    const path = address.replace(/^https:\/\/[^/]+/, '')
    return `${url}${paths[path] ?? path}`
  }
  const { authorizationUrl, tokenUrl, revocationUrl, issuer, identity, api } = provider
  return {
    authorizationUrl: moved(authorizationUrl),
    tokenUrl: moved(tokenUrl),
    ...(revocationUrl && { revocationUrl: moved(revocationUrl) }),
    ...(issuer && { issuer: moved(issuer) }),
    ...(identity?.url && { identity: { url: moved(identity.url) } }),
    ...(api.baseUrl && { api: { baseUrl: moved(api.baseUrl) } }),
  }
}

/** Chooses an account on the emulator's page, which asks for nothing else, and returns what goes back to the client. */
export async function chooseAccount(person: Person, authorizationUrl: string, login: string): Promise<Callback> {
  const page = await person.open(authorizationUrl)
  const html = await page.text()
  const form = html.split('<form').find((each) => each.includes(`<span class="user-login">${login}</span>`))
  if (!form) throw new Error(`No account ${login} at ${authorizationUrl} (${page.status}): ${html}`)
  const fields = [...form.matchAll(/name="([^"]*)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value])
  const action = /action="([^"]*)"/.exec(form)?.[1] ?? ''
  const body = new URLSearchParams(fields.map(([name = '', value = '']) => [name, value.replaceAll('&amp;', '&')]))
  const response = await person.open(new URL(action, authorizationUrl), { method: 'POST', body })
  const callbackUrl = response.headers.get('location')
  if (!callbackUrl) throw new Error(`No way back from ${action} (${response.status}): ${await response.text()}`)
  return { callbackUrl, method: 'GET' }
}

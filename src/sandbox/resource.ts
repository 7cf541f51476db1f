import { type Context, Hono } from 'hono'
import type { AppState } from './app-state.js'
import { EXTRA_VALUES } from './odd-answers.js'
import type { Provider } from './provider.js'

/** The app's own API, for clients with one of its access tokens: `GET <issuer>/api/<path>` (RFC 6750). */
export function resourceRoutes(provider: Provider, state: AppState) {
  const { resource } = state.app
  const routes = new Hono()

  const tokenOf = async (c: Context) => {
    const [scheme, value = ''] = (c.req.header('authorization') ?? '').split(' ')
    const token = scheme?.toLowerCase() === 'bearer' ? await provider.AccessToken.find(value) : undefined
    return token && (await provider.Grant.find(token.grantId)) ? token : undefined
  }
  const refuse = (c: Context) => {
    c.header('WWW-Authenticate', 'Bearer error="invalid_token"')
    return c.json({ error: 'invalid_token' }, 401)
  }

  routes.get(`/${resource.path}`, async (c) => {
    state.count('resource')
    const token = await tokenOf(c)
    if (!token) return refuse(c)
    if (!token.scopes.has(resource.scope)) {
      c.header('WWW-Authenticate', `Bearer error="insufficient_scope", scope="${resource.scope}"`)
      return c.json({ error: 'insufficient_scope', scope: resource.scope }, 403)
    }
    return c.json({ account: token.accountId, [resource.path]: resource.items })
  })

  // For connectors that look up where an account is.
  routes.get('/whereami', (c) => c.json(EXTRA_VALUES.lookup))

  // For connectors of apps whose tokens are for several sites.
  routes.get('/sites', async (c) => ((await tokenOf(c)) ? c.json(sites(state.behavior.sites)) : refuse(c)))

  return routes
}

const SITE_NAMES = ['Customer support', 'Internal help', 'Returns']

function sites(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    id: `site-${index + 1}`,
    name: SITE_NAMES[index] ?? `Site ${index + 1}`,
  }))
}

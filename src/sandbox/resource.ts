import { Hono } from 'hono'
import type { AppState } from './app-state.js'
import { EXTRA_VALUES } from './odd-answers.js'
import type { Provider } from './provider.js'

/** The app's own API, for clients with one of its access tokens: `GET <issuer>/api/<path>` (RFC 6750). */
export function resourceRoutes(provider: Provider, state: AppState) {
  const { resource } = state.app
  const routes = new Hono()

  routes.get(`/${resource.path}`, async (c) => {
    state.count('resource')
    const [scheme, value = ''] = (c.req.header('authorization') ?? '').split(' ')
    const token = scheme?.toLowerCase() === 'bearer' ? await provider.AccessToken.find(value) : undefined
    const grant = token && (await provider.Grant.find(token.grantId))
    if (!token || !grant) {
      c.header('WWW-Authenticate', 'Bearer error="invalid_token"')
      return c.json({ error: 'invalid_token' }, 401)
    }
    if (!token.scopes.has(resource.scope)) {
      c.header('WWW-Authenticate', `Bearer error="insufficient_scope", scope="${resource.scope}"`)
      return c.json({ error: 'insufficient_scope', scope: resource.scope }, 403)
    }
    return c.json({ account: token.accountId, [resource.path]: resource.items })
  })

  // For connectors that look up where an account is.
  routes.get('/whereami', (c) => c.json(EXTRA_VALUES.lookup))

  return routes
}

import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import type { AppState } from './app-state.js'
import { send } from './interactions.js'
import { accountPage, problemPage, signedInPage } from './pages/consent-pages.js'
import { type Provider, SESSION_SECONDS } from './provider.js'

type SignInContext = Context<{ Bindings: HttpBindings }>

/** Sign-in at the app itself, outside any authorization: `<issuer>/sign-in`. */
export function signInRoutes(issuer: string, provider: Provider, state: AppState) {
  const { app } = state
  const path = new URL(issuer).pathname
  const routes = new Hono<{ Bindings: HttpBindings }>()

  routes.get('/', async (c) => {
    const session = await sessionOf(c)
    const account = app.accounts.find((each) => each.id === session.accountId)
    return send(c, await (account ? signedInPage(app, account, path) : accountPage(app, `${path}/sign-in`)))
  })

  routes.post('/', async (c) => {
    const { account } = await c.req.parseBody()
    if (!app.accounts.some((each) => each.id === account)) {
      return send(c, await problemPage(app, 'This account doesn’t exist. Go back and choose another one.'), 400)
    }
    await (await sessionOf(c)).destroy()
    const session = new provider.Session()
    session.loginAccount({ accountId: String(account) })
    await session.save(SESSION_SECONDS)
    koaContext(c).cookies.set(provider.cookieName('session'), session.jti, {
      httpOnly: true,
      sameSite: 'lax',
      path,
      maxAge: SESSION_SECONDS * 1000,
    })
    return c.redirect(`${path}/sign-in`, 303)
  })

  routes.post('/out', async (c) => {
    await (await sessionOf(c)).destroy()
    return c.redirect(`${path}/sign-in`, 303)
  })

  return routes

  function koaContext(c: SignInContext) {
    return provider.createContext(c.env.incoming, c.env.outgoing)
  }

  function sessionOf(c: SignInContext) {
    return provider.Session.get(koaContext(c))
  }
}

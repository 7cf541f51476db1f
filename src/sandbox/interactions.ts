import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import type { InteractionResults } from 'oidc-provider'
import type { AppState } from './app-state.js'
import { type CallbackWithoutCode, callbacksWithoutCode } from './behavior.js'
import { accountPage, consentPage, problemPage, signInFirstPage } from './pages/consent-pages.js'
import type { Page } from './pages/page.js'
import type { Provider } from './provider.js'

type InteractionContext = Context<{ Bindings: HttpBindings }, '/:uid'>
type Details = Awaited<ReturnType<Provider['interactionDetails']>>

/** Prompts that ask for a new sign-in even if there is a session. */
const signInPrompts = new Set(['login', 'select_account'])

const DENIED = { error: 'access_denied', error_description: 'The user denied access.' }

/** Sign-in and consent during an authorization, under `<issuer>/interaction`. */
export function interactionRoutes(issuer: string, provider: Provider, state: AppState) {
  const { app } = state
  const routes = new Hono<{ Bindings: HttpBindings }>()

  routes.onError(async (error, c) => {
    if (error.name !== 'SessionNotFound') return send(c, await problemPage(app, error.message), 500)
    const words = `This ${app.name} page has expired. Go back to where you came from and try again.`
    return send(c, await problemPage(app, words), 400)
  })

  routes.get('/:uid', async (c) => {
    const details = await detailsOf(c)
    const { authorizationError, withoutCode, signInFirst, deny } = state.behavior
    if (withoutCode) return c.redirect(addressWithoutCode(details, withoutCode), 303)
    if (authorizationError) {
      return finish(c, {
        error: authorizationError,
        error_description: 'Ouch <script>alert(1)</script> <b>try later</b>',
      })
    }
    const signedIn = details.session?.accountId
    if (signInPrompts.has(details.prompt.name)) {
      if (signedIn) return signInAgain(c, details)
      return send(c, await (signInFirst ? signInFirstPage(app, issuer) : accountPage(app, `${here(c)}/account`)))
    }
    if (deny) return finish(c, DENIED)
    const account = app.accounts.find((each) => each.id === signedIn)
    if (!account) return signInAgain(c, details)
    return send(c, await consentPage(app, { action: here(c), account, requested: requestedScopes(details) }))
  })

  routes.post('/:uid/account', async (c) => {
    await detailsOf(c)
    const { account } = await c.req.parseBody()
    if (!app.accounts.some((each) => each.id === account)) {
      return send(c, await problemPage(app, 'This account doesn’t exist. Go back and choose another one.'), 400)
    }
    return finish(c, { login: { accountId: String(account) } })
  })

  routes.post('/:uid/consent', async (c) => {
    const details = await detailsOf(c)
    const form = await c.req.parseBody({ all: true })
    if (form.decision === 'deny') return finish(c, DENIED)
    if (form.decision !== 'allow') return send(c, await problemPage(app, 'Choose either Allow or Deny.'), 400)
    const checked = new Set([form.scope ?? []].flat().map(String))
    return finish(c, { consent: { grantId: await grant(details, checked) } })
  })

  routes.post('/:uid/another-account', async (c) => signInAgain(c, await detailsOf(c)))

  return routes

  function detailsOf(c: InteractionContext): Promise<Details> {
    return provider.interactionDetails(c.env.incoming, c.env.outgoing)
  }

  function here(c: InteractionContext): string {
    return `${new URL(issuer).pathname}/interaction/${c.req.param('uid')}`
  }

  async function finish(c: InteractionContext, result: InteractionResults): Promise<Response> {
    return c.redirect(await provider.interactionResult(c.env.incoming, c.env.outgoing, result), 303)
  }

  /** Ends the session and restarts the same authorization, which then asks for an account. */
  async function signInAgain(c: InteractionContext, details: Details): Promise<Response> {
    const session = details.session && (await provider.Session.findByUid(details.session.uid))
    await session?.destroy()
    await details.destroy()
    const query = new URLSearchParams()
    for (const [name, value] of Object.entries(details.params)) if (typeof value === 'string') query.set(name, value)
    query.delete('max_age')
    const prompts = (query.get('prompt') ?? '').split(' ').filter((prompt) => prompt && !signInPrompts.has(prompt))
    query.delete('prompt')
    if (prompts.length > 0) query.set('prompt', prompts.join(' '))
    // Where this authorization would have resumed, which has the customer's workspace if there is one.
    return c.redirect(`${details.returnTo.replace(/\/[^/]*$/, '')}?${query}`, 303)
  }

  function addressWithoutCode({ params }: Details, which: CallbackWithoutCode): string {
    const url = new URL(String(params.redirect_uri))
    const sent = { ...callbacksWithoutCode[which], state: String(params.state), iss: issuer }
    for (const [name, value] of Object.entries(sent)) url.searchParams.set(name, value)
    return url.href
  }

  async function grant(details: Details, checked: ReadonlySet<string>): Promise<string> {
    const choosable = new Set(app.scopes.map((scope) => scope.name))
    const dropped = new Set(state.behavior.dropScopes)
    const requested = requestedScopes(details)
    const granted = requested.filter((scope) => (checked.has(scope) && !dropped.has(scope)) || !choosable.has(scope))
    const made = new provider.Grant({
      accountId: details.session?.accountId,
      clientId: String(details.params.client_id),
    })
    made.addOIDCScope(granted)
    made.rejectOIDCScope(requested.filter((scope) => !granted.includes(scope)))
    return made.save()
  }
}

function requestedScopes(details: Details): string[] {
  return String(details.params.scope ?? '')
    .split(' ')
    .filter(Boolean)
}

export function send(c: Context, page: Page, status: 200 | 400 | 500 = 200): Response | Promise<Response> {
  return c.body(page.body, status, page.headers)
}

import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { RateLimitedError } from '../../domain/rate-limit/rate-limited-error.js'
import { type Reply, redirectTo, SAFE_HEADERS } from '../oauth/page.js'
import type { RenderFor } from '../render-for.js'
import type { AddressOf } from '../server/addresses.js'
import type { Doorkeeper } from './doorkeeper.js'
import type { PassCookie } from './pass-cookie.js'
import type { Passes } from './passes.js'
import { hostSignInPage, passwordPage } from './sign-in-page.js'
import { ENTER_PATH, SIGN_IN_PATH, SIGN_OUT_PATH } from './staging-paths.js'

/** More than any token. */
const MAX_FORM_BYTES = 64 * 1024
/** Enough for a redirect. */
const TICKET_MS = 60_000

type Visit = Context<{ Bindings: HttpBindings }>
type Refused = Parameters<typeof passwordPage>[0]['refused']

interface SignInOptions {
  publicUrl: string
  /** Undefined if there is no sandbox. */
  sandboxUrl: string | undefined
  /** The origins that a finished authorization may return to, because browsers apply the page's policy to redirects too. */
  returnOrigins: readonly string[]
  passes: Passes
  cookie: PassCookie
  doorkeeper: Doorkeeper
  /** How the host says who is signed in. Undefined if there is a password instead. */
  host: { tokenUrl: string; signInUrl: string | null } | undefined
  addressOf: AddressOf
  renderFor: RenderFor
}

/** The page where people sign in to a staging, and where they sign out. */
export function createSignInRoutes(options: SignInOptions) {
  const { publicUrl, sandboxUrl, passes, cookie, doorkeeper, host, addressOf, renderFor } = options
  const redirectOrigins = [...(sandboxUrl === undefined ? [] : [sandboxUrl]), ...options.returnOrigins]

  function page(c: Visit, to: string, refused?: Refused): Response {
    const given = { to, redirectOrigins, refused }
    return responseOf(
      renderFor(c.env.incoming.headers)((texts, product) => {
        if (!host) return passwordPage(given, texts, product)
        const { origin } = new URL(host.tokenUrl, publicUrl)
        return hostSignInPage(given, { ...host, tokenOrigin: origin }, texts)
      }),
    )
  }

  /** Returns the address itself, or on the sandbox's origin the one where a ticket opens it. */
  function wayTo(address: string): string {
    const { origin, pathname, search, hash } = new URL(address)
    if (origin !== sandboxUrl) return address
    const ticket = passes.issue('ticket', new Date(Date.now() + TICKET_MS))
    return `${sandboxUrl}${ENTER_PATH}?${new URLSearchParams({ ticket, to: `${pathname}${search}${hash}` })}`
  }

  /** Nothing but Patchbay and its sandbox, so that the page can't be used to lead people elsewhere. */
  function allowed(to: string): string {
    const target = URL.canParse(to, publicUrl) ? new URL(to, publicUrl) : undefined
    return target && [publicUrl, sandboxUrl].includes(target.origin) ? target.href : `${publicUrl}/`
  }

  const routes = new Hono<{ Bindings: HttpBindings }>()
  routes.get(SIGN_IN_PATH, (c) => {
    const to = allowed(c.req.query('to') ?? '/')
    if (!passes.isValid('pages', cookie.in(c.req.header('cookie')))) return page(c, to)
    return responseOf(redirectTo(wayTo(to)))
  })
  routes.post(SIGN_IN_PATH, bodyLimit({ maxSize: MAX_FORM_BYTES }), async (c) => {
    const { secret = '', to: asked = '' } = await c.req.parseBody()
    const to = allowed(String(asked))
    if (!isOwnForm(c)) return page(c, to)
    try {
      const until = await doorkeeper.admit(String(secret), () => addressOf(c.env.incoming))
      if (!until) return page(c, to, { kind: 'wrong' })
      const response = responseOf(redirectTo(wayTo(to)))
      response.headers.append('set-cookie', cookie.set(passes.issue('pages', until), until))
      return response
    } catch (error) {
      if (!(error instanceof RateLimitedError)) throw error
      return page(c, to, { kind: 'too-many', retryAfterSeconds: error.retryAfterSeconds })
    }
  })
  routes.post(SIGN_OUT_PATH, (c) => {
    const response = responseOf(redirectTo(SIGN_IN_PATH))
    if (isOwnForm(c)) response.headers.append('set-cookie', cookie.clear())
    return response
  })
  for (const path of [SIGN_IN_PATH, SIGN_OUT_PATH]) {
    routes.all(path, () => new Response(null, { status: 405, headers: { ...SAFE_HEADERS, allow: 'GET, POST' } }))
  }
  return routes

  /** Other sites may neither sign a browser in nor out. */
  function isOwnForm(c: Visit): boolean {
    const origin = c.req.header('origin')
    return (
      origin === undefined ||
      origin === publicUrl ||
      (origin === 'null' && c.req.header('sec-fetch-site') === 'same-origin')
    )
  }
}

function responseOf({ body, ...init }: Reply): Response {
  return new Response(body, init)
}

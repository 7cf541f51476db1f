import { randomUUID } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { getCookie } from 'hono/cookie'
import { type Attempt, findAttempt } from '../../domain/authorization/attempt.js'
import { bindingCookieName } from '../../domain/authorization/browser-binding.js'
import { openAuthorization } from '../../domain/authorization/open-authorization.js'
import { receiveCallback } from '../../domain/authorization/receive-callback.js'
import type { Deps } from '../../domain/deps.js'
import { globalId } from '../../domain/global-id.js'
import { matchesHash } from '../../domain/hashed-secret.js'
import { VaultError } from '../../domain/ports/vault.js'
import type { Report } from '../../observability/report.js'
import { currentRequest } from '../../observability/request-scope.js'
import { callbackFault } from './callback-parameters.js'
import { redirectTo, renderPage, SAFE_HEADERS } from './page.js'
import { badCallbackPage, brokenPage, NOT_NOW_PAGE, resultPage, UNKNOWN_PAGE, wrongBrowserPage } from './result-page.js'

const MAX_FORM_BYTES = 64 * 1024
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
/** On the second post of a form_post answer, which our own page makes. */
const REPOSTED = 'reposted'

interface OAuthRoutesOptions {
  deps: Deps
  report: Report
}

/** What browsers visit on their way to a consent screen and back. */
export function createOAuthRoutes({ deps, report }: OAuthRoutesOptions): Hono {
  const routes = new Hono()
  const cookieOf = (c: Context) => (id: string) => getCookie(c, bindingCookieName(deps.publicUrl, id))

  // Hono answers HEAD through GET; here a mere look must not change anything.
  routes.use(async (c, next) => {
    const purpose = c.req.header('sec-purpose') ?? c.req.header('purpose') ?? c.req.header('x-moz') ?? ''
    if (c.req.method === 'HEAD') return notAllowed('GET')
    if (/prefetch|preview/i.test(purpose)) return new Response(null, { status: 503, headers: SAFE_HEADERS })
    return next()
  })

  routes.get(`/connect/:id{${UUID}}`, async (c) => {
    report.authorizationConcerned(c.req.param('id'))
    const opening = await openAuthorization(deps, c.req.param('id'), cookieOf(c))
    if (opening.kind === 'unknown') return renderPage(UNKNOWN_PAGE)
    if (opening.kind === 'wrong-browser') return renderPage(wrongBrowserPage(opening.connector))
    if (opening.kind === 'consent') return redirectTo(opening.url.href)
    return renderPage(resultPage(opening.attempt, opening.connector))
  })

  routes.get(`/connect/:id{${UUID}}/result`, async (c) => {
    report.authorizationConcerned(c.req.param('id'))
    const attempt = await findAttempt(deps.db, c.req.param('id'))
    const connector = attempt && (await deps.readCatalogue()).connectors.get(attempt.connectorSlug)
    if (!attempt || !connector) return renderPage(UNKNOWN_PAGE)
    if (attempt.binding === 'BROWSER' && !matchesHash(cookieOf(c)(attempt.id), attempt.browserHash)) {
      return renderPage(wrongBrowserPage(connector))
    }
    return renderPage(resultPage(attempt, connector))
  })

  routes.get('/oauth/callback/:connector', (c) => callback(c, new URL(c.req.url).searchParams))

  const tooLarge = () => renderPage({ ...badCallbackPage('It is too large.'), status: 413 })
  routes.post('/oauth/callback/:connector', bodyLimit({ maxSize: MAX_FORM_BYTES, onError: tooLarge }), async (c) => {
    const connector = (await deps.readCatalogue()).connectors.get(c.req.param('connector'))
    if (!connector) return renderPage(UNKNOWN_PAGE)
    if (connector.provider.responseMode !== 'form_post') return notAllowed('GET')
    if (!c.req.header('content-type')?.startsWith('application/x-www-form-urlencoded')) {
      return renderPage(badCallbackPage('It is not a form.'))
    }
    const fields = new URLSearchParams(await c.req.text())
    if (c.req.query(REPOSTED) !== undefined) return callback(c, fields)
    // A post from another site brings no Lax cookie. The same fields, posted by a page of ours, do.
    const fault = callbackFault(fields)
    if (fault) return renderPage(badCallbackPage(fault))
    const action = `/oauth/callback/${connector.slug}?${REPOSTED}`
    return renderPage({
      status: 200,
      title: `Connecting ${connector.name}`,
      lines: ['One moment …'],
      tone: 'neutral',
      repost: { action, fields, redirectOrigins: deps.returnOrigins },
    })
  })

  routes.all('/oauth/callback/:connector', () => notAllowed('GET'))

  async function callback(c: Context, parameters: URLSearchParams): Promise<Response> {
    const fault = callbackFault(parameters)
    if (fault) return renderPage(badCallbackPage(fault))
    const slug = c.req.param('connector') ?? ''
    const outcome = await receiveCallback(deps, slug, parameters, cookieOf(c))
    report.callbackReceived(outcome.kind === 'unknown' ? 'unknown' : slug, outcome.kind)
    switch (outcome.kind) {
      case 'unknown':
        return renderPage(UNKNOWN_PAGE)
      case 'wrong-browser':
        return renderPage(wrongBrowserPage(outcome.connector))
      case 'handled': {
        const { title, ...page } = resultPage(outcome.attempt, outcome.connector)
        return renderPage({ ...page, status: 409, title: `Already handled: ${title}` })
      }
      case 'awaiting-confirmation':
        return redirectTo(returnAddress(outcome.attempt, { confirmation: outcome.code }))
      case 'ended':
        return redirectTo(
          outcome.attempt.display === 'REDIRECT' || outcome.attempt.binding === 'CONFIRM'
            ? returnAddress(outcome.attempt, { status: outcome.attempt.status.toLowerCase() })
            : `/connect/${outcome.attempt.id}/result`,
        )
    }
  }

  routes.notFound(() => renderPage(UNKNOWN_PAGE))
  routes.onError((error) => {
    const requestId = currentRequest()?.requestId ?? randomUUID()
    report.requestFailed(requestId, error)
    return renderPage(error instanceof VaultError && error.retryable ? NOT_NOW_PAGE : brokenPage(requestId))
  })
  return routes
}

/** returnTo was checked when the attempt was started; what is added does not change its origin. */
function returnAddress(attempt: Attempt, parameters: Record<string, string>): string {
  if (attempt.returnTo === null) return `/connect/${attempt.id}/result`
  const url = new URL(attempt.returnTo)
  url.searchParams.set('authorization', globalId('Authorization', attempt.id))
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url.href
}

function notAllowed(allow: string): Response {
  return new Response(null, { status: 405, headers: { ...SAFE_HEADERS, allow } })
}

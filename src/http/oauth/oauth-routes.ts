import { randomUUID } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { AuthorizationRecord } from '../../domain/authorization/authorization-record.js'
import type { CompleteAuthorizationDeps } from '../../domain/authorization/complete-authorization.js'
import { openAuthorization } from '../../domain/authorization/open-authorization.js'
import { readResult } from '../../domain/authorization/read-result.js'
import { receiveCallback } from '../../domain/authorization/receive-callback.js'
import { returnsToHost } from '../../domain/authorization/return-to.js'
import { UUID_PATTERN } from '../../domain/formats.js'
import { globalId } from '../../domain/global-id.js'
import { CALLBACK_PATH, CONNECT_PATH, resultPath } from '../../domain/oauth-urls.js'
import { VaultError } from '../../domain/ports/vault.js'
import { currentRequest } from '../../observability/request-scope.js'
import type { ServerTelemetry } from '../../observability/telemetry.js'
import { visitorOf } from './browser-channel.js'
import { callbackFault } from './callback-parameters.js'
import { redirectTo, renderPage, SAFE_HEADERS } from './page.js'
import { badCallbackPage, brokenPage, NOT_NOW_PAGE, resultPage, UNKNOWN_PAGE, wrongBrowserPage } from './result-page.js'

const CONNECT = `${CONNECT_PATH}/:id{${UUID_PATTERN}}`
const CALLBACK = `${CALLBACK_PATH}/:connector` as const
const MAX_FORM_BYTES = 64 * 1024
/** Marks the second post of a form_post response, which Patchbay's own page makes. */
const REPOSTED = 'reposted'

interface OAuthRoutesOptions {
  deps: CompleteAuthorizationDeps
  telemetry: ServerTelemetry
}

/** The pages that browsers visit on their way to a consent screen and back. */
export function createOAuthRoutes({ deps, telemetry }: OAuthRoutesOptions): Hono {
  const routes = new Hono()
  const visitor = (c: Context) => visitorOf(c.req.header('cookie'))

  // Hono answers HEAD through GET, but a HEAD request must not change anything here.
  routes.use(async (c, next) => {
    const purpose = c.req.header('sec-purpose') ?? c.req.header('purpose') ?? c.req.header('x-moz') ?? ''
    if (c.req.method === 'HEAD') return notAllowed('GET')
    if (/prefetch|preview/i.test(purpose)) return new Response(null, { status: 503, headers: SAFE_HEADERS })
    return next()
  })

  routes.get(CONNECT, async (c) => {
    telemetry.authorizationConcerned(c.req.param('id'))
    const opening = await openAuthorization(deps, c.req.param('id'), visitor(c))
    if (opening.kind === 'unknown') return renderPage(UNKNOWN_PAGE)
    if (opening.kind === 'wrong-browser') return renderPage(wrongBrowserPage(opening.connector))
    if (opening.kind === 'consent') return redirectTo(opening.url.href)
    return renderPage(resultPage(opening.authorization, opening.connector))
  })

  routes.get(`${CONNECT}/result`, async (c) => {
    telemetry.authorizationConcerned(c.req.param('id'))
    const result = await readResult(deps, c.req.param('id'), visitor(c))
    if (result.kind === 'unknown') return renderPage(UNKNOWN_PAGE)
    if (result.kind === 'wrong-browser') return renderPage(wrongBrowserPage(result.connector))
    return renderPage(resultPage(result.authorization, result.connector))
  })

  routes.get(CALLBACK, (c) => callback(c, new URL(c.req.url).searchParams))

  const tooLarge = () => renderPage({ ...badCallbackPage('The response is too large.'), status: 413 })
  routes.post(CALLBACK, bodyLimit({ maxSize: MAX_FORM_BYTES, onError: tooLarge }), async (c) => {
    const connector = (await deps.catalogue.current()).connectors.get(c.req.param('connector'))
    if (!connector) return renderPage(UNKNOWN_PAGE)
    if (connector.provider.responseMode !== 'form_post') return notAllowed('GET')
    if (!c.req.header('content-type')?.startsWith('application/x-www-form-urlencoded')) {
      return renderPage(badCallbackPage('The response isn’t a form.'))
    }
    const fields = new URLSearchParams(await c.req.text())
    if (c.req.query(REPOSTED) !== undefined) return callback(c, fields)
    // A post from another site has no Lax cookie. When Patchbay's page posts the same fields again, it does.
    const fault = callbackFault(fields)
    if (fault) return renderPage(badCallbackPage(fault))
    const action = `${CALLBACK_PATH}/${connector.slug}?${REPOSTED}`
    return renderPage({
      status: 200,
      title: `Connecting ${connector.name}`,
      lines: ['One moment…'],
      tone: 'neutral',
      repost: { action, fields, redirectOrigins: deps.settings.returnOrigins },
    })
  })

  routes.all(CALLBACK, () => notAllowed('GET'))

  async function callback(c: Context, parameters: URLSearchParams): Promise<Response> {
    const fault = callbackFault(parameters)
    if (fault) return renderPage(badCallbackPage(fault))
    const slug = c.req.param('connector') ?? ''
    const outcome = await receiveCallback(deps, slug, parameters, visitor(c))
    telemetry.callbackReceived(outcome.kind === 'unknown' ? 'unknown' : slug, outcome.kind)
    switch (outcome.kind) {
      case 'unknown':
        return renderPage(UNKNOWN_PAGE)
      case 'wrong-browser':
        return renderPage(wrongBrowserPage(outcome.connector))
      case 'handled': {
        const { title, ...page } = resultPage(outcome.authorization, outcome.connector)
        return renderPage({ ...page, status: 409, title: `Already handled: ${title}` })
      }
      case 'awaiting-confirmation':
        return redirectTo(returnAddress(outcome.authorization, { confirmation: outcome.code }))
      case 'ended':
        return redirectTo(
          returnsToHost(outcome.authorization)
            ? returnAddress(outcome.authorization, { status: outcome.authorization.status.toLowerCase() })
            : resultPath(outcome.authorization.id),
        )
    }
  }

  routes.notFound(() => renderPage(UNKNOWN_PAGE))
  routes.onError((error) => {
    const requestId = currentRequest()?.requestId ?? randomUUID()
    telemetry.requestFailed(requestId, error)
    return renderPage(error instanceof VaultError && error.retryable ? NOT_NOW_PAGE : brokenPage(requestId))
  })
  return routes
}

/** returnTo was checked when the authorization started. The added parameters don't change its origin. */
function returnAddress(authorization: AuthorizationRecord, parameters: Record<string, string>): string {
  if (authorization.returnTo === null) return resultPath(authorization.id)
  const url = new URL(authorization.returnTo)
  url.searchParams.set('authorization', globalId('Authorization', authorization.id))
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url.href
}

function notAllowed(allow: string): Response {
  return new Response(null, { status: 405, headers: { ...SAFE_HEADERS, allow } })
}

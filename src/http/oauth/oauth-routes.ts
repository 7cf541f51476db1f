import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { readReturnOrigin } from '../../domain/authorization/read-return-origin.js'
import type { Deps } from '../../domain/deps.js'
import { UUID_PATTERN } from '../../domain/formats.js'
import { CALLBACK_PATH, CONNECT_PATH } from '../../domain/oauth-urls.js'
import { callbackFault } from './callback-parameters.js'
import { type Reply, renderPage, SAFE_HEADERS } from './page.js'
import { badCallbackPage, UNKNOWN_PAGE } from './result-page.js'
import type { Visits } from './visits.js'

const CONNECT = `${CONNECT_PATH}/:id{${UUID_PATTERN}}`
const CALLBACK = `${CALLBACK_PATH}/:connector` as const
const MAX_FORM_BYTES = 64 * 1024
/** Marks the second post of a form_post response, which Patchbay's own page makes. */
const REPOSTED = 'reposted'

/** The pages that browsers visit on their way to a consent screen and back. */
export function createOAuthRoutes(deps: Pick<Deps, 'catalogue' | 'sql'>, visits: Visits): Hono {
  const routes = new Hono()
  const cookies = (c: Context) => c.req.header('cookie')

  // Hono answers HEAD through GET, but a HEAD request must not change anything here.
  routes.use(async (c, next) => {
    const purpose = c.req.header('sec-purpose') ?? c.req.header('purpose') ?? c.req.header('x-moz') ?? ''
    if (c.req.method === 'HEAD') return notAllowed('GET')
    if (/prefetch|preview/i.test(purpose)) return new Response(null, { status: 503, headers: SAFE_HEADERS })
    return next()
  })

  routes.get(CONNECT, async (c) => responseOf(await visits.connect(c.req.param('id'), cookies(c))))
  routes.get(`${CONNECT}/result`, async (c) => responseOf(await visits.result(c.req.param('id'), cookies(c))))
  routes.get(CALLBACK, (c) => callback(c, new URL(c.req.url).searchParams))

  const tooLarge = () => responseOf(renderPage({ ...badCallbackPage('The response is too large.'), status: 413 }))
  routes.post(CALLBACK, bodyLimit({ maxSize: MAX_FORM_BYTES, onError: tooLarge }), async (c) => {
    const connector = (await deps.catalogue.current()).connectors.get(c.req.param('connector'))
    if (!connector) return responseOf(renderPage(UNKNOWN_PAGE))
    if (connector.provider.responseMode !== 'form_post') return notAllowed('GET')
    if (!c.req.header('content-type')?.startsWith('application/x-www-form-urlencoded')) {
      return responseOf(renderPage(badCallbackPage('The response isn’t a form.')))
    }
    const fields = new URLSearchParams(await c.req.text())
    if (c.req.query(REPOSTED) !== undefined) return callback(c, fields)
    // A post from another site has no Lax cookie. When Patchbay's page posts the same fields again, it does.
    const fault = callbackFault(fields)
    if (fault) return responseOf(renderPage(badCallbackPage(fault)))
    const action = `${CALLBACK_PATH}/${connector.slug}?${REPOSTED}`
    return responseOf(
      renderPage({
        status: 200,
        title: `Connecting ${connector.name}`,
        lines: ['One moment…'],
        tone: 'neutral',
        repost: {
          action,
          fields,
          redirectOrigin: await readReturnOrigin(deps, connector.slug, fields.get('state') ?? ''),
        },
      }),
    )
  })

  routes.all(CALLBACK, () => notAllowed('GET'))

  async function callback(c: Context, parameters: URLSearchParams): Promise<Response> {
    return responseOf(await visits.callback(c.req.param('connector') ?? '', parameters, cookies(c)))
  }

  routes.notFound(() => responseOf(renderPage(UNKNOWN_PAGE)))
  routes.onError((error) => responseOf(visits.failed(error)))
  return routes
}

function responseOf({ body, ...init }: Reply): Response {
  return new Response(body, init)
}

function notAllowed(allow: string): Response {
  return new Response(null, { status: 405, headers: { ...SAFE_HEADERS, allow } })
}

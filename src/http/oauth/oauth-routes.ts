import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { readReturnOrigin } from '../../domain/authorization/read-return-origin.js'
import type { Deps } from '../../domain/deps.js'
import { UUID_PATTERN } from '../../domain/formats.js'
import { CALLBACK_PATH, CONNECT_PATH } from '../../domain/oauth-urls.js'
import type { RenderFor } from '../render-for.js'
import type { AddressOf } from '../server/addresses.js'
import { type CallbackFault, callbackFault } from './callback-parameters.js'
import { type Reply, SAFE_HEADERS } from './page.js'
import { badCallbackPage } from './result-page.js'
import type { UnknownPages } from './unknown-pages.js'
import type { Visitor, Visits } from './visits.js'

const CONNECT = `${CONNECT_PATH}/:id{${UUID_PATTERN}}`
const CALLBACK = `${CALLBACK_PATH}/:connector` as const
const MAX_FORM_BYTES = 64 * 1024
/** Marks the second post of a form_post response, which Patchbay's own page makes. */
const REPOSTED = 'reposted'

type Visit = Context<{ Bindings: HttpBindings }>

interface RoutesOptions {
  deps: Pick<Deps, 'catalogue' | 'sql' | 'settings'>
  visits: Visits
  unknownPages: UnknownPages
  addressOf: AddressOf
  renderFor: RenderFor
}

/** The pages that browsers visit on their way to a consent screen and back. */
export function createOAuthRoutes({ deps, visits, unknownPages, addressOf, renderFor }: RoutesOptions) {
  const routes = new Hono<{ Bindings: HttpBindings }>()
  const visitorOf = (c: Visit): Visitor => ({
    cookies: c.req.header('cookie'),
    address: () => addressOf(c.env.incoming),
    render: (pageIn) => renderFor(c.env.incoming.headers)(pageIn),
  })

  // Hono answers HEAD through GET, but a HEAD request must not change anything here.
  routes.use(async (c, next) => {
    const purpose = c.req.header('sec-purpose') ?? c.req.header('purpose') ?? c.req.header('x-moz') ?? ''
    if (c.req.method === 'HEAD') return responseOf(notAllowed('GET'))
    if (/prefetch|preview/i.test(purpose)) return new Response(null, { status: 503, headers: SAFE_HEADERS })
    return next()
  })

  routes.get(CONNECT, async (c) => responseOf(await visits.connect(c.req.param('id'), visitorOf(c))))
  routes.get(`${CONNECT}/choice`, async (c) => responseOf(await visits.connect(c.req.param('id'), visitorOf(c))))
  routes.get(`${CONNECT}/result`, async (c) => responseOf(await visits.result(c.req.param('id'), visitorOf(c))))
  routes.get(CALLBACK, (c) => callback(c, new URL(c.req.url).searchParams))

  const badCallback = (c: Visit, fault: CallbackFault) => visitorOf(c).render((texts) => badCallbackPage(fault, texts))
  const tooLarge = (c: Visit) => responseOf({ ...badCallback(c, 'large'), status: 413 })
  routes.post(`${CONNECT}/choice`, bodyLimit({ maxSize: MAX_FORM_BYTES, onError: tooLarge }), async (c) => {
    const choice = (await formOf(c)).get('choice') ?? ''
    return responseOf(await visits.choose(c.req.param('id'), choice, visitorOf(c)))
  })
  routes.post(CALLBACK, bodyLimit({ maxSize: MAX_FORM_BYTES, onError: tooLarge }), async (c) => {
    const visitor = visitorOf(c)
    const isForm = sendsForm(c)
    const fields = await formOf(c)
    const refusal = await unknownPages.refusalOfState(fields.get('state'), visitor)
    if (refusal) return responseOf(refusal)
    const connector = (await deps.catalogue.current()).connectors.get(c.req.param('connector'))
    if (!connector) return responseOf(await unknownPages.answer(visitor))
    if (connector.provider.responseMode !== 'form_post')
      return responseOf(await unknownPages.answer(visitor, notAllowed('GET')))
    if (!isForm) return responseOf(await unknownPages.answer(visitor, badCallback(c, 'formless')))
    if (c.req.query(REPOSTED) !== undefined) return callback(c, fields)
    // A post from another site has no Lax cookie. When Patchbay's page posts the same fields again, it does.
    const fault = callbackFault(fields)
    if (fault) return responseOf(badCallback(c, fault))
    const redirectOrigin = await readReturnOrigin(deps, connector.slug, fields.get('state') ?? '')
    const action = `${CALLBACK_PATH}/${connector.slug}?${REPOSTED}`
    const page = visitor.render(({ open, moment }) => ({
      status: 200,
      title: open.title(connector.name),
      lines: [moment],
      tone: 'neutral',
      repost: { action, fields, redirectOrigin: redirectOrigin ?? undefined },
    }))
    return responseOf(redirectOrigin === null ? await unknownPages.answer(visitor, page) : page)
  })

  routes.all(CALLBACK, () => responseOf(notAllowed('GET')))
  for (const path of [`${CONNECT_PATH}/*`, `${CALLBACK_PATH}/*`] as const) {
    routes.get(path, async (c) => responseOf(await unknownPages.answer(visitorOf(c))))
  }

  async function callback(c: Visit, parameters: URLSearchParams): Promise<Response> {
    return responseOf(await visits.callback(c.req.param('connector') ?? '', parameters, visitorOf(c)))
  }

  routes.onError((error, c) => responseOf(visits.failed(error, visitorOf(c))))
  return routes
}

function sendsForm(c: Visit): boolean {
  return c.req.header('content-type')?.startsWith('application/x-www-form-urlencoded') === true
}

async function formOf(c: Visit): Promise<URLSearchParams> {
  return new URLSearchParams(sendsForm(c) ? await c.req.text() : '')
}

function responseOf({ body, ...init }: Reply): Response {
  return new Response(body, init)
}

function notAllowed(allow: string): Reply {
  return { status: 405, headers: { ...SAFE_HEADERS, allow }, body: null }
}

import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { AppState } from './app-state.js'
import { behaviourPatch } from './behaviour.js'
import { controlPage } from './pages/control-page.js'

/** One app with what scripts it, as the control API shows it. */
export interface ControlledApp {
  issuer: string
  signInUrl: string
  state: AppState
}

const RevokeSchema = z.strictObject({ account: z.string().optional() })
const EmptySchema = z.strictObject({})
const HELD_WAIT_MS = 10_000

/**
 * The page for people at `/` and `/control`, and the JSON API it uses under `/control/api`:
 *
 * - `GET /` every app; `GET /:app` one: behaviour, accounts, grants, counters, requests (newest first), responses held
 * - `PATCH /:app` merges a behaviour
 * - `POST /:app/reset`, `POST /reset` calm behaviour, counters at zero, held responses released; grants stay
 * - `POST /:app/revoke` `{ account? }` ends grants with their tokens; `POST /:app/expire` ends access tokens only
 * - `POST /:app/release` lets held token responses go and holds no more
 * - `GET /:app/held?atLeast=1` answers as soon as that many responses are held; 408 after ten seconds
 *
 * Writing wants `content-type: application/json`. Errors are `{ error }` in words with 400, 403, 404, 408 or 415.
 */
export function controlRoutes(apps: readonly ControlledApp[]) {
  const routes = new Hono()

  const people = async (c: Context) => {
    const page = await controlPage(apps)
    return c.body(page.body, 200, page.headers)
  }
  routes.get('/', people)
  routes.get('/control', people)

  routes.use('/control/api/*', async (c, next) => {
    c.header('Cache-Control', 'no-store')
    const [type] = (c.req.header('content-type') ?? '').split(';')
    // A form or a script of another site can send everything but this type.
    if (!['GET', 'HEAD'].includes(c.req.method) && type?.trim() !== 'application/json') {
      return refuse(c, 415, 'Send content-type: application/json.')
    }
    return next()
  })

  routes.get('/control/api', (c) => c.json({ apps: apps.map(view) }))
  routes.post('/control/api/reset', async (c) => {
    const body = await read(c, EmptySchema)
    if (body instanceof Response) return body
    for (const { state } of apps) state.reset()
    return c.json({ apps: apps.map(view) })
  })

  const one = new Hono<{ Variables: { app: ControlledApp } }>()
  one.use(async (c, next) => {
    const app = apps.find(({ state }) => state.app.slug === c.req.param('app'))
    if (!app)
      return refuse(
        c,
        404,
        `There is no app of that name. Apps: ${apps.map((each) => each.state.app.slug).join(', ')}.`,
      )
    c.set('app', app)
    return next()
  })
  one.get('/', (c) => c.json(view(c.var.app)))
  one.patch('/', async (c) => {
    const { state } = c.var.app
    const patch = await read(c, behaviourPatch(state.app.scopes.map((scope) => scope.name)))
    if (patch instanceof Response) return patch
    state.script(patch)
    return c.json(view(c.var.app))
  })
  one.post('/reset', async (c) => act(c, EmptySchema, ({ state }) => state.reset()))
  one.post('/expire', async (c) => act(c, EmptySchema, ({ state }) => state.records.expireAccessTokens()))
  one.post('/release', async (c) => act(c, EmptySchema, ({ state }) => state.script({ holdToken: false })))
  one.post('/revoke', async (c) => {
    const ids = c.var.app.state.app.accounts.map((account) => account.id)
    return act(c, RevokeSchema.extend({ account: z.enum(ids).optional() }), ({ state }, { account }) =>
      state.records.revoke(account),
    )
  })
  one.get('/held', async (c) => {
    const atLeast = z.coerce
      .number()
      .int()
      .min(1)
      .max(100)
      .safeParse(c.req.query('atLeast') ?? '1')
    if (!atLeast.success) return refuse(c, 400, 'atLeast is a whole number from 1 to 100.')
    const { gate } = c.var.app.state
    const gone = AbortSignal.any([c.req.raw.signal, AbortSignal.timeout(HELD_WAIT_MS)])
    if (await gate.waitForHeld(atLeast.data, gone)) return c.json({ held: gate.held })
    return refuse(c, 408, `Fewer than ${atLeast.data} responses were held within ${HELD_WAIT_MS / 1000} seconds.`)
  })
  routes.route('/control/api/:app', one)

  return routes
}

async function act<T>(
  c: Context<{ Variables: { app: ControlledApp } }>,
  schema: z.ZodType<T>,
  action: (app: ControlledApp, body: T) => unknown,
): Promise<Response> {
  const body = await read(c, schema)
  if (body instanceof Response) return body
  action(c.var.app, body)
  return c.json(view(c.var.app))
}

async function read<T>(c: Context, schema: z.ZodType<T>): Promise<T | Response> {
  const text = await c.req.text()
  let value: unknown
  try {
    value = text === '' ? {} : JSON.parse(text)
  } catch {
    return refuse(c, 400, 'The body is not JSON.')
  }
  const result = schema.safeParse(value)
  return result.success ? result.data : refuse(c, 400, z.prettifyError(result.error))
}

function refuse(c: Context, status: 400 | 404 | 408 | 415, error: string): Response {
  return c.json({ error }, status)
}

function view({ issuer, signInUrl, state }: ControlledApp) {
  const { app, behaviour, counters, requests, gate, records } = state
  return {
    slug: app.slug,
    name: app.name,
    issuer,
    signInUrl,
    clientId: app.clientId,
    scopes: app.scopes.map(({ name, description }) => ({ name, description })),
    accounts: app.accounts.map(({ id, email, name }) => ({ id, email, name })),
    behaviour,
    held: gate.held,
    counters,
    grants: records.grants(),
    requests,
  }
}

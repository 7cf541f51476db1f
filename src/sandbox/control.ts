import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { AppState } from './app-state.js'
import { behaviourPatch } from './behaviour.js'
import type { ControlledApp } from './controlled-app.js'
import { type HeldRequest, holdStages } from './gate.js'
import { mintSchema } from './mint.js'
import { controlPage } from './pages/control-page.js'
import type { GrantSelection } from './records.js'

const SelectionSchema = z.strictObject({ account: z.string().optional(), grant: z.string().optional() })
const EmptySchema = z.strictObject({})
const HeldSchema = z.strictObject({
  atLeast: z.coerce.number<string>().int().min(1).max(10_000).default(1),
  stage: z.enum(holdStages).optional(),
  grantType: z.string().max(64).optional(),
})
const HELD_WAIT_MS = 10_000

/**
 * The page for people at `/` and `/control`, and the JSON API it uses under `/control/api`:
 *
 * - `GET /` every app; `GET /:app` one: behaviour, accounts, grants, counters, requests (newest first), how many token
 *   requests are held and which; `GET /:app/counters` the counters alone, cheap among thousands of grants
 * - `PATCH /:app` merges a behaviour
 * - `POST /:app/reset`, `POST /reset` calm behaviour, counters at zero, held requests released; grants stay
 * - `POST /:app/expire`, `/break`, `/revoke` `{ account?, grant? }` act on one grant, on those of an account or on all:
 *   their access tokens end now; their refresh tokens end, and access tokens work until they expire; the grants end
 * - `POST /:app/grants` `{ accounts, scopes? }` makes a grant for each account, as if somebody had consented, and answers
 *   `{ grants }` with their tokens; an account may be any name, such as `bench-17`
 * - `POST /:app/release` lets held token requests go and holds no more
 * - `GET /:app/held?atLeast=1` answers as soon as that many token requests are held, with `stage=before` or `after` and
 *   `grantType=refresh_token` only such; 408 after ten seconds
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
  one.get('/counters', (c) => c.json(c.var.app.state.counters))
  one.patch('/', async (c) => {
    const { state } = c.var.app
    const patch = await read(c, behaviourPatch(state.app.scopes.map((scope) => scope.name)))
    if (patch instanceof Response) return patch
    state.script(patch)
    return c.json(view(c.var.app))
  })
  one.post('/reset', async (c) => act(c, EmptySchema, ({ state }) => state.reset()))
  one.post('/release', async (c) =>
    act(c, EmptySchema, ({ state }) => state.script({ holdToken: false, holdTokenBefore: false })),
  )
  one.post('/expire', async (c) => actOnGrants(c, ({ records }, which) => records.expireAccessTokens(which)))
  one.post('/break', async (c) => actOnGrants(c, ({ records }, which) => records.breakRefresh(which)))
  one.post('/revoke', async (c) => actOnGrants(c, ({ records }, which) => records.revoke(which)))
  one.post('/grants', async (c) => {
    const { state, mint } = c.var.app
    const request = await read(c, mintSchema(state.app))
    if (request instanceof Response) return request
    return c.json({ grants: await mint(request) }, 201)
  })
  one.get('/held', async (c) => {
    const query = HeldSchema.safeParse(c.req.query())
    if (!query.success) return refuse(c, 400, z.prettifyError(query.error))
    const { atLeast, stage, grantType } = query.data
    const { gate } = c.var.app.state
    const isWanted = (held: HeldRequest) =>
      (stage === undefined || held.stage === stage) && (grantType === undefined || held.grantType === grantType)
    const gone = AbortSignal.any([c.req.raw.signal, AbortSignal.timeout(HELD_WAIT_MS)])
    if (await gate.waitForHeld(atLeast, gone, isWanted)) return c.json({ held: gate.held.filter(isWanted).length })
    return refuse(c, 408, `Fewer than ${atLeast} such requests were held within ${HELD_WAIT_MS / 1000} seconds.`)
  })
  routes.route('/control/api/:app', one)

  return routes
}

type AppContext = Context<{ Variables: { app: ControlledApp } }>

async function act<T>(
  c: AppContext,
  schema: z.ZodType<T>,
  action: (app: ControlledApp, body: T) => unknown,
): Promise<Response> {
  const body = await read(c, schema)
  if (body instanceof Response) return body
  action(c.var.app, body)
  return c.json(view(c.var.app))
}

async function actOnGrants(c: AppContext, action: (state: AppState, which: GrantSelection) => void): Promise<Response> {
  const { state } = c.var.app
  const which = await read(c, SelectionSchema)
  if (which instanceof Response) return which
  const { account, grant } = which
  const accounts = state.app.accounts.map(({ id }) => id)
  // An account of the app may have no grant now; of others only their grants are known.
  if (account !== undefined && !accounts.includes(account) && !state.records.hasGrant({ account })) {
    return refuse(c, 400, `There is no account ${JSON.stringify(account)}. Accounts: ${accounts.join(', ')}.`)
  }
  if (grant !== undefined && !state.records.hasGrant(which)) {
    const whose = account === undefined ? '' : ` of ${account}`
    return refuse(c, 404, `There is no grant ${JSON.stringify(grant)}${whose} now. GET the app for its grants.`)
  }
  action(state, which)
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
    held: gate.held.length,
    holding: gate.held,
    counters,
    grants: records.grants(),
    requests,
  }
}

import { type Context, Hono } from 'hono'
import * as z from 'zod'
import type { AppState } from './app-state.js'
import { behaviorPatch } from './behavior.js'
import type { ControlledApp } from './controlled-app.js'
import { type HeldRequest, holdStages } from './gate.js'
import { mintSchema } from './mint.js'
import { clientPrivateKey } from './odd-requests.js'
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
 * The page for people at `/` and `/control`, and the JSON API that it uses under `/control/api`:
 *
 * - `GET /` returns every app and `GET /:app` one: behavior, accounts, grants, counters, requests (newest first) and the
 *   token requests that are held. `GET /:app/counters` returns only the counters, which is cheap even with thousands of grants
 * - `GET /:app/client-key` returns the private key for `clientAuthentication: private_key_jwt`, in PEM
 * - `PATCH /:app` merges a behavior
 * - `POST /:app/reset` and `POST /reset` reset the behavior and the counters and release held requests; grants stay
 * - `POST /:app/expire`, `/break` and `/revoke` with `{ account?, grant? }` act on one grant, on those of an account or on
 *   all. `expire` ends the access tokens, `break` ends the refresh tokens, and `revoke` ends the grants with all tokens
 * - `POST /:app/grants` with `{ accounts, scopes? }` makes a grant for each account, as if a person had consented, and
 *   returns `{ grants }` with their tokens. An account can be any name, such as `bench-17`
 * - `POST /:app/release` releases held token requests and stops holding them
 * - `GET /:app/held?atLeast=1` responds once that many token requests are held, or with 408 after ten seconds.
 *   `stage=before`, `stage=after` and `grantType=refresh_token` filter them
 *
 * Writes need `content-type: application/json`. Errors are `{ error }` with a sentence and 400, 403, 404, 408 or 415.
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
    // A form or a script on another site can send any type but this one.
    if (!['GET', 'HEAD'].includes(c.req.method) && type?.trim() !== 'application/json') {
      return refuse(c, 415, 'Send the request with content-type: application/json.')
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
        `There’s no app with this name. Use one of these: ${apps.map((each) => each.state.app.slug).join(', ')}.`,
      )
    c.set('app', app)
    return next()
  })
  one.get('/', (c) => c.json(view(c.var.app)))
  one.get('/client-key', (c) => c.text(clientPrivateKey()))
  one.get('/counters', (c) => c.json(c.var.app.state.counters))
  one.patch('/', async (c) => {
    const { state } = c.var.app
    const patch = await read(c, behaviorPatch(state.app.scopes.map((scope) => scope.name)))
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
    return refuse(c, 408, `Fewer than ${atLeast} matching requests were held within ${HELD_WAIT_MS / 1000} seconds.`)
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
  // An account of the app may have no grants right now. Other accounts exist only through their grants.
  if (account !== undefined && !accounts.includes(account) && !state.records.hasGrant({ account })) {
    return refuse(c, 400, `There’s no account ${JSON.stringify(account)}. Use one of these: ${accounts.join(', ')}.`)
  }
  if (grant !== undefined && !state.records.hasGrant(which)) {
    const whose = account === undefined ? '' : ` for ${account}`
    return refuse(c, 404, `There’s no grant ${JSON.stringify(grant)}${whose}. GET the app to list its grants.`)
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
    return refuse(c, 400, 'The request body isn’t valid JSON.')
  }
  const result = schema.safeParse(value)
  return result.success ? result.data : refuse(c, 400, z.prettifyError(result.error))
}

function refuse(c: Context, status: 400 | 404 | 408 | 415, error: string): Response {
  return c.json({ error }, status)
}

function view({ issuer, signInUrl, state }: ControlledApp) {
  const { app, behavior, counters, requests, gate, records } = state
  return {
    slug: app.slug,
    name: app.name,
    issuer,
    signInUrl,
    clientId: app.clientId,
    scopes: app.scopes.map(({ name, description }) => ({ name, description })),
    accounts: app.accounts.map(({ id, email, name }) => ({ id, email, name })),
    behaviour: behavior, // existing scripts use this spelling
    held: gate.held.length,
    holding: gate.held,
    counters,
    grants: records.grants(),
    requests,
  }
}

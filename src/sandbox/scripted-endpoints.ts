import type { KoaContextWithOIDC } from 'oidc-provider'
import type { AppState, Endpoint } from './app-state.js'
import { failureBody, loadingPage } from './pages/consent-pages.js'
import type { Provider } from './provider.js'

const endpoints: Readonly<Record<string, Endpoint>> = {
  '/authorize': 'authorize',
  '/token': 'token',
  '/userinfo': 'userinfo',
  '/revoke': 'revoke',
  '/introspect': 'introspect',
}

/** Parameters that are written down as they are; of all others only that they were there. */
const harmless = new Set([
  'access_type',
  'client_id',
  'code_challenge_method',
  'grant_type',
  'login_hint',
  'prompt',
  'redirect_uri',
  'response_mode',
  'response_type',
  'scope',
  'token_type_hint',
])

/** Makes an app's protocol endpoints count, record and misbehave as scripted. */
export function followScript(provider: Provider, state: AppState): void {
  provider.use(async (ctx: KoaContextWithOIDC, next: () => Promise<void>) => {
    const endpoint = endpoints[ctx.path]
    if (!endpoint || ctx.method === 'OPTIONS') return next()
    state.count(endpoint)
    await answer(ctx, next, endpoint, state)
    state.record(describe(ctx, endpoint))
    await keepBack(ctx, endpoint, state)
  })
}

async function answer(ctx: KoaContextWithOIDC, next: () => Promise<void>, endpoint: Endpoint, state: AppState) {
  if (endpoint === 'authorize' && state.behaviour.neverShow) {
    const page = await loadingPage(state.app)
    ctx.set(page.headers)
    ctx.body = page.body
    return
  }
  const failure = endpoint === 'token' || endpoint === 'userinfo' ? state.takeFailure(endpoint) : null
  if (failure !== null) {
    const { retryAfterSeconds } = state.behaviour
    if (retryAfterSeconds !== null) ctx.set('Retry-After', String(retryAfterSeconds))
    ctx.status = failure
    ctx.type = 'html'
    ctx.body = failureBody(failure)
    return
  }
  await next()
  if (endpoint === 'token' && state.behaviour.omitScope && isRecord(ctx.body)) delete ctx.body.scope
}

/** The work is done, only the answer waits: a client that gives up now has lost a code or a rotated token. */
async function keepBack(ctx: KoaContextWithOIDC, endpoint: Endpoint, state: AppState): Promise<void> {
  if (endpoint !== 'token' && endpoint !== 'userinfo') return
  const gone = new AbortController()
  ctx.res.once('close', () => gone.abort())
  const { slowMs, holdToken } = state.behaviour
  if (slowMs > 0) await state.gate.delay(slowMs, gone.signal)
  if (holdToken && endpoint === 'token') await state.gate.hold(gone.signal)
}

function describe(ctx: KoaContextWithOIDC, endpoint: Endpoint) {
  const sent = (isRecord(ctx.oidc?.params) ? ctx.oidc.params : ctx.query) as Record<string, unknown>
  const parameters = Object.entries(sent).flatMap(([name, value]) => {
    if (value === undefined) return []
    return [[name, harmless.has(name) ? String(value) : '(removed)']]
  })
  const error = isRecord(ctx.body) && typeof ctx.body.error === 'string' ? { error: ctx.body.error } : {}
  return {
    at: new Date().toISOString(),
    endpoint,
    method: ctx.method,
    parameters: Object.fromEntries(parameters) as Record<string, string>,
    status: ctx.status,
    ...error,
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

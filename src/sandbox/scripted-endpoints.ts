import type { KoaContextWithOIDC } from 'oidc-provider'
import type { Provider } from 'oidc-provider/lib/provider.js'
import type { AppState, Endpoint, ProtocolRequest } from './app-state.js'
import { addToCallback, hasNoMetadata, rewriteMetadata } from './odd-answers.js'
import { acceptClientName, acceptClientRequest } from './odd-requests.js'
import { loadingPage } from './pages/consent-pages.js'
import { peekBody } from './request-body.js'
import { failWith, isRecord, type Scripted } from './scripted-request.js'
import { answerToken } from './scripted-token.js'
import { answerUserinfo } from './scripted-userinfo.js'

const endpoints: Readonly<Record<string, Endpoint>> = {
  '/authorize': 'authorize',
  '/token': 'token',
  '/userinfo': 'userinfo',
  '/revoke': 'revoke',
  '/introspect': 'introspect',
}

const answers: Readonly<Partial<Record<Endpoint, (request: Scripted) => Promise<void>>>> = {
  authorize: answerAuthorize,
  token: answerToken,
  userinfo: answerUserinfo,
  revoke: answerRevoke,
}

/** Parameters that are recorded with their values. Of all others, only the names are recorded. */
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

/** Makes an app's protocol endpoints count and record their requests, and misbehave as scripted. */
export function followScript(provider: Provider, state: AppState): void {
  provider.use(async (ctx: KoaContextWithOIDC, next: () => Promise<void>) => {
    if (hasNoMetadata(ctx, state)) {
      ctx.status = 404
      return
    }
    const endpoint = endpoints[ctx.path]
    const isConsent = ctx.path.startsWith('/authorize')
    if (!endpoint || ctx.method === 'OPTIONS') {
      await next()
      rewriteMetadata(ctx, state, provider.issuer)
      if (isConsent) addToCallback(ctx, state, provider.issuer)
      return
    }
    state.count(endpoint)
    const gone = new AbortController()
    ctx.res.once('close', () => gone.abort())
    const request: Scripted = {
      ctx,
      state,
      work: next,
      record: (parameters) => {
        const entry = describe(ctx, endpoint, parameters)
        state.record(entry)
        return entry
      },
      gone: gone.signal,
    }
    await (answers[endpoint] ?? answerPlainly)(request)
    if (isConsent) addToCallback(ctx, state, provider.issuer)
  })
}

async function answerPlainly({ work, record }: Scripted): Promise<void> {
  await work()
  record()
}

async function answerAuthorize({ ctx, state, work, record }: Scripted): Promise<void> {
  if (state.behavior.neverShow) {
    const page = await loadingPage(state.app)
    ctx.set(page.headers)
    ctx.body = page.body
  } else {
    acceptClientName(ctx, state)
    await work()
  }
  record()
}

async function answerRevoke({ ctx, state, work, record, gone }: Scripted): Promise<void> {
  const text = await peekBody(ctx.req)
  if (acceptClientRequest(ctx, state, text, false) === null) {
    record(new URLSearchParams(text))
    return
  }
  const status = state.take('revocationStatus')
  if (status !== null) failWith(ctx, state, status)
  else await work()
  record()
  const { revocationSlowMs } = state.behavior
  if (revocationSlowMs > 0) await state.gate.delay(revocationSlowMs, gone)
}

function describe(ctx: KoaContextWithOIDC, endpoint: Endpoint, peeked?: URLSearchParams): ProtocolRequest {
  const form = peeked ? Object.fromEntries(peeked) : ctx.query
  const sent = (isRecord(ctx.oidc?.params) ? ctx.oidc.params : form) as Record<string, unknown>
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

import type { KoaContextWithOIDC } from 'oidc-provider'
import type { Behavior } from './behavior.js'
import { isRecord } from './scripted-request.js'

type Tokens = Record<string, unknown>

/** How other apps write the members of their token responses. */
const MEMBERS: Readonly<Record<NonNullable<Behavior['tokenForm']>, (tokens: Tokens) => Tokens>> = {
  null_members: ({ refresh_token = null, ...tokens }) => ({ ...tokens, refresh_token, scope: null, expires_in: null }),
  empty_members: ({ refresh_token = '', ...tokens }) => ({ ...tokens, refresh_token, scope: '' }),
  text_lifetime: (tokens) => ({ ...tokens, expires_in: `${tokens.expires_in}` }),
  long_lifetime: (tokens) => ({ ...tokens, expires_in: 315_705_599 }),
  zero_lifetime: (tokens) => ({ ...tokens, expires_in: 0 }),
  negative_lifetime: (tokens) => ({ ...tokens, expires_in: -5 }),
  no_lifetime: ({ expires_in: _, ...tokens }) => tokens,
  no_token_type: ({ token_type: _, ...tokens }) => tokens,
  user_token_type: (tokens) => ({ ...tokens, token_type: 'user' }),
  mac_token_type: (tokens) => ({ ...tokens, token_type: 'mac' }),
  other_names: ({ access_token, refresh_token, expires_in }) => ({
    token: access_token,
    renewal: refresh_token,
    ttl: expires_in,
  }),
  created: (tokens) => tokens,
  form: (tokens) => tokens,
}

const SCOPES: Readonly<Record<NonNullable<Behavior['scopeForm']>, (scopes: string[], app: string) => unknown>> = {
  list: (scopes) => scopes,
  commas: (scopes) => scopes.join(', '),
  prefixed: (scopes, app) => scopes.map((scope) => `https://${app}.example/${scope}`).join(' '),
  upper_case: (scopes) => scopes.map((scope) => scope.toUpperCase()).join(' '),
}

/** How other apps say that a refresh token no longer works: status, content type and body. */
const DEAD_GRANTS: Readonly<Record<NonNullable<Behavior['deadGrantAs']>, [number, string, string]>> = {
  plain_text: [400, 'text/plain', 'Bad request'],
  plain_code: [400, 'text/plain', 'invalid_grant'],
  error_list: [400, 'application/json', '{"errors":["invalid_grant - revoked"]}'],
  error_status: [
    400,
    'application/json',
    '{"status":"BAD_REFRESH_TOKEN","message":"missing or unknown refresh token"}',
  ],
  error_object: [400, 'application/json', '{"error":{"code":190,"type":"OAuthException","message":"Session expired"}}'],
  ok_with_error: [200, 'application/json', '{"error":"bad_refresh_token"}'],
  ok_without_token: [200, 'application/json', '{}'],
  not_found: [404, 'application/json', '{"message":"Not found"}'],
  invalid_token: [401, 'application/json', '{"error":"invalid_token"}'],
  empty: [401, 'text/plain', ''],
  unauthorized_client: [
    403,
    'application/json',
    '{"error":"unauthorized_client","error_description":"refresh_token is invalid"}',
  ],
}

/** Rewrites what the app answered a token request with, as scripted. */
export function rewriteTokenResponse(ctx: KoaContextWithOIDC, app: string, behavior: Behavior): void {
  const { tokenForm, scopeForm, deadGrantAs } = behavior
  if (!isRecord(ctx.body)) return
  if (ctx.body.error === 'invalid_grant' && deadGrantAs !== null) {
    const [status, type, body] = DEAD_GRANTS[deadGrantAs]
    answer(ctx, status, type, body)
    return
  }
  if (typeof ctx.body.access_token !== 'string') return
  const { scope } = ctx.body
  if (scopeForm !== null && typeof scope === 'string') {
    ctx.body.scope = SCOPES[scopeForm](scope.split(' '), app)
  }
  if (tokenForm === null) return
  const tokens = MEMBERS[tokenForm](ctx.body)
  if (tokenForm === 'form') {
    const members = Object.entries(tokens).map(([name, value]) => [name, String(value)])
    answer(ctx, 200, 'application/x-www-form-urlencoded', new URLSearchParams(members).toString())
  } else {
    ctx.status = tokenForm === 'created' ? 201 : 200
    ctx.body = tokens
  }
}

function answer(ctx: KoaContextWithOIDC, status: number, type: string, body: string): void {
  ctx.status = status
  ctx.set('content-type', type)
  ctx.body = body
}

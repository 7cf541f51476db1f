import type {
  ClientMetadata,
  Configuration,
  Grant,
  KoaContextWithOIDC,
  Account as ProviderAccount,
} from 'oidc-provider'
import { base, Prompt } from 'oidc-provider/lib/helpers/interaction_policy/index.js'
import { Provider } from 'oidc-provider/lib/provider.js'
import type { AppState } from './app-state.js'
import { accountOf, identityScopes } from './apps.js'
import { problemPage } from './pages/consent-pages.js'
import { notFoundPage } from './pages/elsewhere-page.js'
import { refreshTokenAdapter } from './rotation.js'
import { followScript } from './scripted-endpoints.js'
import type { SigningKey } from './signing-key.js'
import { wantsPage } from './wants-page.js'

export type { Provider }

/** How long a sign-in is remembered, in seconds. */
export const SESSION_SECONDS = 14 * 86_400
const GRANT_SECONDS = 365 * 86_400

export interface ProviderOptions {
  signingKey: SigningKey
  redirectUris: readonly string[]
}

/** One app's authorization server. Mount it with the issuer's path stripped from `req.url` and `req.originalUrl` set. */
export function createProvider(issuer: string, state: AppState, options: ProviderOptions): Provider {
  const provider = new Provider(issuer, configuration(issuer, state, options))
  provider.proxy = true // for the scheme, which the server sets for each request
  followScript(provider, state)
  provider.use(async (ctx, next) => {
    await next()
    if (ctx.status !== 404 || ctx.body || !wantsPage(ctx.headers.accept)) return
    const page = await notFoundPage(new URL(issuer).origin)
    ctx.set(page.headers)
    ctx.body = page.body
    ctx.status = 404
  })
  return provider
}

function configuration(issuer: string, state: AppState, { signingKey, redirectUris }: ProviderOptions): Configuration {
  const { app, records } = state
  const rules = {
    get behavior() {
      return state.behavior
    },
    reused: () => state.countReuse(),
  }
  return {
    adapter: (model) => {
      return model === 'RefreshToken'
        ? refreshTokenAdapter(records, rules, refreshBeingAnswered)
        : records.adapter(model)
    },
    clients: [client(state, redirectUris)],
    clientBasedCORS: () => false,
    clockTolerance: 0,
    cookies: {
      keys: [state.cookieSecret],
      // Cookies ignore ports. Without their own names and paths, apps would overwrite each other's cookies.
      names: {
        session: `${app.slug}_session`,
        interaction: `${app.slug}_interaction`,
        resume: `${app.slug}_resume`,
      },
      long: { httpOnly: true, sameSite: 'lax', path: new URL(issuer).pathname },
      short: { httpOnly: true, sameSite: 'lax' },
    },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post'],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    expiresWithSession: () => false,
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      introspection: { enabled: true, allowedPolicy: () => true },
      pushedAuthorizationRequests: { enabled: false },
      resourceIndicators: { enabled: false },
      revocation: { enabled: true, allowedPolicy: (_ctx, caller, token) => token.clientId === caller.clientId },
      rpInitiatedLogout: { enabled: false },
    },
    findAccount: (_ctx, id) => findAccount(state, id),
    interactions: {
      policy: interactionPolicy(),
      url: (_ctx, interaction) => `${new URL(issuer).pathname}/interaction/${interaction.uid}`,
    },
    issueRefreshToken: (_ctx, caller, source) => {
      const rule = state.behavior.refreshTokens
      const wanted = rule === 'always' || (rule === 'offline_access' && source.scopes.has('offline_access'))
      return wanted && caller.grantTypeAllowed('refresh_token')
    },
    jwks: { keys: [{ ...signingKey }] },
    loadExistingGrant: (ctx) => loadGrant(ctx, state),
    pkce: { required: () => true },
    renderError: async (ctx, out) => {
      const page = await problemPage(app, out.error_description ?? out.error)
      ctx.set(page.headers)
      ctx.body = page.body
    },
    responseTypes: ['code'],
    rotateRefreshToken: () => state.behavior.rotateRefreshTokens,
    routes: {
      authorization: '/authorize',
      token: '/token',
      userinfo: '/userinfo',
      revocation: '/revoke',
      introspection: '/introspect',
      jwks: '/jwks',
    },
    scopes: [...identityScopes, ...app.scopes.map((scope) => scope.name)],
    ttl: {
      AccessToken: () => state.behavior.accessTokenTtlSeconds,
      AuthorizationCode: 60,
      Grant: GRANT_SECONDS,
      IdToken: 3600,
      Interaction: 3600,
      RefreshToken: GRANT_SECONDS,
      Session: SESSION_SECONDS,
    },
  }
}

function client({ app }: AppState, redirectUris: readonly string[]): ClientMetadata {
  return {
    client_id: app.clientId,
    client_secret: app.clientSecret,
    client_name: 'Patchbay',
    redirect_uris: [...redirectUris],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_basic', // oidc-provider also accepts client_secret_post from such a client
  }
}

function findAccount({ app }: AppState, id: string): ProviderAccount {
  const { email, name } = accountOf(app, id)
  return { accountId: id, claims: () => ({ sub: id, email, email_verified: true, name }) }
}

/** Returns the token request that is being handled, if any. Other endpoints use the storage too. */
function refreshBeingAnswered(): object | undefined {
  const { ctx } = Provider
  return ctx?.oidc?.route === 'token' ? ctx : undefined
}

/** Adds `select_account` to `login`, `consent` and `none`. Clients use it to connect a second account. */
function interactionPolicy() {
  const policy = base()
  policy.add(new Prompt({ name: 'select_account', requestable: true }), 0)
  return policy
}

/** Returns the grant that was just consented to, or an earlier one that covers every requested scope. */
async function loadGrant(ctx: KoaContextWithOIDC, state: AppState): Promise<Grant | undefined> {
  const { result, session, client: caller, provider, requestParamOIDCScopes } = ctx.oidc
  const consented = result?.consent?.grantId
  if (consented) return provider.Grant.find(consented)
  const earlier = session?.grantIdFor(caller?.clientId ?? '')
  const grant = earlier ? await provider.Grant.find(earlier) : undefined
  if (!grant || grant.accountId !== session?.accountId || state.consentIsScripted) return undefined
  const granted = new Set(grant.getOIDCScope().split(' '))
  return [...requestParamOIDCScopes].every((scope) => granted.has(scope)) ? grant : undefined
}

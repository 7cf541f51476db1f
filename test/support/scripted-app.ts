import { ProviderSchema } from '../../src/domain/catalogue/provider.js'
import type { ExchangedTokens, IdentifiedExchange, OAuthTarget } from '../../src/domain/ports/oauth-client.js'
import { createGuardedFetch } from '../../src/outbound/guarded-fetch.js'
import { createOAuthClient } from '../../src/outbound/oauth-client.js'
import { answers, type HostileServer, startHostileServer } from './hostile-server.js'

export const SCRIPTED_TOKENS = {
  access_token: 'an-access-token',
  token_type: 'Bearer',
  refresh_token: 'a-refresh-token',
}

/** What a scripted app sends, and what its provider data says. Texts are sent as they are. */
export interface Script {
  settings?: object
  tokens?: object | string
  me?: object | string
  lookup?: object | string
  callback?: Record<string, string>
}

/** The OAuth client, and an app on loopback that answers it as scripted. */
export interface ScriptedApp extends AsyncDisposable {
  server: HostileServer
  oauth: ReturnType<typeof createOAuthClient>
  target(settings?: object): OAuthTarget
  /** Exchanges a code and asks which account it was. */
  connect(script: Script): Promise<{ tokens: ExchangedTokens } & IdentifiedExchange>
}

export async function startScriptedApp(): Promise<ScriptedApp> {
  const server = await startHostileServer()
  const guarded = createGuardedFetch({ allowPrivate: true })
  const oauth = createOAuthClient(guarded.fetch, { allowInsecure: true })
  const { url } = server

  function target(settings: object = {}): OAuthTarget {
    const provider = ProviderSchema.parse({
      authorizationUrl: `${url}/authorize`,
      tokenUrl: `${url}/token`,
      ...settings,
    })
    const credentials = { clientId: 'patchbay', clientSecret: 'a-client-secret' }
    return { provider, credentials, redirectUri: 'http://patchbay.example/oauth/callback/app' }
  }

  return {
    server,
    oauth,
    target,
    async connect({ settings = {}, tokens: answer = {}, me = {}, lookup = {}, callback = {} }) {
      server.requests.length = 0
      server.on('/token', answers(typeof answer === 'string' ? answer : { ...SCRIPTED_TOKENS, ...answer }))
      server.on('/me', answers(me))
      server.on('/lookup', answers(lookup))
      const asked = target(settings)
      const parameters = new URLSearchParams({ state: 'a-state', code: 'a-code', ...callback })
      const tokens = await oauth.exchange(asked, parameters, 'x'.repeat(43))
      return { tokens, ...(await oauth.identify(asked.provider, tokens)) }
    },
    async [Symbol.asyncDispose]() {
      await guarded.close()
      await server[Symbol.asyncDispose]()
    },
  }
}

import { CodeChallengeMethod, generateCodeVerifier, generateState, OAuth2Client } from 'arctic'
import * as oauth from 'oauth4webapi'
import type { Provider } from '../domain/catalogue/provider.js'
import {
  type ExternalAccount,
  type OAuthClient,
  OAuthError,
  type OAuthTarget,
  type Tokens,
} from '../domain/ports/oauth-client.js'
import { refusalIn, withoutEmpty } from './authorization-response.js'
import { wellFormed } from './error-code.js'
import { type GuardedFetch, GuardedFetchError } from './guarded-fetch.js'
import { ReceivedResponse } from './received-response.js'
import { retryAfterMs } from './retry-after.js'
import { clientAuthenticationOf } from './token-endpoint/client-authentication.js'
import { type AnsweredTokens, type Asked, readTokenAnswer } from './token-endpoint/read-answer.js'
import type { TokenMembers } from './token-endpoint/token-members.js'
import { providersName, type ShapedRequest, shapedTokenRequest } from './token-endpoint/token-request.js'

/** OpenID Connect Core 1.0 §2, `sub`. */
const MAX_ACCOUNT_ID_LENGTH = 255
const MAX_LABEL_LENGTH = 200

/**
 * The OAuth client. Arctic builds URLs, states and verifiers, and oauth4webapi talks to the endpoints.
 * @param allowInsecure allows plain http, for apps on the developer's own machine
 */
export function createOAuthClient(fetch: GuardedFetch, { allowInsecure }: { allowInsecure: boolean }): OAuthClient {
  const send = async (
    url: string,
    { method, headers, body }: oauth.CustomFetchOptions<string, unknown>,
  ): Promise<Response> => {
    const response = await fetch(url, { method, headers, body: body == null ? undefined : String(body) })
    if (response.status >= 500 || response.status === 429) {
      throw new OAuthError('APP_UNAVAILABLE', null, { retryAfterMs: retryAfterOf(response) })
    }
    return response
  }
  /** Sends a request to the token endpoint as the provider wants it, and reads the response as the provider means it. */
  const askForTokens =
    (
      { provider, credentials }: OAuthTarget,
      { grant, secrets }: Asked,
      keep: (answer: AnsweredTokens) => void = () => {},
    ) =>
    async (url: string, request: oauth.CustomFetchOptions<string, unknown>): Promise<Response> => {
      const { headers, body } = shaped(request, provider)
      const response = await fetch(url, { method: 'POST', headers, body })
      const text = await response.text()
      const challenge = response.headers.get('www-authenticate')
      const answer = { status: response.status, text, challenge, retryAfterMs: retryAfterOf(response) }
      const all = [...secrets, credentials.clientSecret ?? '']
      const tokens = readTokenAnswer(answer, provider, { grant, secrets: all })
      keep(tokens)
      return new ReceivedResponse(JSON.stringify(tokens.members), {
        status: 200,
        headers: new Headers({ 'content-type': 'application/json' }),
      })
    }
  const options = { [oauth.allowInsecureRequests]: allowInsecure }

  return {
    newSecrets: () => ({ state: generateState(), codeVerifier: generateCodeVerifier() }),

    authorizationUrl({ provider, credentials, redirectUri }, { state, codeVerifier, scopes }) {
      const client = new OAuth2Client(credentials.clientId, credentials.clientSecret, redirectUri)
      const endpoint = new URL(provider.authorizationUrl)
      // First, so that none of them replaces the state or downgrades PKCE.
      for (const [name, value] of Object.entries(provider.authorizationParameters)) {
        endpoint.searchParams.set(name, value)
      }
      const url = provider.pkce
        ? client.createAuthorizationURLWithPKCE(endpoint.href, state, CodeChallengeMethod.S256, codeVerifier, [])
        : client.createAuthorizationURL(endpoint.href, state, [])
      if (scopes.length > 0) url.searchParams.set(provider.scopeParameter, scopes.join(provider.scopeSeparator))
      if (provider.responseMode === 'form_post') url.searchParams.set('response_mode', 'form_post')
      const clientIdName = providersName(provider.tokenRequest, 'client_id')
      if (clientIdName !== 'client_id') {
        url.searchParams.delete('client_id')
        url.searchParams.set(clientIdName, credentials.clientId)
      }
      // Both mean a space, but some servers take + literally. A literal + is encoded.
      url.search = url.search.replaceAll('+', '%20')
      return url
    },

    checkCallback(target, parameters) {
      validated(target, parameters)
    },

    async exchange(target, parameters, codeVerifier) {
      const { provider, credentials, redirectUri } = target
      const server = serverOf(provider)
      const client = { client_id: credentials.clientId }
      const secrets = [parameters.get('code') ?? '', codeVerifier]
      const response = await guarded(() =>
        oauth.authorizationCodeGrantRequest(
          server,
          client,
          clientAuthenticationOf(target),
          validated(target, parameters),
          redirectUri,
          provider.pkce ? codeVerifier : oauth.nopkce,
          {
            ...options,
            additionalParameters: provider.tokenRequest.parameters,
            [oauth.customFetch]: askForTokens(target, { grant: 'authorization_code', secrets }),
          },
        ),
      )
      return tokensOf(await guarded(() => oauth.processAuthorizationCodeResponse(server, client, response)), provider)
    },

    async refresh(target, refreshToken, scopes) {
      const { provider, credentials } = target
      const { parameters, refreshParameters, refreshSendsScopes, refreshUrl } = provider.tokenRequest
      const server = { ...serverOf(provider), token_endpoint: refreshUrl ?? provider.tokenUrl }
      const client = { client_id: credentials.clientId }
      let unread: string | null = null
      const response = await guarded(() =>
        oauth.refreshTokenGrantRequest(server, client, clientAuthenticationOf(target), refreshToken, {
          ...options,
          additionalParameters: {
            ...(refreshSendsScopes && scopes.length > 0 && { scope: scopes.join(provider.scopeSeparator) }),
            ...parameters,
            ...refreshParameters,
          },
          [oauth.customFetch]: askForTokens(target, { grant: 'refresh_token', secrets: [refreshToken] }, (answer) => {
            unread = answer.unread ?? null
          }),
        }),
      )
      const tokens = await guarded(() => oauth.processRefreshTokenResponse(server, client, response))
      return { ...tokensOf(tokens, provider, true), unread }
    },

    reread(provider, text) {
      try {
        const answer = { status: 200, text, challenge: null, retryAfterMs: null }
        const { members, unread } = readTokenAnswer(answer, provider, { grant: 'refresh_token', secrets: [] })
        return unread === undefined ? tokensOf(members, provider, true) : null
      } catch (error) {
        if (error instanceof OAuthError) return null
        throw error
      }
    },

    async identify(provider, accessToken) {
      const { identity } = provider
      if (!identity) return null
      const response = await guarded(() =>
        oauth.protectedResourceRequest(
          accessToken,
          'GET',
          new URL(identity.url),
          new Headers({ accept: 'application/json' }),
          null,
          {
            ...options,
            [oauth.customFetch]: async (url, request) => {
              const response = await send(url, request)
              // RFC 6750 §3.1: 401 is about the token, and 403 is about what it may be used for.
              if (response.status === 401) throw new OAuthError('APP_REFUSED', null, { verdict: 'ACCESS_ENDED' })
              return response
            },
          },
        ),
      )
      if (!response.ok) throw new OAuthError('APP_REFUSED')
      const body = await jsonOf(response)
      const error = memberAt(body, 'error')
      if (typeof error === 'string' && provider.accessEndedErrors.includes(error)) {
        throw new OAuthError('APP_REFUSED', wellFormed(error), { verdict: 'ACCESS_ENDED' })
      }
      return accountOf(body, identity)
    },

    async revoke(target, { accessToken, refreshToken }) {
      const { provider, credentials } = target
      if (!provider.revocationUrl) return
      const response = await guarded(() =>
        oauth.revocationRequest(
          serverOf(provider),
          { client_id: credentials.clientId },
          clientAuthenticationOf(target),
          refreshToken ?? accessToken,
          {
            ...options,
            [oauth.customFetch]: (url, request) => send(url, { ...request, ...shapedRevocation(request, provider) }),
            additionalParameters: { token_type_hint: refreshToken ? 'refresh_token' : 'access_token' },
          },
        ),
      )
      await guarded(() => oauth.processRevocationResponse(response))
    },
  }
}

function serverOf(provider: Provider): oauth.AuthorizationServer {
  return {
    issuer: provider.issuer ?? new URL(provider.authorizationUrl).origin,
    authorization_endpoint: provider.authorizationUrl,
    token_endpoint: provider.tokenUrl,
    ...(provider.revocationUrl && { revocation_endpoint: provider.revocationUrl }),
    authorization_response_iss_parameter_supported: provider.requiresIssuer,
  }
}

function shaped({ headers, body }: oauth.CustomFetchOptions<string, unknown>, provider: Provider): ShapedRequest {
  return shapedTokenRequest({ headers, body: new URLSearchParams(String(body)) }, provider.tokenRequest)
}

/** RFC 7009 has forms only. */
function shapedRevocation(request: oauth.CustomFetchOptions<string, unknown>, provider: Provider): ShapedRequest {
  const tokenRequest = { ...provider.tokenRequest, format: 'form' as const }
  return shaped(request, { ...provider, tokenRequest })
}

function retryAfterOf({ headers }: Response): number | null {
  return retryAfterMs(headers.get('retry-after'), Date.now())
}

/** @throws OAuthError for an `iss` of another issuer (RFC 9207), for an error that the app returned and without a code */
function validated({ provider, credentials }: OAuthTarget, parameters: URLSearchParams): URLSearchParams {
  const received = withoutEmpty(parameters)
  // Everything else is about other flows, or the provider's own.
  const checked = new URLSearchParams()
  for (const name of ['code', 'state', 'iss']) {
    const value = received.get(name)
    if (value !== null) checked.set(name, value)
  }
  // Without a known issuer, there is nothing to compare. The state was already compared by its hash.
  if (!provider.issuer) checked.delete('iss')
  // The library takes an empty one for absent.
  if (checked.get('iss') === '') throw new OAuthError('ISSUER_MISMATCH', null)
  let valid: URLSearchParams
  try {
    valid = oauth.validateAuthResponse(
      serverOf(provider),
      { client_id: credentials.clientId },
      checked,
      oauth.skipStateCheck,
    )
  } catch (cause) {
    throw new OAuthError('ISSUER_MISMATCH', null, { cause })
  }
  const refusal = refusalIn(received, provider)
  if (refusal) throw refusal
  return valid
}

async function guarded<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof OAuthError) throw error
    if (error instanceof GuardedFetchError) {
      throw new OAuthError(codeOf(error), null, {
        cause: error,
        answered: error.reason === 'REDIRECTED' || error.reason === 'PRIVATE_ADDRESS',
      })
    }
    if (error instanceof oauth.ResponseBodyError)
      throw new OAuthError('APP_REFUSED', wellFormed(error.error), { cause: error })
    if (error instanceof oauth.WWWAuthenticateChallengeError)
      throw new OAuthError('APP_REFUSED', null, { cause: error })
    throw new OAuthError('INVALID_TOKEN_RESPONSE', null, { cause: error })
  }
}

function codeOf({ reason }: GuardedFetchError) {
  if (reason === 'PRIVATE_ADDRESS') return 'APP_REFUSED'
  return reason === 'REDIRECTED' || reason === 'TOO_LARGE' ? 'INVALID_TOKEN_RESPONSE' : 'APP_UNAVAILABLE'
}

/** @param refreshable whether there is a refresh token already */
function tokensOf(
  { access_token, refresh_token, expires_in, scope }: TokenMembers | oauth.TokenEndpointResponse,
  { tokenResponse }: Provider,
  refreshable = false,
): Tokens {
  const refreshToken = refresh_token ?? null
  // A token that can't be refreshed isn't given up on a guess.
  const usual = refreshable || refreshToken !== null ? tokenResponse.accessTokenLifetime : null
  return { accessToken: access_token, refreshToken, expiresInSeconds: expires_in ?? usual, scope }
}

async function jsonOf(response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch (cause) {
    throw new OAuthError('INVALID_TOKEN_RESPONSE', null, { cause })
  }
}

function accountOf(body: unknown, { idPath, labelPaths }: NonNullable<Provider['identity']>): ExternalAccount {
  const id = memberAt(body, idPath)
  if ((typeof id !== 'string' && typeof id !== 'number') || id === '') throw new OAuthError('INVALID_TOKEN_RESPONSE')
  const text = String(id)
  if (text.length > MAX_ACCOUNT_ID_LENGTH || holdsControls(text)) throw new OAuthError('INVALID_TOKEN_RESPONSE')
  const label = labelPaths
    .map((path) => memberAt(body, path))
    .find((value) => typeof value === 'string' && value !== '')
  if (typeof label !== 'string') return { id: text, label: null }
  return { id: text, label: label.replaceAll(/\p{Cc}/gu, ' ').slice(0, MAX_LABEL_LENGTH) }
}

/** Control characters mean nothing in a name, and the database can't store NUL. */
function holdsControls(text: string): boolean {
  return /\p{Cc}/u.test(text)
}

function memberAt(body: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, key) => (value !== null && typeof value === 'object' ? Reflect.get(value, key) : undefined),
      body,
    )
}

import { CodeChallengeMethod, generateCodeVerifier, generateState, OAuth2Client } from 'arctic'
import * as oauth from 'oauth4webapi'
import type { Provider } from '../domain/catalogue/provider.js'
import type { NetworkReason } from '../domain/ports/network-failure.js'
import {
  type Metadata,
  type OAuthClient,
  OAuthError,
  type OAuthTarget,
  type ReportedError,
  type Tokens,
} from '../domain/ports/oauth-client.js'
import { accountIn } from './account.js'
import { serverOf } from './authorization-server.js'
import { checkedCallback } from './checked-callback.js'
import { choicesIn } from './choices.js'
import { wellFormed } from './error-code.js'
import { parseExactly, valueAt } from './exact-json.js'
import { type GuardedFetch, GuardedFetchError, type GuardedRequest } from './guarded-fetch.js'
import { type TokenForToken, tokenForTokenRequest } from './long-lived-token.js'
import { assertRequired, membersOf, metadataIn } from './metadata.js'
import { hostOf } from './network-reason.js'
import { ReceivedResponse } from './received-response.js'
import { retryAfterMs } from './retry-after.js'
import { isExpiredToken, revocationRequest } from './revocation.js'
import { answerBody } from './token-endpoint/answer-body.js'
import { clientAuthenticationOf } from './token-endpoint/client-authentication.js'
import { type AnsweredTokens, type Asked, readTokenAnswer } from './token-endpoint/read-answer.js'
import { reportedError, reportedInCallback, reportsError } from './token-endpoint/reported-error.js'
import type { TokenMembers } from './token-endpoint/token-members.js'
import { providersName, type ShapedRequest, shapedTokenRequest } from './token-endpoint/token-request.js'
import { isOutage, saysAccessEnded } from './token-endpoint/verdict.js'
import { providerAt, tokenServerIn, urlAtServer } from './token-server.js'

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
      const reported = await reportOf(url, response, [...new URLSearchParams(String(body ?? '')).values()])
      throw new OAuthError('APP_UNAVAILABLE', null, { retryAfterMs: retryAfterOf(response), reported })
    }
    return response
  }
  /** Sends a request for tokens, and reads the response as the provider means it. */
  const receiveTokens = async (
    { provider, credentials }: OAuthTarget,
    { grant, secrets }: Asked,
    url: string,
    request: GuardedRequest,
  ): Promise<AnsweredTokens & { text: string }> => {
    const response = await fetchSecurely(url, request)
    const text = await response.text()
    const challenge = response.headers.get('www-authenticate')
    const { status } = response
    const answer = { host: hostOf(url), status, text, challenge, retryAfterMs: retryAfterOf(response) }
    const all = [...secrets, credentials.clientSecret ?? '', request.headers?.authorization?.replace(/^\w+ /, '') ?? '']
    return { ...readTokenAnswer(answer, provider, { grant, secrets: all }), text }
  }
  /** The same at the token endpoint, as the provider wants it. */
  const askForTokens =
    (target: OAuthTarget, asked: Asked, sent: Sent) =>
    async (url: string, request: oauth.CustomFetchOptions<string, unknown>): Promise<Response> => {
      const { headers, body } = shaped(request, target.provider)
      const { members, unread, text } = await receiveTokens(target, asked, url, { method: 'POST', headers, body })
      sent.text = text
      sent.unread = unread
      return new ReceivedResponse(JSON.stringify(members), {
        status: 200,
        headers: new Headers({ 'content-type': 'application/json' }),
      })
    }
  const options = { [oauth.allowInsecureRequests]: allowInsecure }
  /** For requests that aren't the library's, which checks the same. */
  const fetchSecurely: GuardedFetch = (url, request) => {
    if (!allowInsecure && new URL(url).protocol !== 'https:') throw new OAuthError('APP_REFUSED')
    return fetch(url, request)
  }
  const security = { allowInsecure }

  const metadataWith = ({ accessToken, refreshToken }: GrantedTokens, answer: unknown, provider: Provider): Metadata =>
    metadataIn(answer, 'tokens', provider, security, [accessToken, refreshToken])

  const tokenForToken = async (target: OAuthTarget, described: TokenForToken, token: string) => {
    const { provider, credentials, server = null } = target
    const { url, ...request } = tokenForTokenRequest(described, credentials, token)
    const asked = { grant: 'refresh_token', secrets: [token] } as const
    const { members, unread = null, text } = await guarded(() => receiveTokens(target, asked, url, request))
    const tokens = tokensOf(members, provider, true)
    return { ...tokens, metadata: metadataWith(tokens, membersOf(text), provider), server, unread }
  }

  /** Sends a request that the provider's data describes, with the access token, and reads the answer exactly. */
  const call = async (provider: Provider, accessToken: string, request: DescribedRequest): Promise<unknown> => {
    const { url, method, headers, body } = request
    const all = new Headers({ accept: 'application/json', ...headers })
    if (body !== null && !all.has('content-type'))
      all.set('content-type', typeof body === 'string' ? 'application/x-www-form-urlencoded' : 'application/json')
    const text = body === null || typeof body === 'string' ? body : JSON.stringify(body)
    const response = await guarded(() =>
      oauth.protectedResourceRequest(accessToken, method, new URL(url), all, text, {
        ...options,
        [oauth.customFetch]: async (address, sent) => {
          const received = await send(address, sent)
          if (received.ok) return received
          const body = answerBody(await received.text())
          const challenge = received.headers.get('www-authenticate')
          const answer = { host: hostOf(address), status: received.status, challenge }
          const reported = reportedError(answer, body, [accessToken])
          // RFC 6750 §3.1: 401 is about the token, and 403 is about what it may be used for. Some say it with a code.
          const isEnded = received.status === 401 || saysAccessEnded(body, challenge, provider)
          const verdict = isEnded ? 'ACCESS_ENDED' : null
          throw new OAuthError('APP_REFUSED', null, { verdict, reported })
        },
      }),
    )
    try {
      const answer = await exactJsonOf(response)
      const error = valueAt(answer, 'error')
      if (typeof error === 'string' && provider.accessEndedErrors.includes(error)) {
        throw new OAuthError('APP_REFUSED', wellFormed(error), { verdict: 'ACCESS_ENDED' })
      }
      return answer
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error
      const { status } = response
      throw error.reportedAs({ host: hostOf(url), status, code: error.detail, description: null })
    }
  }

  const refresh: OAuthClient['refresh'] = async (target, refreshToken, scopes, isShortLived = false) => {
    const provider = providerAt(target.provider, target.server, security)
    const at = { ...target, provider }
    if (provider.longLivedToken) {
      const described = provider.longLivedToken[isShortLived ? 'exchange' : 'refresh']
      return tokenForToken(at, described, refreshToken)
    }
    const { parameters, refreshParameters, refreshSendsScopes, refreshUrl } = provider.tokenRequest
    const server = { ...serverOf(provider), token_endpoint: refreshUrl ?? provider.tokenUrl }
    const client = { client_id: target.credentials.clientId }
    const sent: Sent = {}
    const response = await guarded(() =>
      oauth.refreshTokenGrantRequest(server, client, clientAuthenticationOf(at), refreshToken, {
        ...options,
        additionalParameters: {
          ...(refreshSendsScopes && scopes.length > 0 && { scope: scopes.join(provider.scopeSeparator) }),
          ...parameters,
          ...refreshParameters,
        },
        [oauth.customFetch]: askForTokens(at, { grant: 'refresh_token', secrets: [refreshToken] }, sent),
      }),
    )
    const answered = await guarded(() => oauth.processRefreshTokenResponse(server, client, response))
    const tokens = tokensOf(answered, provider, true)
    const metadata = metadataWith(tokens, membersOf(sent.text ?? ''), provider)
    return { ...tokens, metadata, server: target.server ?? null, unread: sent.unread ?? null }
  }

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
      try {
        checkedCallback(target, parameters)
      } catch (error) {
        if (!(error instanceof OAuthError) || error.reported) throw error
        throw error.reportedAs(reportedInCallback(parameters))
      }
    },

    async exchange(target, parameters, codeVerifier) {
      const { credentials, redirectUri } = target
      const namedServer = tokenServerIn(parameters, target.provider, security)
      const provider = providerAt(target.provider, namedServer, security)
      const at = { ...target, provider }
      const sent: Sent = {}
      const server = serverOf(provider)
      const client = { client_id: credentials.clientId }
      const secrets = [parameters.get('code') ?? '', codeVerifier]
      const response = await guarded(() =>
        oauth.authorizationCodeGrantRequest(
          server,
          client,
          clientAuthenticationOf(at),
          checkedCallback(target, parameters),
          redirectUri,
          provider.pkce ? codeVerifier : oauth.nopkce,
          {
            ...options,
            additionalParameters: provider.tokenRequest.parameters,
            [oauth.customFetch]: askForTokens(at, { grant: 'authorization_code', secrets }, sent),
          },
        ),
      )
      const answered = await guarded(() => oauth.processAuthorizationCodeResponse(server, client, response))
      const tokens = tokensOf(answered, provider)
      const answer = membersOf(sent.text ?? '')
      const fromCallback = metadataIn(parametersOf(parameters), 'callback', provider, security)
      const scope = provider.grantedScopesFrom === 'callback' ? parameters.get('scope') : null
      return {
        ...tokens,
        scope: scope ?? tokens.scope,
        metadata: { ...fromCallback, ...metadataWith(tokens, answer, provider) },
        server: namedServer,
        ...(provider.longLivedToken && { isShortLived: true }),
        answer,
      }
    },

    refresh,

    reread(provider, text) {
      try {
        const answer = { host: '', status: 200, text, challenge: null, retryAfterMs: null }
        const { members, unread } = readTokenAnswer(answer, provider, { grant: 'refresh_token', secrets: [] })
        if (unread !== undefined) return null
        const tokens = tokensOf(members, provider, true)
        return { ...tokens, metadata: metadataWith(tokens, membersOf(text), provider), server: null }
      } catch (error) {
        if (error instanceof OAuthError) return null
        throw error
      }
    },

    async identify(provider, { accessToken, answer, ...tokens }) {
      const { identity, lookup } = provider
      const callAt = (request: DescribedRequest, values: Metadata) =>
        call(provider, accessToken, { ...request, url: urlAtServer(request, provider, values, security) })
      const { url } = identity ?? {}
      const body = identity && url ? await callAt({ ...identity, url }, tokens.metadata) : answer
      const secrets = [accessToken, tokens.refreshToken]
      const metadata = {
        ...tokens.metadata,
        ...(identity?.url && metadataIn(body, 'identity', provider, security, secrets)),
      }
      const looked = lookup && answer !== undefined ? await callAt(lookup, metadata) : undefined
      const identifiedBy = (lookedUp: unknown) => {
        const all = { ...metadata, ...metadataIn(lookedUp, 'lookup', provider, security, secrets) }
        if (answer !== undefined) assertRequired(provider, all)
        return { account: accountIn(body, provider, all), metadata: all }
      }
      if (lookup?.choices && answer !== undefined) {
        return { account: null, metadata, choices: choicesIn(looked, lookup.choices, identifiedBy) }
      }
      return { ...identifiedBy(looked), choices: null }
    },

    async revoke(target, tokens) {
      const provider = providerAt(target.provider, target.server, security)
      const { revocationUrl } = provider
      if (!revocationUrl) return
      const asked = await guarded(() => revocationRequest({ ...target, provider }, revocationUrl, tokens))
      const { url, ...request } = asked
      const response = await guarded(() => fetchSecurely(url, request))
      const body = answerBody(await response.text())
      if (response.ok && !(body.members && reportsError(body.members))) return
      const { status, headers } = response
      const challenge = headers.get('www-authenticate')
      const secrets = [tokens.accessToken, tokens.refreshToken ?? '', target.credentials.clientSecret ?? '']
      const reported = reportedError({ host: hostOf(url), status, challenge }, body, secrets)
      if (isOutage(status))
        throw new OAuthError('APP_UNAVAILABLE', null, { retryAfterMs: retryAfterOf(response), reported })
      const verdict = isExpiredToken(status, body, challenge, provider) ? 'ACCESS_ENDED' : null
      throw new OAuthError('APP_REFUSED', reported.code, { verdict, reported })
    },
  }
}

function shaped({ headers, body }: oauth.CustomFetchOptions<string, unknown>, provider: Provider): ShapedRequest {
  return shapedTokenRequest({ headers, body: new URLSearchParams(String(body)) }, provider.tokenRequest)
}

/** @param secrets values of the request that must not be repeated */
async function reportOf(url: string, response: Response, secrets: readonly string[]): Promise<ReportedError> {
  const challenge = response.headers.get('www-authenticate')
  const answer = { host: hostOf(url), status: response.status, challenge }
  return reportedError(answer, answerBody(await response.text()), secrets)
}

function retryAfterOf({ headers }: Response): number | null {
  return retryAfterMs(headers.get('retry-after'), Date.now())
}

/** The app didn't do what it was asked. */
const CERTAIN: readonly NetworkReason[] = ['REDIRECTED', 'PRIVATE_ADDRESS', 'PROXY_UNREACHABLE', 'PROXY_REFUSED']

async function guarded<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof OAuthError) throw error
    if (error instanceof GuardedFetchError) {
      throw new OAuthError(codeOf(error), null, {
        cause: error,
        network: { reason: error.reason, host: error.host, proxyStatus: error.proxyStatus },
        answered: CERTAIN.includes(error.reason),
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

/** Returns a callback's parameters. No one could know which value of a repeated one counts, so it has none. */
function parametersOf(parameters: URLSearchParams): Record<string, string> {
  return Object.fromEntries([...parameters].filter(([name]) => parameters.getAll(name).length === 1))
}

/** What a token endpoint sent. */
interface Sent {
  text?: string
  /** The same, if a new refresh token in it can't be read. */
  unread?: string | undefined
}

type DescribedRequest = Omit<NonNullable<Provider['lookup']>, 'choices'>
type GrantedTokens = Omit<Tokens, 'metadata' | 'server'>

/** @param refreshable whether there is a refresh token already */
function tokensOf(
  { access_token, refresh_token, expires_in, scope }: TokenMembers | oauth.TokenEndpointResponse,
  { tokenResponse, longLivedToken }: Provider,
  refreshable = false,
): GrantedTokens {
  const refreshToken = longLivedToken ? access_token : (refresh_token ?? null)
  // A token that can't be refreshed isn't given up on a guess.
  const usual = refreshable || refreshToken !== null ? tokenResponse.accessTokenLifetime : null
  return { accessToken: access_token, refreshToken, expiresInSeconds: expires_in ?? usual, scope }
}

async function exactJsonOf(response: Response): Promise<unknown> {
  try {
    return parseExactly(await response.text())
  } catch (cause) {
    throw new OAuthError('INVALID_TOKEN_RESPONSE', null, { cause })
  }
}

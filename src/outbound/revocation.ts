import type { Provider } from '../domain/catalogue/provider.js'
import { type ClientCredentials, OAuthError, type OAuthTarget, type Tokens } from '../domain/ports/oauth-client.js'
import { serverOf } from './authorization-server.js'
import type { GuardedRequest } from './guarded-fetch.js'
import type { AnswerBody } from './token-endpoint/answer-body.js'
import { clientAuthenticationOf } from './token-endpoint/client-authentication.js'
import { errorCodes } from './token-endpoint/reported-error.js'
import { providersName } from './token-endpoint/token-request.js'
import { normalized, verdictOf } from './token-endpoint/verdict.js'

type RevokedTokens = Pick<Tokens, 'accessToken' | 'refreshToken'>

/** What the address of a revocation may have of its request. */
const REQUEST_VALUE = /\{(client_id|token)\}/g
/** What its headers may have of the client. */
const CLIENT_VALUE = /\{(client_id|client_secret)\}/g
/** RFC 6750 §3.1, and what others call it. */
const EXPIRED_TOKEN = /^(?:(?:invalid|expired)_(?:access_)?token|(?:access_)?token_(?:is_)?(?:expired|invalid))$/

/**
 * Returns whether a refusal to revoke means that the access token has expired, and that a valid one would do. Most apps
 * say so with 401 (RFC 6750 §3.1), and some with a code of their own.
 */
export function isExpiredToken(
  status: number,
  body: AnswerBody,
  challenge: string | null,
  provider: Provider,
): boolean {
  const { authentication, token } = provider.revocation
  if (authentication !== 'access_token' && token !== 'access_token') return false
  const said = verdictOf(status, body, challenge, provider)
  if (said === 'CLIENT_REFUSED') return false
  const isNamed = errorCodes(body, challenge).some((code) => EXPIRED_TOKEN.test(normalized(code)))
  return said === 'ACCESS_ENDED' || isNamed || status === 401
}

/** Returns whether a header has the client’s secret, in place of the usual ways. */
export function hasSecretInHeader({ headers }: Provider['revocation']): boolean {
  return Object.values(headers).some((value) => value.includes('{client_secret}'))
}

/**
 * Returns the request that revokes (RFC 7009 §2.1) as the provider wants it. Its address may contain a token, so it must
 * not be logged.
 * @param revocationUrl of the provider
 * @throws OAuthError if the address would lead elsewhere, or a header would end
 */
export async function revocationRequest(
  target: OAuthTarget,
  revocationUrl: string,
  { accessToken, refreshToken }: RevokedTokens,
): Promise<GuardedRequest & { url: string }> {
  const { provider, credentials } = target
  const { revocation, tokenRequest } = provider
  const { method, format, tokenParameter } = revocation
  const revoked = revocation.token === 'access_token' ? accessToken : (refreshToken ?? accessToken)
  const url = withRequestValues(revocationUrl, { client_id: credentials.clientId, token: revoked })
  if (url === null) throw new OAuthError('APP_REFUSED')

  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(revocation.parameters)) {
    parameters.set(name, value.replaceAll('{client_id}', credentials.clientId))
  }
  if (tokenParameter !== null) parameters.set(tokenParameter, revoked)
  if (isStandard(revocation)) {
    parameters.set('token_type_hint', revoked === refreshToken ? 'refresh_token' : 'access_token')
  }
  const headers = new Headers({
    accept: 'application/json',
    ...tokenRequest.headers,
    ...headersOf(revocation, credentials),
  })
  await authenticate(target, accessToken, parameters, headers)
  const named = [...parameters]
    .filter(([name]) => !tokenRequest.leftOut.includes(name))
    .map(([name, value]) => [providersName(tokenRequest, name), value] as const)

  if (format === 'query') {
    const address = new URL(url)
    for (const [name, value] of named) address.searchParams.set(name, value)
    return { url: address.href, method, headers: Object.fromEntries(headers) }
  }
  if (named.length === 0) return { url, method, headers: Object.fromEntries(headers) }
  headers.set('content-type', format === 'json' ? 'application/json' : 'application/x-www-form-urlencoded')
  const body =
    format === 'json'
      ? JSON.stringify(Object.fromEntries(named))
      : new URLSearchParams(named.map(([...pair]) => pair)).toString()
  return { url, method, headers: Object.fromEntries(headers), body }
}

/** Returns an address with the values of its request, or null if one of them would lead elsewhere. */
function withRequestValues(url: string, values: { client_id: string; token: string }): string | null {
  const names = [...url.matchAll(REQUEST_VALUE)].map(([, name]) => name as keyof typeof values)
  if (names.some((name) => /^\.{0,2}$/.test(values[name]))) return null
  return url.replace(REQUEST_VALUE, (_, name: keyof typeof values) => encodeURIComponent(values[name]))
}

function headersOf({ headers }: Provider['revocation'], credentials: ClientCredentials): Record<string, string> {
  const values = { client_id: credentials.clientId, client_secret: credentials.clientSecret ?? '' }
  const filled = Object.entries(headers).map(([name, value]) => [
    name,
    value.replace(CLIENT_VALUE, (_, of: keyof typeof values) => {
      if (!/^[\x21-\x7e]+$/.test(values[of])) throw new OAuthError('APP_REFUSED')
      return values[of]
    }),
  ])
  return Object.fromEntries(filled)
}

/** Only the standard has a hint. */
function isStandard({ format, authentication, tokenParameter }: Provider['revocation']): boolean {
  return format === 'form' && authentication.startsWith('client') && tokenParameter === 'token'
}

async function authenticate(
  target: OAuthTarget,
  accessToken: string,
  parameters: URLSearchParams,
  headers: Headers,
): Promise<void> {
  const { provider, credentials } = target
  const { authentication } = provider.revocation
  if (authentication === 'none') return
  if (authentication === 'access_token') {
    const { header, scheme } = provider.api
    headers.set(header, scheme === '' ? accessToken : `${scheme} ${accessToken}`)
    return
  }
  const clientAuthentication = authentication === 'client' ? provider.clientAuthentication : authentication
  const by = clientAuthenticationOf({ ...target, provider: { ...provider, clientAuthentication } })
  await by(serverOf(provider), { client_id: credentials.clientId }, parameters, headers)
}

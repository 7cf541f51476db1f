import type { Provider } from '../domain/catalogue/provider.js'
import { OAuthError, type OAuthTarget, type Tokens } from '../domain/ports/oauth-client.js'
import { serverOf } from './authorization-server.js'
import type { GuardedRequest } from './guarded-fetch.js'
import { clientAuthenticationOf } from './token-endpoint/client-authentication.js'
import { providersName } from './token-endpoint/token-request.js'

type RevokedTokens = Pick<Tokens, 'accessToken' | 'refreshToken'>

/** What the address of a revocation may have of its request. */
const REQUEST_VALUE = /\{(client_id|token)\}/g

/** Returns whether only a valid access token revokes, so that an expired one has to be renewed first. */
export function needsAccessToken({ revocation }: Pick<Provider, 'revocation'>): boolean {
  return revocation.authentication === 'access_token' || revocation.token === 'access_token'
}

/**
 * Returns the request that revokes (RFC 7009 §2.1) as the provider wants it. Its address may contain a token, so it must
 * not be logged.
 * @param revocationUrl of the provider
 * @throws OAuthError if the address would lead elsewhere
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
  const headers = new Headers({ accept: 'application/json', ...tokenRequest.headers, ...revocation.headers })
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

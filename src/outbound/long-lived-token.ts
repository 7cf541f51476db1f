import type { Provider } from '../domain/catalogue/provider.js'
import type { ClientCredentials } from '../domain/ports/oauth-client.js'
import type { GuardedRequest } from './guarded-fetch.js'

export type TokenForToken = NonNullable<Provider['longLivedToken']>['exchange']

/**
 * Returns the request that exchanges an access token for another one. Its address may contain the token and the secret,
 * so it must not be logged.
 */
export function tokenForTokenRequest(
  { url, method, grantType, tokenParameter, clientParameters }: TokenForToken,
  { clientId, clientSecret }: ClientCredentials,
  token: string,
): GuardedRequest & { url: string } {
  const client = { client_id: clientId, client_secret: clientSecret ?? '' }
  const parameters = {
    grant_type: grantType,
    ...Object.fromEntries(clientParameters.map((name) => [name, client[name]])),
    [tokenParameter]: token,
  }
  const headers = { accept: 'application/json' }
  if (method === 'POST') {
    const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' }
    return { url, method, headers: form, body: new URLSearchParams(parameters).toString() }
  }
  const address = new URL(url)
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value)
  return { url: address.href, method, headers }
}

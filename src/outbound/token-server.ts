import type { Provider } from '../domain/catalogue/provider.js'
import { type Metadata, OAuthError } from '../domain/ports/oauth-client.js'
import { isUnderHosts } from './hosts.js'

/**
 * Returns the origin that a callback names for redeeming its code, or null if it names none.
 * @throws OAuthError if the provider doesn't declare its host, so that no other server gets a code or a secret
 */
export function tokenServerIn(
  parameters: URLSearchParams,
  { tokenServer }: Pick<Provider, 'tokenServer'>,
  options: { allowInsecure: boolean },
): string | null {
  const named = tokenServer && parameters.getAll(tokenServer.parameter)
  if (!tokenServer || !named || named.length === 0) return null
  const [value = ''] = named
  if (named.length > 1 || !isUnderHosts(value, tokenServer.hosts, options)) throw new OAuthError('ISSUER_MISMATCH')
  return originOf(value)
}

/**
 * Returns an address on the server that a value of the connection names, or as it is if there is no such value.
 * @throws OAuthError if the provider doesn't declare the server's host, so that no other server gets a token
 */
export function urlAtServer(
  { url, serverFrom }: { url: string; serverFrom: string | null },
  { metadata: declared }: Pick<Provider, 'metadata'>,
  metadata: Metadata,
  options: { allowInsecure: boolean },
): string {
  const value = serverFrom !== null && Object.hasOwn(metadata, serverFrom) ? metadata[serverFrom] : undefined
  if (value === undefined) return url
  const hosts = Object.entries(declared).find(([name]) => name === serverFrom)?.[1].hosts
  if (!hosts || !isUnderHosts(value, hosts, options)) throw new OAuthError('INVALID_TOKEN_RESPONSE')
  return url.replace(/^https?:\/\/[^/?#]+/i, originOf(value))
}

function originOf(value: string): string {
  return new URL(/^https?:/i.test(value) ? value : `https://${value}`).origin
}

/**
 * Returns the provider with its token and revocation endpoints on the server that a connection's callback named. They
 * keep their paths.
 * @throws OAuthError if the provider doesn't declare its host, or no longer
 */
export function providerAt(
  provider: Provider,
  server: string | null | undefined,
  options: { allowInsecure: boolean },
): Provider {
  if (server == null) return provider
  const { tokenServer, tokenUrl, revocationUrl } = provider
  if (!tokenServer || !isUnderHosts(server, tokenServer.hosts, options)) throw new OAuthError('APP_REFUSED')
  const { origin } = new URL(tokenUrl)
  const moved = (url: string) => (new URL(url).origin === origin ? url.replace(/^https?:\/\/[^/?#]+/i, server) : url)
  const { refreshUrl } = provider.tokenRequest
  return {
    ...provider,
    tokenUrl: moved(tokenUrl),
    revocationUrl: revocationUrl && moved(revocationUrl),
    tokenRequest: { ...provider.tokenRequest, refreshUrl: refreshUrl && moved(refreshUrl) },
  }
}

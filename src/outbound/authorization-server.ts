import type * as oauth from 'oauth4webapi'
import type { Provider } from '../domain/catalogue/provider.js'

/** Returns a provider as oauth4webapi describes authorization servers (RFC 8414 §2). */
export function serverOf(provider: Provider): oauth.AuthorizationServer {
  return {
    issuer: provider.issuer ?? new URL(provider.authorizationUrl).origin,
    authorization_endpoint: provider.authorizationUrl,
    token_endpoint: provider.tokenUrl,
    ...(provider.revocationUrl && { revocation_endpoint: provider.revocationUrl }),
    authorization_response_iss_parameter_supported: provider.requiresIssuer,
  }
}

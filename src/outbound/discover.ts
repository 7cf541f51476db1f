import * as oauth from 'oauth4webapi'
import * as z from 'zod'
import { type Discover, DiscoveryError } from '../domain/ports/discovery.js'
import { type GuardedFetch, GuardedFetchError } from './guarded-fetch.js'
import { supportedAuthentication } from './token-endpoint/supported-authentication.js'

const text = z.string().nullish()
const texts = z.array(z.unknown()).nullish()
const flag = z.boolean().nullish()

/** The members that are read (OpenID Connect Discovery 1.0 §3, RFC 8414 §2, RFC 9207 §3). */
const MetadataSchema = z.object({
  issuer: z.string(),
  authorization_endpoint: text,
  token_endpoint: text,
  userinfo_endpoint: text,
  revocation_endpoint: text,
  token_endpoint_auth_methods_supported: texts,
  code_challenge_methods_supported: texts,
  authorization_response_iss_parameter_supported: flag,
})

/** Reads an OpenID Connect issuer's metadata (OpenID Connect Discovery 1.0). */
export function createDiscover(fetch: GuardedFetch, { allowInsecure }: { allowInsecure: boolean }): Discover {
  return async (issuer) => {
    const { data: server, error } = MetadataSchema.safeParse(await metadataOf(new URL(issuer), fetch, allowInsecure))
    if (error) throw new DiscoveryError(`its metadata has a wrong ${error.issues[0]?.path.join('.')}`)
    const { authorization_endpoint, token_endpoint } = server
    if (!authorization_endpoint || !token_endpoint) {
      throw new DiscoveryError(
        'its metadata has no authorization or token endpoint. Describe the endpoints with oauth2 instead',
      )
    }
    return {
      authorizationUrl: authorization_endpoint,
      tokenUrl: token_endpoint,
      revocationUrl: server.revocation_endpoint ?? null,
      issuer: server.issuer,
      requiresIssuer: server.authorization_response_iss_parameter_supported ?? false,
      // Undeclared doesn't mean unsupported: servers that don't know PKCE ignore its parameters (RFC 7636 §5).
      pkce: server.code_challenge_methods_supported?.includes('S256') ?? true,
      clientAuthentication: supportedAuthentication(server.token_endpoint_auth_methods_supported),
      identityScopes: ['openid', 'email'],
      identity: server.userinfo_endpoint
        ? { url: server.userinfo_endpoint, idPath: 'sub', labelPaths: ['email', 'preferred_username', 'name'] }
        : null,
    }
  }
}

async function metadataOf(
  issuer: URL,
  fetch: GuardedFetch,
  allowInsecure: boolean,
): Promise<oauth.AuthorizationServer> {
  try {
    const response = await oauth.discoveryRequest(issuer, {
      [oauth.allowInsecureRequests]: allowInsecure,
      [oauth.customFetch]: (url, { method, headers }) => fetch(url, { method, headers }),
    })
    return await oauth.processDiscoveryResponse(issuer, response)
  } catch (cause) {
    const why = cause instanceof GuardedFetchError ? ` (${cause.reason})` : ''
    throw new DiscoveryError(
      `its metadata at ${issuer.href.replace(/\/$/, '')}/.well-known/openid-configuration couldn’t be read${why}`,
      { cause },
    )
  }
}

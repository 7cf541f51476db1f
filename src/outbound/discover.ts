import * as z from 'zod'
import { type Discover, DiscoveryError } from '../domain/ports/discovery.js'
import { findMetadata } from './find-metadata.js'
import type { GuardedFetch } from './guarded-fetch.js'
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

/** Reads an issuer's metadata (OpenID Connect Discovery 1.0 §4, RFC 8414 §3). */
export function createDiscover(fetch: GuardedFetch, { allowInsecure }: { allowInsecure: boolean }): Discover {
  return async (issuer, { issuerTemplate = null } = {}) => {
    const { document, url } = await findMetadata(fetch, issuer, { allowInsecure, issuerTemplate })
    const { data: server, error } = MetadataSchema.safeParse(document)
    if (error) throw new DiscoveryError(`its metadata at ${url} has a wrong ${error.issues[0]?.path.join('.')}`)
    const { authorization_endpoint, token_endpoint } = server
    if (!authorization_endpoint || !token_endpoint) {
      throw new DiscoveryError(
        `its metadata at ${url} has no authorization or token endpoint. Describe the endpoints with oauth2 instead`,
      )
    }
    return {
      authorizationUrl: authorization_endpoint,
      tokenUrl: token_endpoint,
      revocationUrl: server.revocation_endpoint ?? null,
      // Any tenant's issuer fits the template, so there is no single one.
      issuer: server.issuer === issuerTemplate ? null : server.issuer,
      issuerTemplate,
      requiresIssuer: server.authorization_response_iss_parameter_supported ?? false,
      // Undeclared doesn't mean unsupported: servers that don't know PKCE ignore its parameters (RFC 7636 §5).
      pkce: server.code_challenge_methods_supported?.includes('S256') ?? true,
      clientAuthentication: supportedAuthentication(server.token_endpoint_auth_methods_supported),
      // Without OpenID Connect, a server may refuse its scopes.
      identityScopes: server.userinfo_endpoint || /openid-configuration/.test(url) ? ['openid', 'email'] : [],
      identity: server.userinfo_endpoint
        ? { url: server.userinfo_endpoint, idPath: 'sub', labelPaths: ['email', 'preferred_username', 'name'] }
        : null,
    }
  }
}

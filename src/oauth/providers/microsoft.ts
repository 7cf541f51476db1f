import type { ProviderDefinition } from './definition.js'

/** https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-auth-code-flow */
export const microsoft: ProviderDefinition = {
  name: 'Microsoft',
  authorizationUrl: 'https://login.microsoftonline.com/common/oauth2/v2.0/authorize',
  tokenUrl: 'https://login.microsoftonline.com/common/oauth2/v2.0/token',
  clientAuthentication: 'client_secret_post',
  identityScopes: ['openid', 'email', 'profile', 'offline_access'],
  // Asked for, acted upon, and never listed in the token response.
  unreportedScopes: ['offline_access', 'openid', 'email', 'profile'],
  identity: { url: 'https://graph.microsoft.com/oidc/userinfo', idPath: 'sub', labelPaths: ['email', 'name'] },
  signInUrl: 'https://login.microsoftonline.com/',
}

import type { ProviderDefinition } from './definition.js'

/** https://developers.google.com/identity/protocols/oauth2/web-server and the issuer's discovery document. */
export const google: ProviderDefinition = {
  name: 'Google',
  authorizationUrl: 'https://accounts.google.com/o/oauth2/v2/auth',
  tokenUrl: 'https://oauth2.googleapis.com/token',
  revocationUrl: 'https://oauth2.googleapis.com/revoke',
  issuer: 'https://accounts.google.com',
  // A refresh token comes only with both of these.
  authorizationParameters: { access_type: 'offline', prompt: 'consent' },
  clientAuthentication: 'client_secret_post',
  identityScopes: ['openid', 'email'],
  identity: { url: 'https://openidconnect.googleapis.com/v1/userinfo', idPath: 'sub', labelPaths: ['email', 'name'] },
  scopeAliases: {
    'https://www.googleapis.com/auth/userinfo.email': 'email',
    'https://www.googleapis.com/auth/userinfo.profile': 'profile',
  },
  signInUrl: 'https://accounts.google.com/',
}

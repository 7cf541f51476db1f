import type { ProviderDefinition } from './definition.js'

/** https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps */
export const github: ProviderDefinition = {
  name: 'GitHub',
  authorizationUrl: 'https://github.com/login/oauth/authorize',
  tokenUrl: 'https://github.com/login/oauth/access_token',
  clientAuthentication: 'client_secret_post',
  identity: { url: 'https://api.github.com/user', idPath: 'id', labelPaths: ['login', 'email'] },
  signInUrl: 'https://github.com/login',
}

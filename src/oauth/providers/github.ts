import type { ProviderDefinition } from './definition.js'

/** https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps */
export const github: ProviderDefinition = {
  name: 'GitHub',
  authorizationUrl: 'https://github.com/login/oauth/authorize',
  tokenUrl: 'https://github.com/login/oauth/access_token',
  clientAuthentication: 'client_secret_post',
  identity: { url: 'https://api.github.com/user', idPath: 'id', labelPaths: ['login', 'email'] },
  // https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens
  accessEndedErrors: ['bad_refresh_token'],
  signInUrl: 'https://github.com/login',
}

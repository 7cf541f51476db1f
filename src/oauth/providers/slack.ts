import type { ProviderDefinition } from './definition.js'

/** https://docs.slack.dev/authentication/installing-with-oauth — user tokens of the v2 flow, nested under authed_user. */
export const slack: ProviderDefinition = {
  name: 'Slack',
  authorizationUrl: 'https://slack.com/oauth/v2/authorize',
  tokenUrl: 'https://slack.com/api/oauth.v2.access',
  pkce: false,
  clientAuthentication: 'client_secret_post',
  scopeParameter: 'user_scope',
  scopeSeparator: ',',
  tokensAt: 'authed_user',
  identity: { url: 'https://slack.com/api/auth.test', idPath: 'user_id', labelPaths: ['user', 'team'] },
  // https://docs.slack.dev/reference/methods/auth.test and https://docs.slack.dev/authentication/using-token-rotation
  accessEndedErrors: ['invalid_auth', 'token_revoked', 'token_expired', 'account_inactive', 'invalid_refresh_token'],
  signInUrl: 'https://slack.com/signin',
}

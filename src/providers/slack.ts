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
  identity: { url: 'https://slack.com/api/auth.test', idPaths: ['team_id', 'user_id'], labelPaths: ['user', 'team'] },
  // https://docs.slack.dev/reference/methods/auth.test and https://docs.slack.dev/authentication/using-token-rotation
  accessEndedErrors: ['invalid_auth', 'token_revoked', 'token_expired', 'account_inactive', 'invalid_refresh_token'],
  // https://docs.slack.dev/reference/scopes, as they are for user tokens
  scopeDescriptions: {
    'chat:write': 'Send messages as you',
    'channels:read': 'See the list of public channels',
    'channels:history': 'Read the public channels that you’re in',
    'channels:write': 'Create and manage public channels for you',
    'groups:read': 'See the list of private channels that you’re in',
    'groups:history': 'Read the private channels that you’re in',
    'groups:write': 'Create and manage private channels for you',
    'im:read': 'See who you have direct messages with',
    'im:history': 'Read your direct messages',
    'im:write': 'Start direct messages for you',
    'mpim:read': 'See the list of group messages that you’re in',
    'mpim:history': 'Read your group messages',
    'search:read': 'Search the messages and files that you have access to',
    'users:read': 'See the people in your workspace',
    'users:read.email': 'See the email addresses of the people in your workspace',
    'users.profile:read': 'See the profiles of the people in your workspace',
    'users.profile:write': 'Change your profile and your status',
    'files:read': 'See the files that were shared with you',
    'files:write': 'Upload, change and delete files as you',
    'reactions:read': 'See reactions to messages',
    'reactions:write': 'Add and remove reactions as you',
    'reminders:read': 'See your reminders',
    'reminders:write': 'Add, complete and delete reminders for you',
    'team:read': 'See the name and picture of your workspace',
  },
  signInUrl: 'https://slack.com/signin',
}

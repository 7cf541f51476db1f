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
  // https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps, with “Normalized scopes”: tokens
  // list only the broader one of two.
  scopeRules: {
    implies: {
      repo: ['repo:status', 'repo_deployment', 'public_repo', 'repo:invite', 'security_events'],
      'admin:repo_hook': ['write:repo_hook'],
      'write:repo_hook': ['read:repo_hook'],
      'admin:org': ['write:org'],
      'write:org': ['read:org'],
      'admin:public_key': ['write:public_key'],
      'write:public_key': ['read:public_key'],
      'admin:gpg_key': ['write:gpg_key'],
      'write:gpg_key': ['read:gpg_key'],
      'write:packages': ['read:packages'],
      'write:discussion': ['read:discussion'],
      user: ['read:user', 'user:email', 'user:follow'],
      project: ['read:project'],
      codespace: ['codespace:secrets'],
    },
  },
  scopeDescriptions: {
    repo: 'Read and change everything in your repositories, including private ones',
    public_repo: 'Read and change your public repositories, and star repositories for you',
    'repo:status': 'See and set the status of commits, but not read the code',
    repo_deployment: 'See and set the status of deployments, but not read the code',
    'write:repo_hook': 'See, add and change your repositories’ webhooks',
    workflow: 'Add and change GitHub Actions workflows',
    delete_repo: 'Delete repositories that you administer',
    user: 'Read and change your profile',
    'read:user': 'Read your profile',
    'user:email': 'See your email addresses',
    'user:follow': 'Follow and unfollow people for you',
    'read:org': 'See your organizations and teams',
    'write:org': 'Change the members and projects of your organizations',
    'read:project': 'See your projects',
    project: 'See and change your projects',
    gist: 'Create and change gists for you',
    notifications: 'Read your notifications, and watch repositories for you',
    'read:packages': 'Download packages',
    'write:packages': 'Download and publish packages',
  },
  signInUrl: 'https://github.com/login',
}

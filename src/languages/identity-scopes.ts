/** What scopes mean that let an app see who someone is (OpenID Connect Core 1.0 §5.4, §11). They mean the same everywhere. */
export const IDENTITY_SCOPES = {
  openid: 'See which account is yours',
  email: 'See your email address',
  profile: 'See your name and picture',
  offline_access: 'Stay connected while you’re away',
}

/** What a person can do to access that was given: the button, what it does at the app, and what Patchbay makes of it, when; `{who}` is an account. */
export const grantActionWords = [
  {
    action: 'expire',
    label: 'Expire tokens',
    done: 'The access tokens of {who} expired',
    nothing: 'There is no access token of {who} to expire.',
    atTheApp: 'The app no longer takes the access tokens. The refresh token is still good.',
    inPatchbay:
      'Patchbay notices at its next check (every 15 seconds in development), at once when asked to verify: it fetches a new token, and the connection stays live.',
  },
  {
    action: 'break',
    label: 'Break refresh',
    done: 'The refresh token of {who} was broken',
    nothing: 'There is no refresh token of {who} to break.',
    atTheApp: 'The app no longer takes the refresh token. Access tokens work until they expire.',
    inPatchbay:
      'Patchbay notices when it needs a new access token: shortly before this one ends, or at the next check if you expire it too. The connection then shows as broken and offers to reauthorize.',
  },
  {
    action: 'revoke',
    label: 'Revoke access',
    done: 'The access of {who} was taken back',
    nothing: '',
    atTheApp: 'As if the person took the access back in the app’s settings: no token works any more.',
    inPatchbay:
      'Patchbay notices at its next check (every 15 seconds in development), at once when asked to verify: the connection shows as broken and offers to reauthorize.',
  },
] as const

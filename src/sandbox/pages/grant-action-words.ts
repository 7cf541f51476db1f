/**
 * What a person can do to access that was granted: the button, what it does at the app, and what Patchbay does about it
 * and when. `{who}` stands for an account.
 */
export const grantActionWords = [
  {
    action: 'expire',
    label: 'Expire tokens',
    done: 'Expired the access tokens for {who}',
    nothing: '{who} has no access tokens to expire.',
    atTheApp: 'The app rejects the access tokens, but the refresh token still works.',
    inPatchbay:
      'Patchbay notices at its next check, or right away if you choose Check now on its Connections page. It gets a new token, and the connection stays live.',
  },
  {
    action: 'break',
    label: 'Break refresh',
    done: 'Broke the refresh token for {who}',
    nothing: '{who} has no refresh token to break.',
    atTheApp: 'The app rejects the refresh token, but access tokens still work until they expire.',
    inPatchbay:
      'Patchbay notices shortly before the access token expires, when it needs a new one, or at its next check if you also click Expire tokens. The connection then shows as broken, with a button to reconnect.',
  },
  {
    action: 'revoke',
    label: 'Revoke access',
    done: 'Revoked access for {who}',
    nothing: '',
    atTheApp: 'The app rejects every token, as if the person had revoked access in the app’s settings.',
    inPatchbay:
      'Patchbay notices at its next check, or right away if you choose Check now on its Connections page. The connection then shows as broken, with a button to reconnect.',
  },
] as const

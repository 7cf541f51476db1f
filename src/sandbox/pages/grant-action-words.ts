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
      'At its next check, or right away if you choose Check now on its Connections page, Patchbay gets a new token. The connection stays live.',
  },
  {
    action: 'break',
    label: 'Break refresh',
    done: 'Broke the refresh token for {who}',
    nothing: '{who} has no refresh token to break.',
    atTheApp: 'The app rejects the refresh token, but access tokens still work until they expire.',
    inPatchbay:
      'The connection breaks when Patchbay needs a new access token: shortly before the current one expires, or at the next check if you also click Expire tokens. It then has a button to reconnect.',
  },
  {
    action: 'revoke',
    label: 'Revoke access',
    done: 'Revoked access for {who}',
    nothing: '',
    atTheApp: 'The app rejects every token, as if the person had revoked access in the app’s settings.',
    inPatchbay:
      'At Patchbay’s next check, or right away if you choose Check now on its Connections page, the connection breaks. It then has a button to reconnect.',
  },
] as const

import {
  accountForms,
  accountsServers,
  authorizationErrors,
  type Behavior,
  callbacksWithoutCode,
  clientAuthentications,
  deadGrantForms,
  descriptionKinds,
  identityNeeds,
  metadataForms,
  okFalseErrors,
  refreshTokenRules,
  retryAfterForms,
  scopeForms,
  tokenCutMoments,
  tokenCuts,
  tokenErrors,
  tokenForms,
  tokenRequestForms,
  tokenTroubleTargets,
  userinfoAnswers,
} from '../behavior.js'

export type Field =
  | { kind: 'toggle'; name: keyof Behavior; label: string; help: string }
  | {
      kind: 'number'
      name: keyof Behavior
      label: string
      help: string
      unit: string
      min: number
      max: number
      empty?: string
    }
  | { kind: 'choice'; name: keyof Behavior; label: string; help: string; options: readonly string[]; empty?: string }
  | { kind: 'scopes'; name: keyof Behavior; label: string; help: string }

const onlyFor = (name: keyof Behavior): Field => ({
  kind: 'number',
  name,
  label: 'How many times',
  help: 'After this many requests, it works normally again.',
  unit: 'requests',
  min: 1,
  max: 1000,
  empty: 'no limit',
})

/** What people try first. */
export const switchWords: readonly Extract<Field, { kind: 'toggle' }>[] = [
  { kind: 'toggle', name: 'deny', label: 'Always deny consent', help: 'Every consent returns access_denied.' },
  { kind: 'toggle', name: 'neverShow', label: 'Never finish loading', help: 'The consent page loads forever.' },
  {
    kind: 'toggle',
    name: 'signInFirst',
    label: 'Require sign-in first',
    help: 'If you’re signed out, a page asks you to sign in first, instead of the consent page.',
  },
]

/** What each other behavior does, in plain words, in the order a connection runs into them. */
export const advancedWords: readonly { title: string; fields: readonly Field[] }[] = [
  {
    title: 'Consent',
    fields: [
      {
        kind: 'choice',
        name: 'authorizationError',
        label: 'Return an error',
        help: 'Sends this error instead of a code, with HTML in its description.',
        options: authorizationErrors,
        empty: 'Off',
      },
      {
        kind: 'choice',
        name: 'withoutCode',
        label: 'Return without a code',
        help: 'Sends the person back with neither a code nor an error. GitHub does so for installations (setup_…), and Entra for administrators (admin_consent).',
        options: Object.keys(callbacksWithoutCode),
        empty: 'Off',
      },
      {
        kind: 'scopes',
        name: 'dropScopes',
        label: 'Withhold scopes',
        help: 'The app never grants the ones you check here, whatever the person allows.',
      },
    ],
  },
  {
    title: 'Tokens',
    fields: [
      {
        kind: 'number',
        name: 'accessTokenTtlSeconds',
        label: 'Access token lifetime',
        help: 'Applies to tokens issued from now on.',
        unit: 'seconds',
        min: 1,
        max: 2_592_000,
      },
      {
        kind: 'choice',
        name: 'refreshTokens',
        label: 'Issue refresh tokens',
        help: 'Only with the offline_access scope, always, or never.',
        options: refreshTokenRules,
      },
      {
        kind: 'toggle',
        name: 'rotateRefreshTokens',
        label: 'Rotate refresh tokens',
        help: 'Every refresh returns a new refresh token. Using an old one ends the grant.',
      },
      {
        kind: 'number',
        name: 'rotationGraceSeconds',
        label: 'Grace period',
        help: 'How long an old refresh token still works after its first use.',
        unit: 'seconds',
        min: 0,
        max: 86_400,
      },
      {
        kind: 'toggle',
        name: 'reuseEndsGrant',
        label: 'Detect reuse',
        help: 'When this is off, the app rejects an old refresh token but keeps the grant.',
      },
      {
        kind: 'toggle',
        name: 'omitScope',
        label: 'Omit scope',
        help: 'Token responses don’t say which scopes were granted.',
      },
      {
        kind: 'choice',
        name: 'tokenForm',
        label: 'Form of token responses',
        help: 'Writes them as other apps do, for example with null members, an odd lifetime or other names.',
        options: tokenForms,
        empty: 'Standard',
      },
      {
        kind: 'choice',
        name: 'scopeForm',
        label: 'Form of scopes',
        help: 'Token responses name the granted scopes in a list, with commas, with a prefix, or in upper case.',
        options: scopeForms,
        empty: 'Standard',
      },
      {
        kind: 'choice',
        name: 'deadGrantAs',
        label: 'Form of a dead grant',
        help: 'What a refresh returns in place of invalid_grant. Choose one, then click Break refresh and Expire tokens.',
        options: deadGrantForms,
        empty: 'Standard',
      },
    ],
  },
  {
    title: 'What the connector has to know',
    fields: [
      {
        kind: 'choice',
        name: 'clientAuthentication',
        label: 'Client authentication',
        help: 'How the client has to identify itself. Without the matching setting of the connector, it is refused.',
        options: clientAuthentications,
        empty: 'Standard',
      },
      {
        kind: 'choice',
        name: 'tokenRequestForm',
        label: 'Form of token requests',
        help: 'The app wants client_key in place of client_id, as TikTok does, or JSON.',
        options: tokenRequestForms,
        empty: 'Standard',
      },
      {
        kind: 'choice',
        name: 'accountForm',
        label: 'Form of the account',
        help: 'The user’s ID is in a team, in a list, a very large number, or in members with dots in their names.',
        options: accountForms,
        empty: 'Standard',
      },
      {
        kind: 'choice',
        name: 'identityNeeds',
        label: 'What the identity call needs',
        help: 'It has to have the header Acme-Version, or to be a GraphQL query by POST.',
        options: identityNeeds,
        empty: 'Nothing',
      },
      {
        kind: 'toggle',
        name: 'addValues',
        label: 'Send values for runtimes',
        help: 'Token responses have instance_url and workspace_id, and callbacks have realmId.',
      },
      {
        kind: 'number',
        name: 'sites',
        label: 'Sites of an account',
        help: 'With two or more, Patchbay asks which one to connect in Acme Desk. With none, there is nothing to connect.',
        unit: 'sites',
        min: 0,
        max: 300,
      },
      {
        kind: 'choice',
        name: 'accountsServer',
        label: 'Name a token server',
        help: 'Callbacks say where to redeem the code, as Zoho does: at the app’s own origin, or elsewhere.',
        options: accountsServers,
        empty: 'Off',
      },
      {
        kind: 'choice',
        name: 'metadataForm',
        label: 'Metadata',
        help: 'Serves it only where RFC 8414 puts it, or with an issuer for every tenant, as Microsoft does.',
        options: metadataForms,
        empty: 'Standard',
      },
    ],
  },
  {
    title: 'Token endpoint failures',
    fields: [
      {
        kind: 'choice',
        name: 'tokenTroubleFor',
        label: 'Applies to',
        help: 'Which requests this section affects: all, only refreshes, or only code exchanges.',
        options: tokenTroubleTargets,
      },
      {
        kind: 'choice',
        name: 'tokenError',
        label: 'Return an OAuth error',
        help: 'Sends this error in JSON and does nothing else. invalid_grant means that the refresh token no longer works.',
        options: tokenErrors,
        empty: 'Off',
      },
      {
        kind: 'number',
        name: 'tokenErrorStatus',
        label: 'Error status',
        help: 'Usually 400 or 401. Some apps send 403, 500 or even 200.',
        unit: 'status',
        min: 200,
        max: 599,
      },
      {
        kind: 'choice',
        name: 'tokenErrorDescription',
        label: 'Error description',
        help: 'What error_description contains.',
        options: descriptionKinds,
      },
      {
        kind: 'toggle',
        name: 'tokenErrorChallenge',
        label: 'Add a challenge',
        help: 'Sends a WWW-Authenticate header with the error.',
      },
      onlyFor('tokenErrorTimes'),
      {
        kind: 'number',
        name: 'tokenStatus',
        label: 'Return an HTTP error',
        help: 'Sends this status with an HTML body and does nothing else.',
        unit: 'status',
        min: 400,
        max: 599,
        empty: 'off',
      },
      onlyFor('tokenTimes'),
      {
        kind: 'choice',
        name: 'tokenCut',
        label: 'Drop the response',
        help: 'Resets the connection, closes it without sending a byte, or sends an empty 200.',
        options: tokenCuts,
        empty: 'Off',
      },
      {
        kind: 'choice',
        name: 'tokenCutWhen',
        label: 'When to drop it',
        help: 'Before or after the request is processed. After: the refresh token is rotated, and the new one is lost.',
        options: tokenCutMoments,
      },
      onlyFor('tokenCutTimes'),
      {
        kind: 'toggle',
        name: 'holdTokenBefore',
        label: 'Hold token requests',
        help: 'Requests wait, unprocessed, until you turn this off.',
      },
      {
        kind: 'toggle',
        name: 'holdToken',
        label: 'Hold token responses',
        help: 'Requests are processed, but the responses wait until you turn this off.',
      },
    ],
  },
  {
    title: 'Userinfo failures',
    fields: [
      {
        kind: 'choice',
        name: 'userinfoAnswer',
        label: 'Userinfo response',
        help: 'Sent even though the token is valid: a 401, 403 or 429, a 200 with ok: false (as Slack does), or another account.',
        options: userinfoAnswers,
        empty: 'Normal',
      },
      {
        kind: 'choice',
        name: 'userinfoErrorCode',
        label: 'Error code',
        help: 'The error sent with ok: false.',
        options: okFalseErrors,
      },
      onlyFor('userinfoAnswerTimes'),
      {
        kind: 'number',
        name: 'userinfoStatus',
        label: 'Return an HTTP error',
        help: 'Sends this status with an HTML body.',
        unit: 'status',
        min: 400,
        max: 599,
        empty: 'off',
      },
      onlyFor('userinfoTimes'),
    ],
  },
  {
    title: 'Revocation failures and delays',
    fields: [
      {
        kind: 'number',
        name: 'revocationStatus',
        label: 'Fail revocation',
        help: 'Sends this status with an HTML body and revokes nothing.',
        unit: 'status',
        min: 400,
        max: 599,
        empty: 'off',
      },
      onlyFor('revocationTimes'),
      {
        kind: 'number',
        name: 'revocationSlowMs',
        label: 'Delay revocation',
        help: 'The app revokes the token, then waits this long to respond.',
        unit: 'ms',
        min: 0,
        max: 60_000,
      },
      {
        kind: 'number',
        name: 'slowMs',
        label: 'Delay token and userinfo',
        help: 'The app processes the request, then waits this long to respond.',
        unit: 'ms',
        min: 0,
        max: 60_000,
      },
      {
        kind: 'number',
        name: 'retryAfterSeconds',
        label: 'Retry-After',
        help: 'Sent with every error above except invalid_token, insufficient_scope and ok_false from userinfo.',
        unit: 'seconds',
        min: 0,
        max: 86_400,
        empty: 'not sent',
      },
      {
        kind: 'choice',
        name: 'retryAfterAs',
        label: 'Retry-After format',
        help: 'A number of seconds or a date.',
        options: retryAfterForms,
      },
    ],
  },
]

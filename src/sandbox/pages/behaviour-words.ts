import {
  authorizationErrors,
  type Behaviour,
  descriptionKinds,
  okFalseErrors,
  refreshTokenRules,
  retryAfterForms,
  tokenCutMoments,
  tokenCuts,
  tokenErrors,
  tokenTroubleTargets,
  userinfoAnswers,
} from '../behaviour.js'

export type Field =
  | { kind: 'toggle'; name: keyof Behaviour; label: string; help: string }
  | {
      kind: 'number'
      name: keyof Behaviour
      label: string
      help: string
      unit: string
      min: number
      max: number
      empty?: string
    }
  | { kind: 'choice'; name: keyof Behaviour; label: string; help: string; options: readonly string[]; empty?: string }
  | { kind: 'scopes'; name: keyof Behaviour; label: string; help: string }

const onlyFor = (name: keyof Behaviour): Field => ({
  kind: 'number',
  name,
  label: 'Only for',
  help: 'Then it works again.',
  unit: 'requests',
  min: 1,
  max: 1000,
  empty: 'all',
})

/** What each behaviour does, in plain words, in the order a connection meets them. */
export const behaviourWords: readonly { title: string; fields: readonly Field[] }[] = [
  {
    title: 'At consent',
    fields: [
      {
        kind: 'toggle',
        name: 'signInFirst',
        label: 'Wants a sign-in first',
        help: 'Who is not signed in sees “sign in first” instead of the consent page.',
      },
      {
        kind: 'toggle',
        name: 'neverShow',
        label: 'Never appears',
        help: 'The consent page loads for ever.',
      },
      { kind: 'toggle', name: 'deny', label: 'Denies', help: 'Every consent comes back as access_denied.' },
      {
        kind: 'choice',
        name: 'authorizationError',
        label: 'Fails',
        help: 'Comes back with this error, and with HTML in its description.',
        options: authorizationErrors,
        empty: 'No error',
      },
      {
        kind: 'scopes',
        name: 'dropScopes',
        label: 'Withholds',
        help: 'Never granted, ticked or not.',
      },
    ],
  },
  {
    title: 'Tokens',
    fields: [
      {
        kind: 'number',
        name: 'accessTokenTtlSeconds',
        label: 'Access tokens live',
        help: 'Applies to tokens issued from now on.',
        unit: 'seconds',
        min: 1,
        max: 2_592_000,
      },
      {
        kind: 'choice',
        name: 'refreshTokens',
        label: 'Refresh tokens',
        help: 'Issued for offline_access, always or never.',
        options: refreshTokenRules,
      },
      {
        kind: 'toggle',
        name: 'rotateRefreshTokens',
        label: 'Rotates refresh tokens',
        help: 'Each refresh gives a new one; using an old one ends the grant.',
      },
      {
        kind: 'number',
        name: 'rotationGraceSeconds',
        label: 'An old one still works',
        help: 'After its first use, as long as this.',
        unit: 'seconds',
        min: 0,
        max: 86_400,
      },
      {
        kind: 'toggle',
        name: 'reuseEndsGrant',
        label: 'Detects reuse',
        help: 'Off: an old refresh token is refused, and the grant lives on.',
      },
      {
        kind: 'toggle',
        name: 'omitScope',
        label: 'Omits scope',
        help: 'Token responses do not say what was granted.',
      },
    ],
  },
  {
    title: 'Trouble at the token endpoint',
    fields: [
      {
        kind: 'choice',
        name: 'tokenTroubleFor',
        label: 'Concerns',
        help: 'What this section does to: every token request, refreshes only, or code exchanges only.',
        options: tokenTroubleTargets,
      },
      {
        kind: 'choice',
        name: 'tokenError',
        label: 'Refuses with',
        help: 'An OAuth error in JSON, nothing done. invalid_grant: the refresh token is no longer good.',
        options: tokenErrors,
        empty: 'no error',
      },
      {
        kind: 'number',
        name: 'tokenErrorStatus',
        label: 'Its status',
        help: 'Usually 400 or 401; some apps say 403, 500, even 200.',
        unit: 'status',
        min: 200,
        max: 599,
      },
      {
        kind: 'choice',
        name: 'tokenErrorDescription',
        label: 'Its description',
        help: 'What error_description is.',
        options: descriptionKinds,
      },
      {
        kind: 'toggle',
        name: 'tokenErrorChallenge',
        label: 'With a challenge',
        help: 'Sends WWW-Authenticate beside it.',
      },
      onlyFor('tokenErrorTimes'),
      {
        kind: 'number',
        name: 'tokenStatus',
        label: 'Fails with',
        help: 'An HTTP error with an HTML body, nothing done.',
        unit: 'status',
        min: 400,
        max: 599,
        empty: 'normal',
      },
      onlyFor('tokenTimes'),
      {
        kind: 'choice',
        name: 'tokenCut',
        label: 'Gives no answer',
        help: 'Resets the connection, closes it without a byte, or sends an empty 200.',
        options: tokenCuts,
        empty: 'answers',
      },
      {
        kind: 'choice',
        name: 'tokenCutWhen',
        label: 'That happens',
        help: 'After its work: the refresh token is rotated, and the new one is lost on the way.',
        options: tokenCutMoments,
      },
      onlyFor('tokenCutTimes'),
      {
        kind: 'toggle',
        name: 'holdTokenBefore',
        label: 'Holds token requests',
        help: 'Nothing is done until released: switch this off.',
      },
      {
        kind: 'toggle',
        name: 'holdToken',
        label: 'Holds token responses',
        help: 'The work is done. Until released: switch this off.',
      },
    ],
  },
  {
    title: 'Trouble when asked who this is',
    fields: [
      {
        kind: 'choice',
        name: 'userinfoAnswer',
        label: 'Userinfo says',
        help: 'Although the token is good: 401, 403, 429, a 200 with ok: false as Slack has it, or another account.',
        options: userinfoAnswers,
        empty: 'the truth',
      },
      {
        kind: 'choice',
        name: 'userinfoErrorCode',
        label: 'Its error',
        help: 'What stands beside ok: false.',
        options: okFalseErrors,
      },
      onlyFor('userinfoAnswerTimes'),
      {
        kind: 'number',
        name: 'userinfoStatus',
        label: 'Userinfo fails with',
        help: 'An HTTP error with an HTML body.',
        unit: 'status',
        min: 400,
        max: 599,
        empty: 'normal',
      },
      onlyFor('userinfoTimes'),
    ],
  },
  {
    title: 'Trouble when disconnecting, and delays',
    fields: [
      {
        kind: 'number',
        name: 'revocationStatus',
        label: 'Revocation fails with',
        help: 'An HTTP error with an HTML body, nothing revoked.',
        unit: 'status',
        min: 400,
        max: 599,
        empty: 'normal',
      },
      onlyFor('revocationTimes'),
      {
        kind: 'number',
        name: 'revocationSlowMs',
        label: 'Revocation is late by',
        help: 'It works, then waits.',
        unit: 'ms',
        min: 0,
        max: 60_000,
      },
      {
        kind: 'number',
        name: 'slowMs',
        label: 'Tokens and userinfo are late by',
        help: 'They work, then wait.',
        unit: 'ms',
        min: 0,
        max: 60_000,
      },
      {
        kind: 'number',
        name: 'retryAfterSeconds',
        label: 'Retry-After',
        help: 'Sent with every failure above except 401, 403 and ok: false.',
        unit: 'seconds',
        min: 0,
        max: 86_400,
        empty: 'not sent',
      },
      {
        kind: 'choice',
        name: 'retryAfterAs',
        label: 'Written as',
        help: 'A number of seconds, or a date.',
        options: retryAfterForms,
      },
    ],
  },
]

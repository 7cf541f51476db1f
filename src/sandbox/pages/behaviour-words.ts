import { authorizationErrors, type Behaviour, refreshTokenRules } from '../behaviour.js'

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
        kind: 'toggle',
        name: 'omitScope',
        label: 'Omits scope',
        help: 'Token responses do not say what was granted.',
      },
    ],
  },
  {
    title: 'Trouble',
    fields: [
      {
        kind: 'number',
        name: 'tokenStatus',
        label: 'Token endpoint answers',
        help: 'An HTTP error with an HTML body, nothing done.',
        unit: 'status',
        min: 400,
        max: 599,
        empty: 'normal',
      },
      {
        kind: 'number',
        name: 'tokenTimes',
        label: 'Only for',
        help: 'Then it works again.',
        unit: 'requests',
        min: 1,
        max: 1000,
        empty: 'all',
      },
      {
        kind: 'number',
        name: 'userinfoStatus',
        label: 'Userinfo answers',
        help: 'The same for the endpoint that says who this is.',
        unit: 'status',
        min: 400,
        max: 599,
        empty: 'normal',
      },
      {
        kind: 'number',
        name: 'userinfoTimes',
        label: 'Only for',
        help: 'Then it works again.',
        unit: 'requests',
        min: 1,
        max: 1000,
        empty: 'all',
      },
      {
        kind: 'number',
        name: 'retryAfterSeconds',
        label: 'Retry-After',
        help: 'Sent with those two errors.',
        unit: 'seconds',
        min: 0,
        max: 86_400,
        empty: 'not sent',
      },
      {
        kind: 'number',
        name: 'slowMs',
        label: 'Answers late by',
        help: 'Token and userinfo endpoints work, then wait.',
        unit: 'ms',
        min: 0,
        max: 60_000,
      },
      {
        kind: 'toggle',
        name: 'holdToken',
        label: 'Holds token responses',
        help: 'Until released: switch this off.',
      },
    ],
  },
]

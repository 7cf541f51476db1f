import * as z from 'zod'

/**
 * Errors that an app can send to the redirect URI instead of a code: those of RFC 6749 section 4.1.2.1, LinkedIn's and
 * Apple's words for a person who declined, those of OpenID Connect Core 1.0 section 3.1.2.6, and Google's for a person
 * whose administrator has to approve first.
 */
export const authorizationErrors = [
  'server_error',
  'temporarily_unavailable',
  'invalid_scope',
  'unauthorized_client',
  'user_cancelled_login',
  'user_cancelled_authorize',
  'consent_required',
  'interaction_required',
  'login_required',
  'account_selection_required',
  'admin_policy_enforced',
] as const

/**
 * What an app can send to the redirect URI without a code and without an error: only the state, GitHub's parameters for
 * an app that an owner was asked to install or that was installed, and Entra's for an administrator's consent.
 */
export const callbacksWithoutCode = {
  state_only: {},
  setup_request: { setup_action: 'request' },
  setup_install: { setup_action: 'install', installation_id: '4711' },
  admin_consent: { admin_consent: 'True', tenant: '1f2e3d4c-0000-4000-8000-000000000000' },
} as const
export type CallbackWithoutCode = keyof typeof callbacksWithoutCode

export const refreshTokenRules = ['offline_access', 'always', 'never'] as const

/** Errors of token endpoints: RFC 6749 section 5.2, others that servers send, and names that only one provider uses. */
export const tokenErrors = [
  'invalid_grant',
  'invalid_client',
  'unauthorized_client',
  'temporarily_unavailable',
  'server_error',
  'bad_refresh_token',
  'invalid_refresh_token',
] as const

/** How other apps write their token responses. */
export const tokenForms = [
  'null_members',
  'empty_members',
  'text_lifetime',
  'long_lifetime',
  'zero_lifetime',
  'negative_lifetime',
  'no_lifetime',
  'no_token_type',
  'user_token_type',
  'mac_token_type',
  'other_names',
  'created',
  'form',
] as const
export const scopeForms = ['list', 'commas', 'prefixed', 'upper_case'] as const
/** How other apps say that a refresh token no longer works. */
export const deadGrantForms = [
  'plain_text',
  'plain_code',
  'error_list',
  'error_status',
  'error_object',
  'ok_with_error',
  'ok_without_token',
  'not_found',
  'invalid_token',
  'empty',
  'unauthorized_client',
] as const
/** Where the identity call has the account. */
export const accountForms = ['composite', 'in_list', 'large_number', 'dotted'] as const
/** What other apps want in an identity call: a header, or a GraphQL query. */
export const identityNeeds = ['header', 'graphql'] as const
/** Whose origin the callback's `accounts-server` names. */
export const accountsServers = ['own', 'elsewhere'] as const
export const metadataForms = ['inserted', 'tenant_template'] as const
export const clientAuthentications = ['basic_raw', 'secret_as_username', 'none', 'private_key_jwt'] as const
export const tokenRequestForms = ['client_key', 'json'] as const
export const tokenTroubleTargets = ['all', 'refresh_token', 'authorization_code'] as const
export const descriptionKinds = ['text', 'html', 'number', 'null', 'absent'] as const
export const tokenCuts = ['reset', 'close', 'empty'] as const
export const tokenCutMoments = ['before', 'after'] as const
export const userinfoAnswers = [
  'invalid_token',
  'insufficient_scope',
  'rate_limited',
  'ok_false',
  'another_account',
] as const
/** Slack's `error` values for a token that no longer works, and for too many requests. */
export const okFalseErrors = [
  'token_revoked',
  'token_expired',
  'invalid_auth',
  'account_inactive',
  'ratelimited',
] as const
export const retryAfterForms = ['seconds', 'date'] as const

const status = z.number().int().min(200).max(599)
const failureStatus = status.min(400).nullable()
const times = z.number().int().min(1).max(1000).nullable()
const delayMs = z.number().int().min(0).max(60_000)
const errorCode = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,64}$/, 'must be 1 to 64 letters, digits, underscores, dots or hyphens')

/**
 * How an app behaves: everything that a test or a person can script. `calm` is the behavior of a healthy app.
 *
 * A token request runs into these in order: held before, cut before, `tokenStatus`, `tokenError`, processing, `slowMs`,
 * held after, cut after. The first one that responds ends the request.
 * A member with a matching `…Times` ends after that many requests. Both are null then.
 */
export interface Behavior {
  /** without a session, the app shows "sign in first" instead of the consent page */
  signInFirst: boolean
  /** the authorization endpoint returns a page that never finishes loading */
  neverShow: boolean
  /** every consent returns `access_denied`, without showing a page */
  deny: boolean
  /** sent to the redirect URI instead of a code, with HTML in its description */
  authorizationError: (typeof authorizationErrors)[number] | null
  /** sent to the redirect URI instead of a code, and without an error */
  withoutCode: CallbackWithoutCode | null
  /** scopes that are never granted, whether checked or not */
  dropScopes: string[]
  /** token responses have no `scope` field */
  omitScope: boolean
  /** when the app issues a refresh token: with `offline_access` (which needs `prompt=consent`), always or never */
  refreshTokens: (typeof refreshTokenRules)[number]
  /** every refresh returns a new refresh token; using an old one ends the grant, unless the next two say otherwise */
  rotateRefreshTokens: boolean
  /** for how long after its first use a rotated refresh token still works; at most 86,400 */
  rotationGraceSeconds: number
  /** with false, an old refresh token is rejected but the grant stays (no reuse detection) */
  reuseEndsGrant: boolean
  accessTokenTtlSeconds: number
  /** how token responses are written, for the grant types of `tokenTroubleFor`; null: as the standard says */
  tokenForm: (typeof tokenForms)[number] | null
  /** how token responses name scopes; null: separated by spaces */
  scopeForm: (typeof scopeForms)[number] | null
  /** what the token endpoint responds instead of `invalid_grant`; null: that */
  deadGrantAs: (typeof deadGrantForms)[number] | null
  /** how the client has to identify itself; null: with its secret, as the standard says */
  clientAuthentication: (typeof clientAuthentications)[number] | null
  /** the form of token requests; with `client_key`, that is the name of `client_id` everywhere */
  tokenRequestForm: (typeof tokenRequestForms)[number] | null
  /** token responses have `instance_url` and `workspace_id`, and callbacks `realmId` */
  addValues: boolean
  /** how many sites an account has, in `GET <issuer>/api/sites`; at most 300 */
  sites: number
  /** callbacks name a server in `accounts-server`: the app's own origin, or another one */
  accountsServer: (typeof accountsServers)[number] | null
  /** where the metadata is, or which issuer it has */
  metadataForm: (typeof metadataForms)[number] | null
  /** where userinfo has the account; null: in `sub` */
  accountForm: (typeof accountForms)[number] | null
  /** what userinfo wants; null: a GET with the token */
  identityNeeds: (typeof identityNeeds)[number] | null
  /** the token and userinfo endpoints do their work, then respond this much later; at most 60,000 */
  slowMs: number
  /** which grant types `tokenForm`, `scopeForm`, `deadGrantAs`, `tokenStatus`, `tokenError`, `tokenCut` and both holds apply to */
  tokenTroubleFor: (typeof tokenTroubleTargets)[number]
  /** the token endpoint does its work, then holds the response until it is released */
  holdToken: boolean
  /** the token endpoint holds the request until it is released, and only then does its work */
  holdTokenBefore: boolean
  /** the token endpoint responds with this HTTP status and does nothing; null: works normally */
  tokenStatus: number | null
  /** how many requests `tokenStatus` applies to; null: all of them until reset */
  tokenTimes: number | null
  /** the token endpoint responds with this `error` in JSON and does nothing: one of `tokenErrors` or any other name */
  tokenError: string | null
  /** the HTTP status sent with `tokenError`: 200 to 599 */
  tokenErrorStatus: number
  /** what `error_description` contains in that response */
  tokenErrorDescription: (typeof descriptionKinds)[number]
  /** that response has a `WWW-Authenticate` header */
  tokenErrorChallenge: boolean
  tokenErrorTimes: number | null
  /**
   * instead of a response: `reset` (RST), `close` (closes the connection without sending a byte) or `empty` (200
   * without a body)
   */
  tokenCut: (typeof tokenCuts)[number] | null
  /** with `after`, codes are used and refresh tokens rotated, but the client never gets the result */
  tokenCutWhen: (typeof tokenCutMoments)[number]
  tokenCutTimes: number | null
  /** `Retry-After` sent with `tokenStatus`, `tokenError`, `userinfoStatus`, `rate_limited` and `revocationStatus` */
  retryAfterSeconds: number | null
  /** how `Retry-After` is written: a number of seconds or an HTTP date (RFC 9110 section 10.2.3) */
  retryAfterAs: (typeof retryAfterForms)[number]
  userinfoStatus: number | null
  userinfoTimes: number | null
  /**
   * What userinfo responds although the token is valid: 401 `invalid_token`, 403 `insufficient_scope`, 429 `rate_limited`,
   * 200 with `{ ok: false, error }` (`ok_false`, as Slack does) or the claims of another account (`another_account`)
   */
  userinfoAnswer: (typeof userinfoAnswers)[number] | null
  /** the `error` sent with `ok_false`: one of `okFalseErrors` or any other name */
  userinfoErrorCode: string
  userinfoAnswerTimes: number | null
  /** the revocation endpoint responds with this HTTP status and does nothing; null: works normally */
  revocationStatus: number | null
  revocationTimes: number | null
  /** the revocation endpoint does its work, then responds this much later; at most 60,000 */
  revocationSlowMs: number
}

export const calm: Readonly<Behavior> = {
  signInFirst: false,
  neverShow: false,
  deny: false,
  authorizationError: null,
  withoutCode: null,
  dropScopes: [],
  omitScope: false,
  refreshTokens: 'offline_access',
  rotateRefreshTokens: false,
  rotationGraceSeconds: 0,
  reuseEndsGrant: true,
  accessTokenTtlSeconds: 3600,
  tokenForm: null,
  scopeForm: null,
  deadGrantAs: null,
  clientAuthentication: null,
  tokenRequestForm: null,
  addValues: false,
  sites: 1,
  accountsServer: null,
  metadataForm: null,
  accountForm: null,
  identityNeeds: null,
  slowMs: 0,
  tokenTroubleFor: 'all',
  holdToken: false,
  holdTokenBefore: false,
  tokenStatus: null,
  tokenTimes: null,
  tokenError: null,
  tokenErrorStatus: 400,
  tokenErrorDescription: 'text',
  tokenErrorChallenge: false,
  tokenErrorTimes: null,
  tokenCut: null,
  tokenCutWhen: 'after',
  tokenCutTimes: null,
  retryAfterSeconds: null,
  retryAfterAs: 'seconds',
  userinfoStatus: null,
  userinfoTimes: null,
  userinfoAnswer: null,
  userinfoErrorCode: 'token_revoked',
  userinfoAnswerTimes: null,
  revocationStatus: null,
  revocationTimes: null,
  revocationSlowMs: 0,
}

/** Which member counts down the requests that another one applies to. */
export const timesOf = {
  tokenStatus: 'tokenTimes',
  tokenError: 'tokenErrorTimes',
  tokenCut: 'tokenCutTimes',
  userinfoStatus: 'userinfoTimes',
  userinfoAnswer: 'userinfoAnswerTimes',
  revocationStatus: 'revocationTimes',
} as const satisfies Partial<Record<keyof Behavior, keyof Behavior>>

/** What `PATCH /control/api/:app` accepts: any part of the behavior and nothing else. */
export function behaviorPatch(scopes: readonly string[]) {
  return z
    .strictObject({
      signInFirst: z.boolean(),
      neverShow: z.boolean(),
      deny: z.boolean(),
      authorizationError: z.enum(authorizationErrors).nullable(),
      withoutCode: z.enum(Object.keys(callbacksWithoutCode) as CallbackWithoutCode[]).nullable(),
      dropScopes: z.array(z.enum(scopes)).max(20),
      omitScope: z.boolean(),
      refreshTokens: z.enum(refreshTokenRules),
      rotateRefreshTokens: z.boolean(),
      rotationGraceSeconds: z.number().int().min(0).max(86_400),
      reuseEndsGrant: z.boolean(),
      accessTokenTtlSeconds: z.number().int().min(1).max(2_592_000),
      tokenForm: z.enum(tokenForms).nullable(),
      scopeForm: z.enum(scopeForms).nullable(),
      deadGrantAs: z.enum(deadGrantForms).nullable(),
      clientAuthentication: z.enum(clientAuthentications).nullable(),
      tokenRequestForm: z.enum(tokenRequestForms).nullable(),
      addValues: z.boolean(),
      sites: z.number().int().min(0).max(300),
      accountsServer: z.enum(accountsServers).nullable(),
      metadataForm: z.enum(metadataForms).nullable(),
      accountForm: z.enum(accountForms).nullable(),
      identityNeeds: z.enum(identityNeeds).nullable(),
      slowMs: delayMs,
      tokenTroubleFor: z.enum(tokenTroubleTargets),
      holdToken: z.boolean(),
      holdTokenBefore: z.boolean(),
      tokenStatus: failureStatus,
      tokenTimes: times,
      tokenError: errorCode.nullable(),
      tokenErrorStatus: status,
      tokenErrorDescription: z.enum(descriptionKinds),
      tokenErrorChallenge: z.boolean(),
      tokenErrorTimes: times,
      tokenCut: z.enum(tokenCuts).nullable(),
      tokenCutWhen: z.enum(tokenCutMoments),
      tokenCutTimes: times,
      retryAfterSeconds: z.number().int().min(0).max(86_400).nullable(),
      retryAfterAs: z.enum(retryAfterForms),
      userinfoStatus: failureStatus,
      userinfoTimes: times,
      userinfoAnswer: z.enum(userinfoAnswers).nullable(),
      userinfoErrorCode: errorCode,
      userinfoAnswerTimes: times,
      revocationStatus: failureStatus,
      revocationTimes: times,
      revocationSlowMs: delayMs,
    })
    .partial()
}

export type BehaviorPatch = z.infer<ReturnType<typeof behaviorPatch>>

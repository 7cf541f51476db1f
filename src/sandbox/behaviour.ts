import { z } from 'zod'

/** Errors an app may send back to the redirect URI instead of a code (RFC 6749 section 4.1.2.1). */
export const authorizationErrors = [
  'server_error',
  'temporarily_unavailable',
  'invalid_scope',
  'unauthorized_client',
] as const

export const refreshTokenRules = ['offline_access', 'always', 'never'] as const

/** Errors of token endpoints: RFC 6749 section 5.2, what servers send beside them, and names of one provider's own. */
export const tokenErrors = [
  'invalid_grant',
  'invalid_client',
  'unauthorized_client',
  'temporarily_unavailable',
  'server_error',
  'bad_refresh_token',
  'invalid_refresh_token',
] as const

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
/** What Slack's `error` says of a token that is no longer good, and of too many requests. */
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
const errorCode = z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/, 'letters, digits, _ . and -, at most 64')

/**
 * How an app behaves: everything a test or a person can script. `calm` is the behaviour of a healthy app.
 *
 * A token request meets its troubles in this order: held before the work, cut before the work, `tokenStatus`,
 * `tokenError`, the work, late by `slowMs`, held after the work, cut after the work. The first that answers ends it.
 * What has a `…Times` beside it is over after so many requests: both are null then.
 */
export interface Behaviour {
  /** without a session the app shows "sign in first" instead of a consent page */
  signInFirst: boolean
  /** the authorization endpoint answers a page that loads for ever */
  neverShow: boolean
  /** every consent is answered with `access_denied`, without a page */
  deny: boolean
  /** sent to the redirect URI instead of a code, with HTML in its description */
  authorizationError: (typeof authorizationErrors)[number] | null
  /** scopes that are never granted, ticked or not */
  dropScopes: string[]
  /** token responses have no `scope` field */
  omitScope: boolean
  /** when a refresh token is issued: for `offline_access` (needs `prompt=consent`), always or never */
  refreshTokens: (typeof refreshTokenRules)[number]
  /** every refresh gives a new refresh token; presenting an old one ends the grant, unless the two below say otherwise */
  rotateRefreshTokens: boolean
  /** how long a rotated refresh token still works, from its first use; at most 86,400 */
  rotationGraceSeconds: number
  /** false: a refresh token presented again is refused, and the grant lives on (no reuse detection) */
  reuseEndsGrant: boolean
  accessTokenTtlSeconds: number
  /** token and userinfo endpoints do their work, then answer after this time; at most 60,000 */
  slowMs: number
  /** which grants the troubles of the token endpoint are for: `tokenStatus`, `tokenError`, `tokenCut` and both holds */
  tokenTroubleFor: (typeof tokenTroubleTargets)[number]
  /** the token endpoint does its work, then keeps the response until released */
  holdToken: boolean
  /** the token endpoint keeps the request until released, and only then does its work */
  holdTokenBefore: boolean
  /** HTTP status of the token endpoint, answered without doing anything; null: normal */
  tokenStatus: number | null
  /** how many requests `tokenStatus` applies to; null: until reset */
  tokenTimes: number | null
  /** `error` of the token endpoint's answer, in JSON, without doing anything: one of `tokenErrors` or any other name */
  tokenError: string | null
  /** HTTP status that comes with `tokenError`: 200 to 599 */
  tokenErrorStatus: number
  /** what `error_description` is in that answer */
  tokenErrorDescription: (typeof descriptionKinds)[number]
  /** that answer has a `WWW-Authenticate` header */
  tokenErrorChallenge: boolean
  tokenErrorTimes: number | null
  /** instead of an answer: `reset` (RST), `close` (the connection ends without a byte) or `empty` (200 without a body) */
  tokenCut: (typeof tokenCuts)[number] | null
  /** `after`: codes are used up and refresh tokens rotated, and the client never hears of it */
  tokenCutWhen: (typeof tokenCutMoments)[number]
  tokenCutTimes: number | null
  /** `Retry-After` sent with `tokenStatus`, `tokenError`, `userinfoStatus`, `rate_limited` and `revocationStatus` */
  retryAfterSeconds: number | null
  /** how `Retry-After` is written: a number of seconds or an HTTP date (RFC 9110 section 10.2.3) */
  retryAfterAs: (typeof retryAfterForms)[number]
  userinfoStatus: number | null
  userinfoTimes: number | null
  /**
   * What userinfo says although the token is good: 401 `invalid_token`, 403 `insufficient_scope`, 429 `rate_limited`, 200 with
   * `{ ok: false, error }` (`ok_false`, as Slack does) or the claims of another account (`another_account`)
   */
  userinfoAnswer: (typeof userinfoAnswers)[number] | null
  /** `error` of `ok_false`: one of `okFalseErrors` or any other name */
  userinfoErrorCode: string
  userinfoAnswerTimes: number | null
  /** HTTP status of the revocation endpoint, answered without doing anything; null: normal */
  revocationStatus: number | null
  revocationTimes: number | null
  /** the revocation endpoint does its work, then answers after this time; at most 60,000 */
  revocationSlowMs: number
}

export const calm: Readonly<Behaviour> = {
  signInFirst: false,
  neverShow: false,
  deny: false,
  authorizationError: null,
  dropScopes: [],
  omitScope: false,
  refreshTokens: 'offline_access',
  rotateRefreshTokens: false,
  rotationGraceSeconds: 0,
  reuseEndsGrant: true,
  accessTokenTtlSeconds: 3600,
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

/** What happens for a number of requests, and where that number stands. */
export const timesOf = {
  tokenStatus: 'tokenTimes',
  tokenError: 'tokenErrorTimes',
  tokenCut: 'tokenCutTimes',
  userinfoStatus: 'userinfoTimes',
  userinfoAnswer: 'userinfoAnswerTimes',
  revocationStatus: 'revocationTimes',
} as const satisfies Partial<Record<keyof Behaviour, keyof Behaviour>>

/** What `PATCH /control/api/:app` accepts: any part of the behaviour, nothing else. */
export function behaviourPatch(scopes: readonly string[]) {
  return z
    .strictObject({
      signInFirst: z.boolean(),
      neverShow: z.boolean(),
      deny: z.boolean(),
      authorizationError: z.enum(authorizationErrors).nullable(),
      dropScopes: z.array(z.enum(scopes)).max(20),
      omitScope: z.boolean(),
      refreshTokens: z.enum(refreshTokenRules),
      rotateRefreshTokens: z.boolean(),
      rotationGraceSeconds: z.number().int().min(0).max(86_400),
      reuseEndsGrant: z.boolean(),
      accessTokenTtlSeconds: z.number().int().min(1).max(2_592_000),
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

export type BehaviourPatch = z.infer<ReturnType<typeof behaviourPatch>>

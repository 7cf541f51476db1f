import { z } from 'zod'

/** Errors an app may send back to the redirect URI instead of a code (RFC 6749 section 4.1.2.1). */
export const authorizationErrors = [
  'server_error',
  'temporarily_unavailable',
  'invalid_scope',
  'unauthorized_client',
] as const

export const refreshTokenRules = ['offline_access', 'always', 'never'] as const

const failureStatus = z.number().int().min(400).max(599).nullable()
const times = z.number().int().min(1).max(1000).nullable()

/** How an app behaves: everything a test or a person can script. `calm` is the behaviour of a healthy app. */
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
  /** every refresh gives a new refresh token; presenting an old one ends the grant */
  rotateRefreshTokens: boolean
  accessTokenTtlSeconds: number
  /** token and userinfo endpoints do their work, then answer after this time; at most 60,000 */
  slowMs: number
  /** the token endpoint does its work, then keeps the response until released */
  holdToken: boolean
  /** HTTP status of the token endpoint, answered without doing anything; null: normal */
  tokenStatus: number | null
  /** how many requests `tokenStatus` applies to; null: until reset */
  tokenTimes: number | null
  /** `Retry-After` sent with `tokenStatus` and `userinfoStatus` */
  retryAfterSeconds: number | null
  userinfoStatus: number | null
  userinfoTimes: number | null
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
  accessTokenTtlSeconds: 3600,
  slowMs: 0,
  holdToken: false,
  tokenStatus: null,
  tokenTimes: null,
  retryAfterSeconds: null,
  userinfoStatus: null,
  userinfoTimes: null,
}

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
      accessTokenTtlSeconds: z.number().int().min(1).max(2_592_000),
      slowMs: z.number().int().min(0).max(60_000),
      holdToken: z.boolean(),
      tokenStatus: failureStatus,
      tokenTimes: times,
      retryAfterSeconds: z.number().int().min(0).max(86_400).nullable(),
      userinfoStatus: failureStatus,
      userinfoTimes: times,
    })
    .partial()
}

export type BehaviourPatch = z.infer<ReturnType<typeof behaviourPatch>>

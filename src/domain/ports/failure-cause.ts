import type { AuthorizationFailureCode } from '../../generated/prisma/enums.js'
import type { OAuthError } from './oauth-client.js'

/**
 * What Patchbay was doing: reading the consent screen's answer (CALLBACK), exchanging its code (EXCHANGE), asking which
 * account it belongs to (IDENTITY), renewing tokens (REFRESH), asking whether they are accepted (CHECK), revoking them
 * (REVOCATION), or reading an issuer's metadata (DISCOVERY).
 */
export const FAILURE_STAGES = [
  'CALLBACK',
  'EXCHANGE',
  'IDENTITY',
  'REFRESH',
  'CHECK',
  'REVOCATION',
  'DISCOVERY',
] as const
export type FailureStage = (typeof FAILURE_STAGES)[number]

/** What went wrong, in one word. docs/troubleshooting.md says for each what an operator can do. */
export const FAILURE_REASONS = [
  'PRIVATE_ADDRESS',
  'DNS',
  'TLS',
  'UNREACHABLE',
  'TIMED_OUT',
  'PROXY_UNREACHABLE',
  'PROXY_REFUSED',
  'REDIRECTED',
  'TOO_LARGE',
  'CLIENT_REFUSED',
  'SCOPE_REFUSED',
  'REDIRECT_URI_REFUSED',
  'REQUEST_REFUSED',
  'GRANT_REFUSED',
  'REFUSED',
  'RATE_LIMITED',
  'APP_FAILED',
  'UNREADABLE',
  'ISSUER_MISMATCH',
  'OTHER_ACCOUNT',
] as const
export type FailureReason = (typeof FAILURE_REASONS)[number]

/** Why something failed at an app, for operators. Bounded, and without anything that was sent to the app. */
export interface FailureCause {
  stage: FailureStage
  reason: FailureReason
  /** The host that was asked. For a callback, nothing was asked, so it is null. */
  host: string | null
  /** The response's status, with PROXY_REFUSED the proxy's. Null if there was none. */
  httpStatus: number | null
  /** The error code that the app sent, if it was well-formed. */
  providerCode: string | null
  /** What the app said about it: at most 300 characters, on one line. */
  providerDescription: string | null
}

/** How apps spell the codes of RFC 6749 §4.1.2.1 and §5.2, and their own names for the same. The first match counts. */
const CODES: readonly (readonly [RegExp, FailureReason])[] = [
  [/redirect_?ur[il]/, 'REDIRECT_URI_REFUSED'],
  [/^(?:unauthorized_client|(?:invalid|bad|incorrect|unknown|disabled|inactive)_client(?:_|$))/, 'CLIENT_REFUSED'],
  [/^(?:invalid|bad|unknown|unsupported|unauthorized|insufficient|malformed)_scopes?(?:_|$)/, 'SCOPE_REFUSED'],
  [/^(?:invalid_grant|invalid_token|invalid_code|bad_verification_code|expired_(?:code|token))$/, 'GRANT_REFUSED'],
  [/^(?:invalid_request|invalid_resource|unsupported_(?:grant|response)_type)/, 'REQUEST_REFUSED'],
  [/^(?:slow_down|too_many_requests|rate_?limit)/, 'RATE_LIMITED'],
]
/** `invalid_request` is for anything. These texts say what about the request is wrong. */
const TEXTS: readonly (readonly [RegExp, FailureReason])[] = [
  [/\bredirect[ _]?ur[il]/i, 'REDIRECT_URI_REFUSED'],
  [/\bclient[ _]?(?:id|secret|assertion|authentication|credentials)\b/i, 'CLIENT_REFUSED'],
  [/\binvalid scopes?\b/i, 'SCOPE_REFUSED'],
]

/**
 * Returns why a request to an app failed:
 *
 * 1. The network's reason, if there was no response that could be used.
 * 2. What the app's error code says. Only the vaguest, `invalid_request`, is read together with its description.
 * 3. What the response means for the tokens or the client.
 * 4. 401 to an exchange is about the client (RFC 6749 §5.2), unless it is a proxy's page. 429 is a limit.
 * 5. What became of the response.
 */
export function causeOf(stage: FailureStage, error: OAuthError): FailureCause {
  const { network, reported } = error
  return {
    stage,
    reason: network?.reason ?? reasonOf(stage, error),
    host: network?.host ?? reported?.host ?? null,
    httpStatus: reported?.status ?? network?.proxyStatus ?? null,
    providerCode: reported?.code ?? error.detail,
    providerDescription: reported?.description ?? null,
  }
}

function reasonOf(stage: FailureStage, { code, detail, verdict, reported }: OAuthError): FailureReason {
  const said = named((reported?.code ?? detail ?? '').toLowerCase().replaceAll('-', '_'), reported?.description ?? '')
  if (said) return said
  if (verdict === 'CLIENT_REFUSED') return 'CLIENT_REFUSED'
  if (verdict === 'ACCESS_ENDED') return 'GRANT_REFUSED'
  if (stage === 'EXCHANGE' && code === 'APP_REFUSED' && reported?.status === 401) return 'CLIENT_REFUSED'
  if (reported?.status === 429) return 'RATE_LIMITED'
  if (code === 'APP_UNAVAILABLE') return 'APP_FAILED'
  if (code === 'INVALID_TOKEN_RESPONSE') return 'UNREADABLE'
  return code === 'ISSUER_MISMATCH' ? 'ISSUER_MISMATCH' : 'REFUSED'
}

function named(code: string, description: string): FailureReason | undefined {
  const reason = CODES.find(([pattern]) => pattern.test(code))?.[1]
  if (reason !== 'REQUEST_REFUSED') return reason
  return TEXTS.find(([pattern]) => pattern.test(description))?.[1] ?? reason
}

const FAILURE_CODES: Partial<Record<FailureReason, AuthorizationFailureCode>> = {
  CLIENT_REFUSED: 'CLIENT_REFUSED',
  SCOPE_REFUSED: 'SCOPE_REFUSED',
  REDIRECT_URI_REFUSED: 'REDIRECT_URI_REFUSED',
  PRIVATE_ADDRESS: 'ADDRESS_BLOCKED',
}

/** Returns the failure code for causes that the user can't change and an operator can. */
export function operatorsFailureCode({ reason }: FailureCause): AuthorizationFailureCode | undefined {
  return FAILURE_CODES[reason]
}

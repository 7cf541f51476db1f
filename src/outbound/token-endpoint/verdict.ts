import type { Provider } from '../../domain/catalogue/provider.js'
import type { AppAnswer } from '../../domain/ports/oauth-client.js'
import type { AnswerBody } from './answer-body.js'
import { errorCodes } from './reported-error.js'

/** What a response to a refresh means for the grant. TEMPORARY: nothing, because the app is out of order. */
export type Verdict = NonNullable<AppAnswer['verdict']> | 'TEMPORARY'

/** RFC 6749 §5.2, and the names that providers give to the same. None of them means anything else. */
const DEAD_GRANT =
  /^(?:invalid_grant|(?:invalid|bad|expired|revoked|unknown|inactive)_(?:refresh_?token|grant)|(?:refresh_?token|grant)(?:_is|_has_been)?_(?:invalid|expired|revoked|not_found|unknown|inactive))$/
/** The client may not do this, or doesn't ask as the app wants it. Only an operator can change that. */
const REFUSED_CLIENT =
  /^(?:unauthorized_client|(?:invalid|bad|incorrect|unknown)_client(?:_[a-z_]+)?|unsupported_grant_type|invalid_scope)$/
const OUT_OF_ORDER =
  /^(?:temporarily_unavailable|server_error|internal_error|internal_server_error|service_unavailable|slow_down|rate_?limited|rate_limit(?:_exceeded|_reached)?|too_many_requests|quota_exceeded|request_timeout|timeout)$/
/** Names of a dead grant that mean nothing else anywhere in a text. */
const SAID_IN_TEXT = /\b(?:invalid_grant|bad_refresh_token|invalid_refresh_token|expired_refresh_token)\b/i

/**
 * Decides what the refusal of a refresh means:
 *
 * 1. 5xx, 408, 425, 429 and redirects are outages, whatever the body says.
 * 2. The first code that is known decides: the provider's own (`accessEndedErrors`), one for a dead grant, for a refused
 *    client or for an outage. A text begins with a code, is one, or names an unmistakable one.
 * 3. A page for people without such a code comes from a proxy, so it is an outage.
 * 4. Everything else is a refusal that doesn't say why: REFUSED.
 */
export function verdictOf(
  status: number,
  body: AnswerBody,
  challenge: string | null,
  { accessEndedErrors }: Pick<Provider, 'accessEndedErrors'>,
): Verdict {
  if (isOutage(status)) return 'TEMPORARY'
  const own = new Set(accessEndedErrors.map(normalized))
  for (const code of errorCodes(body, challenge)) {
    for (const name of [normalized(code), normalized(/^[\w.-]+/.exec(code)?.[0] ?? '')]) {
      if (own.has(name) || DEAD_GRANT.test(name)) return 'ACCESS_ENDED'
      if (REFUSED_CLIENT.test(name)) return 'CLIENT_REFUSED'
      if (OUT_OF_ORDER.test(name)) return 'TEMPORARY'
    }
  }
  if (SAID_IN_TEXT.test(body.text)) return 'ACCESS_ENDED'
  return body.isPage ? 'TEMPORARY' : 'REFUSED'
}

/** Returns whether a response has one of the provider's own codes for a token that it no longer accepts. */
export function saysAccessEnded(
  body: AnswerBody,
  challenge: string | null,
  { accessEndedErrors }: Pick<Provider, 'accessEndedErrors'>,
): boolean {
  const own = new Set(accessEndedErrors.map(normalized))
  return errorCodes(body, challenge).some((code) => own.has(normalized(code)))
}

/** Statuses that say that the app can't answer now (RFC 9110 §15). */
export function isOutage(status: number): boolean {
  return status >= 500 || status === 429 || status === 408 || status === 425 || (status >= 300 && status < 400)
}

/** `Invalid refresh-token.` and `invalid_refresh_token` are the same name. */
export function normalized(code: string): string {
  return code
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_|_$/g, '')
}

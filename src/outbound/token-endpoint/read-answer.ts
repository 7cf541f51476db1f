import type { Provider } from '../../domain/catalogue/provider.js'
import { OAuthError, type UnreadAnswer } from '../../domain/ports/oauth-client.js'
import { type AnswerBody, answerBody } from './answer-body.js'
import { reportedError, reportsError } from './reported-error.js'
import { salvagedTokens } from './salvaged-tokens.js'
import { readTokenMembers, type TokenMembers } from './token-members.js'
import { isOutage, verdictOf } from './verdict.js'

/** A response of the token endpoint. */
export interface TokenAnswer {
  host: string
  status: number
  text: string
  /** Its `WWW-Authenticate`. */
  challenge: string | null
  retryAfterMs: number | null
}

/** Which request it answers, and the secrets in that request, so that they aren't repeated. */
export interface Asked {
  grant: 'authorization_code' | 'refresh_token'
  secrets: readonly string[]
}

/** The tokens of a response, and the response if its refresh token can't be read. */
export interface AnsweredTokens {
  members: TokenMembers
  unread?: string
}

/**
 * Reads a token endpoint's response as it was meant (RFC 6749 §5): with any status of success, as JSON or a form, and
 * with errors in any place.
 *
 * With an exchange, an optional member that means nothing makes the response invalid, and its tokens can be revoked.
 * With a refresh, the old tokens may be gone, so whatever can be used is used.
 * @throws OAuthError
 */
export function readTokenAnswer(answer: TokenAnswer, provider: Provider, asked: Asked): AnsweredTokens {
  const { status, challenge, retryAfterMs } = answer
  const body = answerBody(answer.text)
  const isSuccess = status >= 200 && status < 300
  const reported = () => reportedError(answer, body, asked.secrets)
  if (isOutage(status)) throw new OAuthError('APP_UNAVAILABLE', null, { retryAfterMs, reported: reported() })
  if (!isSuccess || (body.members && reportsError(body.members))) {
    throw refused(answer, body, provider, asked, isSuccess)
  }
  const { tokens, unreadable } = body.members
    ? readTokenMembers(body.members, provider)
    : { tokens: undefined, unreadable: [] }
  const unread = unreadOf(body, asked)
  if (!tokens) {
    const said = unread ? 'TEMPORARY' : verdictOf(status, body, challenge, provider)
    if (said === 'ACCESS_ENDED' || said === 'CLIENT_REFUSED') throw refused(answer, body, provider, asked, isSuccess)
    const verdict = said === 'REFUSED' && retryAfterMs === null ? said : null
    // The app may have replaced the refresh token all the same.
    const facts = { verdict, unread, answered: false, retryAfterMs, reported: reported() }
    throw new OAuthError('INVALID_TOKEN_RESPONSE', null, facts)
  }
  if (asked.grant === 'authorization_code' && unreadable.length > 0) {
    throw new OAuthError('INVALID_TOKEN_RESPONSE', null, { unread, reported: reported() })
  }
  return { members: tokens, ...(unreadable.includes('refresh_token') && { unread: body.text }) }
}

function refused(
  answer: TokenAnswer,
  body: AnswerBody,
  provider: Provider,
  asked: Asked,
  isSuccess: boolean,
): OAuthError {
  const { status, challenge, retryAfterMs } = answer
  const said = verdictOf(status, body, challenge, provider)
  // An app that names a time to try again doesn't mean that the grant has ended.
  const verdict = said === 'REFUSED' && retryAfterMs !== null ? 'TEMPORARY' : said
  const reported = reportedError(answer, body, asked.secrets)
  const hasNoTokens = !isSuccess || (verdict === 'ACCESS_ENDED' && asked.grant === 'refresh_token')
  const facts = { retryAfterMs, reported, unread: hasNoTokens ? null : unreadOf(body, asked) }
  if (verdict === 'TEMPORARY') {
    return new OAuthError(body.isPage ? 'INVALID_TOKEN_RESPONSE' : 'APP_UNAVAILABLE', reported.code, facts)
  }
  return new OAuthError('APP_REFUSED', reported.code, { ...facts, verdict })
}

function unreadOf(body: AnswerBody, { secrets }: Asked): UnreadAnswer | null {
  const tokens = salvagedTokens(body, secrets)
  return tokens && { text: body.text, tokens }
}

import type { Provider } from '../../domain/catalogue/provider.js'
import { type AnswerBody, answerBody } from '../token-endpoint/answer-body.js'
import { errorCodes, reportsError } from '../token-endpoint/reported-error.js'
import { isOutage, normalized, verdictOf } from '../token-endpoint/verdict.js'
import type { Meaning } from './check.js'

export interface Answer {
  status: number
  text: string
  /** Its `WWW-Authenticate`. */
  challenge: string | null
}

const REFUSED_CODE =
  /(?:invalid|bad|expired|unknown|incorrect|wrong|malformed)_(?:\w+_)?code$|(?:^|_)code_(?:\w+_)?(?:invalid|expired|incorrect|not_found|used|malformed)/
const REDIRECT_URI = /redirect(?:ion)?_?ur[il]/
const REFUSED_CLIENT =
  /(?:invalid|bad|incorrect|unknown|wrong|missing)_(?:\w+_)?client|client_(?:\w+_)?(?:invalid|incorrect|unknown|not_found|mismatch|failed)/

/**
 * Says what the token endpoint's answer to a made-up authorization code means. The first that fits counts:
 *
 * 1. An outage says nothing about the connector.
 * 2. The code was refused as it should be, under any name: the client, and everything else, was accepted.
 * 3. The redirect URI, the client or the grant type was refused.
 * 4. A page, or a status of a URL that isn't there: it isn't the token endpoint.
 * 5. Success: the endpoint accepts anything, so it says nothing.
 * 6. Anything else can't be told.
 */
export function tokenMeaning(
  { status, text, challenge }: Answer,
  provider: Pick<Provider, 'accessEndedErrors' | 'clientAuthentication' | 'tokenUrl'>,
  redirectUri: string,
): Meaning {
  if (isOutage(status)) {
    const change = 'Try again later. The provider has trouble, or limits how often it may be asked.'
    return { status: 'failed', detail: 'the token endpoint is out of order', change }
  }
  const body = answerBody(text)
  const codes = errorCodes(body, challenge).map(normalized)
  const says = (pattern: RegExp) => codes.some((code) => pattern.test(code))
  if (verdictOf(status, body, challenge, provider) === 'ACCESS_ENDED' || says(REFUSED_CODE)) {
    return { status: 'ok', detail: 'accepts the client, and refuses a made-up code' }
  }
  if (says(REDIRECT_URI)) {
    return {
      status: 'failed',
      detail: 'refuses the redirect URI',
      change: `Register exactly this redirect URI at the provider: ${redirectUri}`,
    }
  }
  if (says(REFUSED_CLIENT)) return refusedClient(provider)
  if (says(/^unauthorized_client$/)) {
    const change =
      'Check the client id. At the provider, check that the client is active and may use authorization codes.'
    return { status: 'failed', detail: 'doesn’t know the client, or doesn’t let it use authorization codes', change }
  }
  if (says(/^unsupported_grant_type$/)) {
    const change = `Check tokenUrl and tokenRequest. At the provider, allow the client authorization codes.`
    return { status: 'failed', detail: 'doesn’t support authorization codes as they are sent', change }
  }
  return withoutKnownCode({ status, challenge }, body, provider)
}

function withoutKnownCode(
  { status, challenge }: Pick<Answer, 'status' | 'challenge'>,
  body: AnswerBody,
  provider: Pick<Provider, 'clientAuthentication' | 'tokenUrl'>,
): Meaning {
  const isSuccess = status >= 200 && status < 300
  if (body.isPage || [404, 405, 410].includes(status)) {
    const change = `Look up the token endpoint in the provider’s documentation, and correct tokenUrl: ${provider.tokenUrl}`
    return { status: 'failed', detail: body.isPage ? 'is a page for people' : 'isn’t there', change }
  }
  if (status === 401 && challenge !== null) return refusedClient(provider)
  if (isSuccess && body.members && !reportsError(body.members)) {
    const change = 'Connect an account to find out. The provider accepts anything, or reports errors in its own way.'
    return { status: 'unknown', detail: 'doesn’t refuse a made-up code', change }
  }
  const change =
    'Compare what it says with the provider’s documentation. If parameters are missing or unknown, tokenRequest changes them.'
  return { status: 'unknown', detail: 'refuses the request, but doesn’t clearly say why', change }
}

function refusedClient({ clientAuthentication }: Pick<Provider, 'clientAuthentication'>): Meaning {
  const secret =
    clientAuthentication === 'none'
      ? 'Check the client id. If the client has a secret, choose another clientAuthentication.'
      : `Check the client id and the secret, and set them with set-credentials, or in the file in PATCHBAY_CONNECTORS if it has the connector. If both are right, the provider wants another clientAuthentication than ${clientAuthentication}.`
  return { status: 'failed', detail: 'refuses the client', change: secret }
}

import type { Provider } from '../../domain/catalogue/provider.js'
import type { Discover, DiscoveryError } from '../../domain/ports/discovery.js'
import type { NetworkReason } from '../../domain/ports/network-failure.js'
import type { Meaning } from '../connector-test/check.js'
import { failureReasonOf, networkWords } from '../connector-test/network-words.js'
import type { Probed } from '../connector-test/probe.js'
import type { Answer } from '../connector-test/token-meaning.js'
import { answerBody } from '../token-endpoint/answer-body.js'
import { errorCodes, reportedError, reportsError } from '../token-endpoint/reported-error.js'
import { isOutage } from '../token-endpoint/verdict.js'

export type Discovered = Awaited<ReturnType<Discover>>

const NOT_THERE = [404, 405, 410]
/** What may be a fault of this machine, or over soon. */
const PASSING: readonly NetworkReason[] = ['TIMED_OUT', 'UNREACHABLE', 'PROXY_UNREACHABLE', 'PROXY_REFUSED']

/** Says what a consent screen's URL without any parameters answers. Most servers redirect, or complain about them. */
export function authorizationPageMeaning({ status }: Pick<Probed, 'status'>): Meaning {
  if (status === 404 || status === 410) return { status: 'failed', detail: `isn’t there (${status})` }
  if (status >= 500 || status === 429) return { status: 'unknown', detail: `answers with ${status}` }
  return { status: 'ok', detail: `answers with ${status}` }
}

/**
 * Says what the answer to an empty token request means. The first that fits counts:
 *
 * 1. An outage says nothing.
 * 2. A status of a URL that isn't there. With an error as JSON, it may be the endpoint's own: GitHub answers so.
 * 3. A page for people that isn't a refusal: it isn't the token endpoint.
 * 4. A refusal with an error (RFC 6749 §5.2), or a success that reports one, is how a token endpoint answers.
 * 5. Anything else can't be told.
 */
export function emptyRequestMeaning({ status, text, challenge }: Answer): Meaning {
  if (isOutage(status)) return { status: 'unknown', detail: `answers with ${status}` }
  const body = answerBody(text)
  const isError = challenge !== null || (body.members !== null && errorCodes(body, null).length > 0)
  if (NOT_THERE.includes(status)) {
    if (!body.members || !isError) return { status: 'failed', detail: `isn’t there (${status})` }
    const { code } = reportedError({ host: '', status, challenge }, body, [])
    return { status: 'unknown', detail: `answers with ${status}${code === null ? '' : ` and ${code}`}` }
  }
  const isSuccess = status < 300
  if (isSuccess && body.isPage) return { status: 'failed', detail: 'is a page for people' }
  const refuses = isSuccess ? body.members !== null && reportsError(body.members) : isError && status <= 401
  if (refuses) return { status: 'ok', detail: `refuses an empty request with ${status}` }
  return { status: 'unknown', detail: `answers with ${status}, and no error that can be read` }
}

/** Compares the endpoints that an issuer's metadata has. */
export function metadataMeaning(provider: Provider, discovered: Discovered): Meaning {
  const differences = (['authorizationUrl', 'tokenUrl', 'revocationUrl'] as const).flatMap((setting) => {
    const [ours, theirs] = [provider[setting], discovered[setting]]
    return !ours || !theirs || comparable(ours) === comparable(theirs) ? [] : [`${setting} ${comparable(theirs)}`]
  })
  if (differences.length === 0) return { status: 'ok', detail: 'has the same endpoints' }
  return { status: 'failed', detail: `has ${differences.join(', ')}` }
}

export function undiscoveredMeaning({ message, failure: { reason, httpStatus } }: DiscoveryError): Meaning {
  const isPassing = PASSING.some((one) => one === reason) || (httpStatus !== null && isOutage(httpStatus))
  return { status: isPassing ? 'unknown' : 'failed', detail: message.replaceAll(/\p{Cc}/gu, ' ') }
}

export function unansweredMeaning(error: unknown): Meaning {
  const status = PASSING.includes(failureReasonOf(error)) ? 'unknown' : 'failed'
  return { status, detail: `got ${networkWords(error).got}` }
}

/** Without a query and a final slash, and with what isn't printable encoded. */
function comparable(url: string): string {
  if (!URL.canParse(url)) return 'that isn’t a URL'
  const { origin, pathname } = new URL(url)
  return origin + pathname.replace(/\/$/, '')
}

import type { OAuthTarget } from '../../domain/ports/oauth-client.js'
import { signatureOf } from '../callback-signature.js'
import { createGuardedAgent, type GuardedAgent, type Network } from '../guarded-agent.js'
import type { GuardedFetch } from '../guarded-fetch.js'
import { hostOf } from '../network-reason.js'
import { createOAuthClient } from '../oauth-client.js'
import { hasSecretInHeader } from '../revocation.js'
import { answerBody } from '../token-endpoint/answer-body.js'
import { reportedError } from '../token-endpoint/reported-error.js'
import { isOutage } from '../token-endpoint/verdict.js'
import type { Check, Meaning } from './check.js'
import { type Endpoint, endpointsOf } from './endpoints.js'
import { checkAddress, checkTls } from './host-checks.js'
import { networkWords } from './network-words.js'
import { type Probed, probe } from './probe.js'
import { authorizationMeaning, identityMeaning, notThere, outOfOrder } from './probe-meaning.js'
import { quotedBody } from './quoted-body.js'
import { recordedFetch } from './recorded-fetch.js'
import { type Answer, tokenMeaning } from './token-meaning.js'

/** Looks like a code or a token, and was never issued. */
const MADE_UP = 'patchbay-test-0000000000000000'

/** Asks providers whether a connector works. Changes nothing there. */
export interface ConnectorTest {
  /**
   * Yields each check when it is done.
   * @param target without credentials, what needs them is skipped
   */
  run(target: TestTarget): AsyncGenerator<Check>
  close(): Promise<void>
}

export interface TestTarget extends Omit<OAuthTarget, 'credentials'> {
  credentials: OAuthTarget['credentials'] | null
  /** What an authorization would request. */
  scopes: readonly string[]
}

export function createConnectorTest(fetch: GuardedFetch, network: Network): ConnectorTest {
  const guard = createGuardedAgent(network)
  const { allowPrivate } = network
  return { run: (target) => checks({ fetch, guard, allowPrivate }, target), close: guard.close }
}

interface TestDeps {
  fetch: GuardedFetch
  guard: GuardedAgent
  allowPrivate: boolean
}

async function* checks(deps: TestDeps, { credentials, scopes, ...others }: TestTarget): AsyncGenerator<Check> {
  const { guard } = deps
  const endpoints = endpointsOf(others.provider)
  const unreachable = new Set<string>()
  for (const endpoint of firstOfEachHost(endpoints)) {
    const address = await checkAddress(endpoint, deps)
    yield address
    const tls = address.status === 'failed' ? null : await checkTls(endpoint, guard)
    if (tls) yield tls
    if (address.status === 'failed' || tls?.status === 'failed') unreachable.add(hostOf(endpoint.url))
  }
  const urlOf = (setting: string) => endpoints.find((endpoint) => endpoint.setting === setting)?.url ?? null
  /** Runs a check, unless there is nothing to ask. */
  const asking = async (
    name: string,
    url: string | null,
    needsClient: boolean,
    check: (url: string) => Promise<Omit<Check, 'name'>>,
  ): Promise<Check> => {
    const skipped = (detail: string): Check => ({ name, status: 'skipped', detail })
    if (url === null) return skipped('the provider has none')
    if (unreachable.has(hostOf(url))) return skipped(`${hostOf(url)} can’t be used, as said above`)
    if (needsClient && !credentials) return skipped('there are no credentials')
    return { name, ...(await check(url)) }
  }
  const target = { ...others, credentials: credentials ?? { clientId: '', clientSecret: null } }
  yield asking('token endpoint', urlOf('tokenUrl'), true, (url) => checkToken(deps, target, url))
  yield asking('authorization URL', urlOf('authorizationUrl'), true, () => checkAuthorization(deps, target, scopes))
  yield asking('revocation endpoint', urlOf('revocationUrl'), true, (url) => checkRevocation(deps, target, url))
  yield asking('identity endpoint', urlOf('identity.url'), false, (url) => checkIdentity(deps, url, 'identity.url'))
  yield asking('lookup endpoint', urlOf('lookup.url'), false, (url) => checkIdentity(deps, url, 'lookup.url'))
}

function firstOfEachHost(endpoints: readonly Endpoint[]): Endpoint[] {
  const origins = new Map<string, Endpoint>()
  for (const endpoint of endpoints) {
    const { origin } = new URL(endpoint.url)
    if (!origins.has(origin)) origins.set(origin, endpoint)
  }
  return [...origins.values()]
}

async function checkToken({ fetch, allowPrivate }: TestDeps, target: OAuthTarget, url: string) {
  const { provider, redirectUri } = target
  const recording = recordedFetch(fetch)
  const client = createOAuthClient(recording.fetch, { allowInsecure: allowPrivate })
  const callback = new URLSearchParams({
    code: MADE_UP,
    state: MADE_UP,
    ...provider.callback.expected,
    ...(provider.issuer && { iss: provider.issuer }),
  })
  const { signature } = provider.callback
  if (signature) {
    callback.set(signature.parameter, signatureOf(callback, signature, target.credentials.clientSecret ?? ''))
  }
  const asked = `POST ${url} with a made-up code, and the client by ${provider.clientAuthentication}`
  const failure = await client
    .exchange(target, callback, client.newSecrets().codeVerifier)
    .catch((error: unknown) => error)
  const { answer, error } = recording.recorded
  if (answer) return explained(asked, answer, target, tokenMeaning(answer, provider, redirectUri))
  return unanswered(asked, error, failure)
}

async function checkRevocation({ fetch, allowPrivate }: TestDeps, target: OAuthTarget, url: string) {
  const recording = recordedFetch(fetch)
  const client = createOAuthClient(recording.fetch, { allowInsecure: allowPrivate })
  const { clientAuthentication, revocation } = target.provider
  const { method, authentication } = revocation
  const usual = authentication === 'client' ? clientAuthentication : authentication
  const way = hasSecretInHeader(revocation) ? 'a header' : usual
  const by = authentication === 'access_token' ? '' : `, and the client by ${way}`
  const asked = `${method} ${url} with a made-up token${by}`
  const tokens = { accessToken: MADE_UP, refreshToken: null }
  const failure = await client.revoke(target, tokens).catch((error: unknown) => error)
  const { answer, error } = recording.recorded
  if (answer) return explained(asked, answer, target, revocationMeaning(answer, target))
  return unanswered(asked, error, failure)
}

/** RFC 7009 §2.2: a token that the server doesn't know is a success. */
function revocationMeaning(answer: Answer, { provider, redirectUri }: OAuthTarget): Meaning {
  const { status } = answer
  const { authentication, format } = provider.revocation
  const isStandard = authentication.startsWith('client') && format === 'form'
  if (isOutage(status)) return outOfOrder('the revocation endpoint')
  if (status === 404 && !isStandard) {
    const detail = 'answers 404, which may mean the made-up token or the address'
    return { status: 'unknown', detail, change: 'Compare revocationUrl with the provider’s documentation.' }
  }
  if ([404, 405, 410].includes(status)) return notThere('revocationUrl')
  if (status >= 200 && status < 300) return { status: 'ok', detail: 'accepts the client and a made-up token' }
  const refused = `is there, and refuses a made-up token with ${status}`
  const isWithoutClient = authentication === 'access_token' || authentication === 'none'
  if (isWithoutClient && !hasSecretInHeader(provider.revocation)) return { status: 'ok', detail: refused }
  const { detail, status: verdict, change } = tokenMeaning(answer, provider, redirectUri)
  if (detail === 'refuses the client') return { status: verdict, detail, ...(change && { change }) }
  return { status: 'ok', detail: refused }
}

async function checkAuthorization(
  { fetch, guard, allowPrivate }: TestDeps,
  target: OAuthTarget,
  scopes: readonly string[],
) {
  const client = createOAuthClient(fetch, { allowInsecure: allowPrivate })
  const url = client.authorizationUrl(target, { ...client.newSecrets(), scopes })
  return probed(
    guard,
    url.href,
    `GET ${url.origin}${url.pathname} as a browser would, with the scopes ${scopes.join(' ') || '(none)'}`,
    (answer) => authorizationMeaning(answer, target.redirectUri),
  )
}

function checkIdentity({ guard }: TestDeps, url: string, setting: 'identity.url' | 'lookup.url') {
  return probed(guard, url, `GET ${url} without a token`, (answer) => identityMeaning(answer, setting))
}

async function probed(
  guard: GuardedAgent,
  url: string,
  asked: string,
  meaning: (answer: Probed) => Meaning,
): Promise<Omit<Check, 'name'>> {
  try {
    const answer = await probe(guard, url)
    const meant = meaning(answer)
    if (meant.status === 'ok') return meant
    const said = quotedBody(answer.text, [])
    return { ...meant, asked, got: `status ${answer.status}${said ? `, ${said}` : ''}` }
  } catch (error) {
    return { status: 'failed', detail: 'no answer', asked, ...networkWords(error) }
  }
}

function explained(
  asked: string,
  { status, text, challenge }: Answer,
  target: OAuthTarget,
  meant: Meaning,
): Omit<Check, 'name'> {
  if (meant.status === 'ok') return meant
  const body = answerBody(text)
  const secrets = [target.credentials.clientSecret ?? '', MADE_UP]
  const { code, description } = reportedError({ host: hostOf(asked), status, challenge }, body, secrets)
  const said = [code, description].filter((part) => part !== null && part !== '')
  // A success may have tokens.
  const quoted = status >= 400 ? quotedBody(text, secrets) : null
  const kind = body.isPage ? 'an HTML page' : 'no error that can be read'
  const got = said.length > 0 ? said.join(': ') : [kind, ...(quoted ? [quoted] : [])].join(': ')
  return { ...meant, asked, got: `status ${status}, ${got}` }
}

/** The request failed, or couldn't be made. */
function unanswered(asked: string, error: unknown, failure: unknown): Omit<Check, 'name'> {
  if (error !== undefined) return { status: 'failed', detail: 'no answer', asked, ...networkWords(error) }
  const got = `nothing, because the request couldn’t be made${failure instanceof Error ? ` (${failure.message})` : ''}`
  const change = 'Check the credentials. With private_key_jwt, the secret is a private key that can sign.'
  return { status: 'failed', detail: 'no request', asked, got, change }
}

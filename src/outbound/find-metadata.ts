import { DiscoveryError } from '../domain/ports/discovery.js'
import type { NetworkFailure, NetworkReason } from '../domain/ports/network-failure.js'
import { type GuardedFetch, GuardedFetchError } from './guarded-fetch.js'

interface Options {
  /** Allows plain http, for apps on the developer's own machine. */
  allowInsecure: boolean
  /** The issuer that the metadata may have instead, with `{tenantid}` in place of the tenant. */
  issuerTemplate: string | null
}

/** What came instead of metadata, and what the operator can do about it. */
interface Miss {
  url: string
  came: string
  advice: string
  /** For logs and metrics. */
  failure?: Partial<NetworkFailure> & { httpStatus?: number }
}

const CHECK = 'Check the issuer, or describe the endpoints with oauth2 instead.'
const REASONS: Record<NetworkReason, [came: string, advice: string]> = {
  REDIRECTED: ['a redirect', 'Patchbay follows none. Pass the issuer that the address redirects to.'],
  TOO_LARGE: ['more than 256 KB', CHECK],
  PRIVATE_ADDRESS: [
    'nothing: it leads to an address that isn’t allowed (PRIVATE_ADDRESS)',
    'If it is in your own network, allow it in PATCHBAY_PRIVATE_NETWORKS. Otherwise, pass a public issuer.',
  ],
  DNS: ['nothing: its host name has no address (DNS)', 'Check its host name.'],
  TLS: ['nothing: its certificate is not valid (TLS)', 'Check its certificate, and that it speaks TLS.'],
  UNREACHABLE: ['no response (UNREACHABLE)', 'Check its host name and that it can be reached from here.'],
  PROXY_UNREACHABLE: ['nothing: the proxy can’t be reached (PROXY_UNREACHABLE)', 'Check HTTPS_PROXY.'],
  PROXY_REFUSED: [
    'nothing: the proxy doesn’t connect to it (PROXY_REFUSED)',
    'Check what the proxy allows, and the password in HTTPS_PROXY.',
  ],
  TIMED_OUT: ['no response in time (TIMED_OUT)', 'Try again, or check that it can be reached from here.'],
}

/**
 * Finds an issuer's metadata: at the address that OpenID Connect appends to the issuer, or at one that RFC 8414 §3.1
 * inserts before its path. A final slash of the issuer makes no difference.
 * @throws DiscoveryError that says what was asked, what came and what to change
 */
export async function findMetadata(
  fetch: GuardedFetch,
  issuer: string,
  options: Options,
): Promise<{ document: object; url: string }> {
  const { protocol, search, hash } = new URL(issuer)
  if (protocol !== 'https:' && !options.allowInsecure) throw new DiscoveryError('it must be https')
  if (search !== '' || hash !== '') throw new DiscoveryError('it must have no query and no fragment')
  const misses: Miss[] = []
  for (const url of locationsOf(issuer)) {
    const found = await ask(fetch, url)
    if ('came' in found) {
      misses.push(found)
      if (found.isFinal) break
      continue
    }
    const mismatch = mismatchOf(found.document, issuer, options)
    if (!mismatch) return { document: found.document, url }
    misses.push({ url, ...mismatch })
  }
  // A document with another issuer says more than the absence of the others.
  const told = misses.find(({ advice }) => advice !== CHECK) ?? misses[0]
  const asked = misses.map(({ url, came }) => `${url} returned ${came}`).join(', ')
  const { failure = { host: new URL(issuer).host } } = told ?? {}
  throw new DiscoveryError(`its metadata couldn’t be read: ${asked}. ${told?.advice ?? CHECK}`, { failure })
}

function locationsOf(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/+$/, '')
  const [openId, oauth] = ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server']
  const appended = `${origin}${path}${openId}`
  return [...new Set([appended, `${origin}${oauth}${path}`, `${origin}${openId}${path}`, `${origin}${path}${oauth}`])]
}

async function ask(fetch: GuardedFetch, url: string): Promise<{ document: object } | (Miss & { isFinal: boolean })> {
  try {
    const response = await fetch(url, { method: 'GET', headers: { accept: 'application/json' } })
    const text = await response.text()
    const failure = { host: new URL(url).host, httpStatus: response.status }
    if (!response.ok) return { url, came: String(response.status), advice: CHECK, isFinal: false, failure }
    const document = objectIn(text)
    if (document) return { document }
    return { url, came: 'something that isn’t a JSON object', advice: CHECK, isFinal: false, failure }
  } catch (error) {
    if (!(error instanceof GuardedFetchError)) throw error
    const [came, advice] = REASONS[error.reason]
    const isFinal = error.reason !== 'REDIRECTED' && error.reason !== 'TOO_LARGE'
    return {
      url,
      came,
      advice,
      isFinal,
      failure: { reason: error.reason, host: error.host, ...(error.proxyStatus && { httpStatus: error.proxyStatus }) },
    }
  }
}

function objectIn(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text)
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : null
  } catch {
    return null
  }
}

/** RFC 8414 §3.3: metadata of another issuer must not be used. */
function mismatchOf(document: object, issuer: string, { issuerTemplate }: Options): Omit<Miss, 'url'> | null {
  const said: unknown = Reflect.get(document, 'issuer')
  if (typeof said !== 'string') return { came: 'metadata without an issuer', advice: CHECK }
  if (URL.canParse(said) && withoutSlash(said) === withoutSlash(issuer) && !said.includes('{')) return null
  const hasPlaceholder = said.includes('{tenantid}')
  if (hasPlaceholder && said === issuerTemplate && new URL(said).origin === new URL(issuer).origin) return null
  const came = `metadata of the issuer ${said.slice(0, 200)}`
  if (hasPlaceholder) return { came, advice: 'If every tenant may sign in, set issuerTemplate to that in settings.' }
  return { came, advice: 'If that is the one you mean, pass it as the issuer.' }
}

function withoutSlash(url: string): string {
  return new URL(url).href.replace(/\/$/, '')
}

import type { NetworkFailure } from '../../domain/ports/network-failure.js'
import { GuardedFetchError } from '../guarded-fetch.js'
import { networkReasonOf, proxyErrorIn } from '../network-reason.js'

const WORDS: Record<NetworkFailure['reason'], { got: string; change: string }> = {
  PRIVATE_ADDRESS: {
    got: 'nothing, because the host leads to an address that isn’t allowed (PRIVATE_ADDRESS)',
    change:
      'If the host is in your own network, allow its name or its network in PATCHBAY_PRIVATE_NETWORKS. Otherwise, use a host with public addresses only. Outside development, nothing allows loopback, link-local and cloud metadata addresses.',
  },
  DNS: {
    got: 'nothing, because the host’s name doesn’t resolve (DNS)',
    change: 'Correct the host in the URL, or the DNS that this machine uses.',
  },
  TLS: {
    got: 'no TLS connection (TLS)',
    change:
      'Repair the server’s certificate. If your own certificate authority signed it, name that in NODE_EXTRA_CA_CERTS.',
  },
  UNREACHABLE: {
    got: 'no connection, or no HTTP (UNREACHABLE)',
    change:
      'Check the URL’s host and port, and whether a firewall lets this machine connect. If the way out is a proxy, set HTTPS_PROXY.',
  },
  TIMED_OUT: {
    got: 'no answer within ten seconds (TIMED_OUT)',
    change: 'Check whether a firewall lets this machine connect, and whether the provider has trouble.',
  },
  PROXY_UNREACHABLE: {
    got: 'no connection to the proxy (PROXY_UNREACHABLE)',
    change:
      'Check the proxy’s host and port in HTTPS_PROXY, and whether it runs. NO_PROXY names hosts to reach without.',
  },
  PROXY_REFUSED: {
    got: 'a refusal of the proxy (PROXY_REFUSED)',
    change:
      'With 407, correct the user and the password in HTTPS_PROXY. With 403, let the proxy allow the host, or add it to NO_PROXY. Otherwise, the proxy can’t reach the host.',
  },
  REDIRECTED: {
    got: 'a redirect (REDIRECTED)',
    change: 'Use the URL that it redirects to. Patchbay follows no redirects, because they could lead anywhere.',
  },
  TOO_LARGE: { got: 'more than 256 KB (TOO_LARGE)', change: 'Check the URL: this isn’t an OAuth endpoint.' },
}

/** Says why there was no answer. With a code, such as CERT_HAS_EXPIRED, or a proxy, that is part of it. */
export function networkWords(error: unknown): { got: string; change: string } {
  const reason = failureReasonOf(error)
  const { got, change } = WORDS[reason]
  if (reason === 'PRIVATE_ADDRESS') return { got, change }
  const details = [proxyErrorIn(error)?.message, codeOf(error)].filter((detail) => detail != null)
  return { got: [got, ...details].join(': '), change }
}

export function failureReasonOf(error: unknown): NetworkFailure['reason'] {
  if (error instanceof GuardedFetchError) {
    return error.reason === 'UNREACHABLE' ? networkReasonOf(error.cause) : error.reason
  }
  if (error instanceof Error && error.name === 'TimeoutError') return 'TIMED_OUT'
  return networkReasonOf(error)
}

/** The code that Node or OpenSSL gave to an error, or to what caused it. */
function codeOf(error: unknown): string | null {
  for (let at = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth++) {
    if ('code' in at && typeof at.code === 'string') return at.code
  }
  return null
}

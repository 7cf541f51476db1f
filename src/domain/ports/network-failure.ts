/**
 * Why there is no response of an app that could be used.
 *
 * - PRIVATE_ADDRESS: its host leads to an address that isn't allowed, so nothing was sent.
 * - DNS: its host's name has no address, or can't be resolved now.
 * - TLS: its certificate isn't valid, or both sides have no protocol in common.
 * - UNREACHABLE: it refuses or resets the connection, or doesn't speak HTTP.
 * - TIMED_OUT: it didn't respond in time.
 * - PROXY_UNREACHABLE: there is no connection to the proxy, so nothing was sent.
 * - PROXY_REFUSED: the proxy doesn't connect to it, so nothing was sent.
 * - REDIRECTED: it redirects, which Patchbay follows only for icons.
 * - TOO_LARGE: its response is larger than Patchbay reads.
 */
export type NetworkReason =
  | 'PRIVATE_ADDRESS'
  | 'DNS'
  | 'TLS'
  | 'UNREACHABLE'
  | 'TIMED_OUT'
  | 'PROXY_UNREACHABLE'
  | 'PROXY_REFUSED'
  | 'REDIRECTED'
  | 'TOO_LARGE'

export interface NetworkFailure {
  reason: NetworkReason
  /** The host that was asked, with its port if that isn't the scheme's. No path, query or user information. */
  host: string
  /** What the proxy answered with PROXY_REFUSED. Otherwise null. */
  proxyStatus: number | null
}

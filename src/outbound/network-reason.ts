import type { NetworkReason } from '../domain/ports/network-failure.js'
import { PrivateAddressError } from './address-guard.js'
import { ProxyError } from './proxy-tunnel.js'

const DNS = /^(?:ENOTFOUND|ENODATA|EAI_[A-Z]+)$/
/** Codes of Node, of OpenSSL's handshake and of X.509 verification (X509_verify_cert_error_string(3)). */
const TLS =
  /^(?:EPROTO$|ERR_(?:TLS|SSL|OSSL)_|CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(?:DECODE|DECRYPT|GET|VERIFY)_|ERROR_IN_C|HOSTNAME_MISMATCH|INVALID_(?:CA|PURPOSE)|PATH_LENGTH_|(?:CA|EE)_)/
/** A cause of a cause of what undici throws is the deepest there is. */
const MAX_DEPTH = 4
const TIMED_OUT = /^(?:ETIMEDOUT|UND_ERR_(?:CONNECT|HEADERS|BODY)_TIMEOUT)$/

/** Classifies an error of Node or undici, by its code or that of what caused it. Everything unknown is UNREACHABLE. */
export function networkReasonOf(error: unknown): NetworkReason {
  const errors = chainOf(error)
  if (errors.some((one) => one instanceof PrivateAddressError)) return 'PRIVATE_ADDRESS'
  const proxyError = proxyErrorIn(error)
  if (proxyError) return proxyError.status === null ? 'PROXY_UNREACHABLE' : 'PROXY_REFUSED'
  const codes = errors.flatMap((one) => ('code' in one && typeof one.code === 'string' ? one.code : []))
  if (codes.some((code) => DNS.test(code))) return 'DNS'
  if (codes.some((code) => TLS.test(code))) return 'TLS'
  if (codes.some((code) => TIMED_OUT.test(code))) return 'TIMED_OUT'
  return 'UNREACHABLE'
}

/** Returns what a proxy did wrong, if that is why a request failed. */
export function proxyErrorIn(error: unknown): ProxyError | undefined {
  return chainOf(error).find((one) => one instanceof ProxyError)
}

/** Returns the host of a URL without anything else that is in it, or an empty text if it isn't a URL. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : ''
}

/** An error and its causes. One for several addresses of a host has the errors of all of them. */
function chainOf(error: unknown, depth = 0): Error[] {
  if (!(error instanceof Error) || depth > MAX_DEPTH) return []
  const among = error instanceof AggregateError ? error.errors : []
  return [error, ...[error.cause, ...among].flatMap((one) => chainOf(one, depth + 1))]
}

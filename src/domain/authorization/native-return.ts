/** An address on this computer with a port, which the app chooses each time (RFC 8252 §7.3). */
const LOOPBACK = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost)):([1-9]\d{0,4})(\/.*)$/

/**
 * Returns whether `returnTo` is one of a native app's addresses.
 *
 * 1. Everything before the query and the fragment is compared as a text, so nothing that is read differently elsewhere
 *    can match. That includes the user information, upper case, and percent-encoding.
 * 2. An entry on this computer without a port matches with any port.
 *
 * @param allowed what the operator listed, in the form that the URL parser gives it
 */
export function isNativeAddress(returnTo: string, allowed: readonly string[]): boolean {
  const [base = ''] = returnTo.split(/[?#]/, 1)
  const [, host = '', port, path = ''] = LOOPBACK.exec(base) ?? []
  const isPort = port !== undefined && Number(port) <= 65_535
  return allowed.includes(base) || (isPort && allowed.includes(`${host}${path}`))
}

/** Returns whether a stored `returnTo` leads to a native app, and not to a page of an allowed origin. */
export function leadsToNativeApp(returnTo: string, origins: ReadonlySet<string>): boolean {
  return !origins.has(new URL(returnTo).origin)
}

/** Returns what the person knows the app by: its scheme, or its address on this computer. */
export function nativeAppOf(returnTo: string): string {
  const { protocol, host } = new URL(returnTo)
  return protocol === 'http:' ? host : protocol.slice(0, -1)
}

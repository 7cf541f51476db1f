/**
 * Returns whether an address or a host is under one of the hosts that a provider declares: the same host, or one below
 * a suffix that starts with a dot. An address needs https, and no user information.
 * @param allowInsecure allows plain http, for apps on the developer's own machine
 */
export function isUnderHosts(
  value: string,
  hosts: readonly string[],
  { allowInsecure }: { allowInsecure: boolean },
): boolean {
  const url = addressOf(value)
  if (url?.username !== '' || url.password !== '') return false
  if (url.protocol !== 'https:' && !(allowInsecure && url.protocol === 'http:')) return false
  return hosts.some((host) =>
    host.startsWith('.') ? url.port === '' && url.hostname.endsWith(host) : url.host === host,
  )
}

/** Returns the address in a value that is one, or a host. What browsers and servers could read differently is neither. */
function addressOf(value: string): URL | null {
  if (/[\s\\]|\p{Cc}/u.test(value)) return null
  const isHost = /^[a-z0-9.-]+(?::\d+)?$/i.test(value)
  if (!isHost && !/^https?:\/\/[^/]/i.test(value)) return null
  const text = isHost ? `https://${value}` : value
  return URL.canParse(text) ? new URL(text) : null
}

/** Returns whether a value is an absolute address, which a runtime could send the token to. */
export function isAddress(value: string): boolean {
  return /^\s*(?:[a-z][a-z0-9+.-]*:)?[/\\]{2}/i.test(value)
}

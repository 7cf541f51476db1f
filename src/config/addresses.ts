import { isIP } from 'node:net'

/** Returns whether a host name or address belongs to this machine. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1' || host === '[::1]') return true
  return isIP(host) === 4 && host.startsWith('127.')
}

export function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const most = isIP(address) === 4 ? 32 : 128
  return isIP(address) !== 0 && rest.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && +bits <= most))
}

/** Returns whether this is the name of a host, or of all hosts below a name that starts with a dot. */
export function isHostName(text: string): boolean {
  if (!/^\.?[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*\.?$/u.test(text)) return false
  const url = `https://${text.replace(/^\./, '')}`
  // The other notations of IPv4 addresses, such as 10.1, become addresses.
  return URL.canParse(url) && isIP(new URL(url).hostname) === 0
}

export function isPageAddress(text: string): boolean {
  const elsewhere = 'https://elsewhere.invalid'
  if (text.startsWith('/')) return URL.canParse(text, elsewhere) && new URL(text, elsewhere).origin === elsewhere
  if (!URL.canParse(text)) return false
  const { username, password } = new URL(text)
  return username === '' && password === '' && isSecure(text)
}

/** Returns whether no one between here and a browser can read what is sent to this URL. */
export function isSecure(url: string): boolean {
  const { protocol, hostname } = new URL(url)
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))
}

/**
 * Returns false if two origins belong to different sites, as far as their names tell: names of one site have the scheme
 * and at least the last two labels in common. Only browsers know which domains anyone can register names below.
 */
export function mayShareSite(origin: string, other: string): boolean {
  const [one, two] = [new URL(origin), new URL(other)]
  if (one.protocol !== two.protocol) return false
  if (one.hostname === two.hostname) return true
  const [domain, otherDomain] = [one, two].map(({ hostname }) => hostname.split('.').slice(-2))
  const isName = !isNumeric(one.hostname) && !isNumeric(two.hostname)
  return isName && domain?.length === 2 && domain.join('.') === otherDomain?.join('.')
}

function isNumeric(hostname: string): boolean {
  return isIP(hostname.replace(/^\[(.*)\]$/, '$1')) !== 0
}

/** Returns whether this is exactly an origin, as browsers send it. */
export function isOrigin(text: string): boolean {
  if (!URL.canParse(text) || text.includes('*')) return false
  const { origin, protocol } = new URL(text)
  return origin === text && /^https?:$/.test(protocol)
}

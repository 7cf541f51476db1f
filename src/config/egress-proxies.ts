import { isIP } from 'node:net'
import { isHostName, isNetwork } from './addresses.js'
import { entryOf } from './variables.js'

/** The HTTP proxies for requests to apps, webhook receivers and the host's JWKS. */
export interface EgressProxies {
  /** The proxy for URLs with http://, which may contain a password. Undefined for none. */
  http: string | undefined
  /** The one for URLs with https://. */
  https: string | undefined
  /** Hosts that are reached without: names, addresses and CIDR ranges, with a port or not, or `*` for all. */
  noProxy: readonly string[]
}

/**
 * Reads the standard variables, in lower case or capitals. If both are set, the one in lower case counts.
 * @returns the proxies, if there are any, and sentences about what can't be used, without passwords
 */
export function readEgressProxies(source: NodeJS.ProcessEnv): {
  proxies: EgressProxies | undefined
  faults: string[]
} {
  const faults: string[] = []
  const variable = (name: string) =>
    [name.toLowerCase(), name]
      .map((spelled) => ({ name: spelled, value: source[spelled]?.trim() ?? '' }))
      .find(({ value }) => value !== '')
  const proxy = (name: string) => {
    const given = variable(name)
    if (given && !isProxyUrl(given.value)) {
      faults.push(
        `${given.name} must look like http://user:password@proxy.example.com:3128, with http:// or https://. Percent-encode special characters in the user and the password: @ is %40, : is %3A, / is %2F.`,
      )
    }
    return given?.value
  }
  const without = variable('NO_PROXY')
  const noProxy = (without?.value ?? '').split(/[\s,]+/).filter((entry) => entry !== '')
  for (const [index, entry] of noProxy.entries()) {
    if (isNoProxyEntry(entry)) continue
    faults.push(
      `${entryOf(without?.name ?? '', index, entry)} must be a host name, an IP address, a CIDR range such as 10.0.0.0/8, or *. A name or an address may have a port.`,
    )
  }
  const [http, https] = [proxy('HTTP_PROXY'), proxy('HTTPS_PROXY')]
  const isNone = http === undefined && https === undefined
  return { proxies: isNone ? undefined : { http, https, noProxy }, faults }
}

function isProxyUrl(text: string): boolean {
  if (!/^https?:\/\/[^/]/i.test(text) || !URL.canParse(text)) return false
  const { pathname, search, hash, username, password } = new URL(text)
  return pathname === '/' && search === '' && hash === '' && [username, password].every(isPercentEncoded)
}

function isPercentEncoded(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

function isNoProxyEntry(entry: string): boolean {
  if (entry === '*' || isNetwork(entry)) return true
  const host = entry.replace(/:\d{1,5}$/, '').replace(/^\[(.*)\]$/, '$1')
  return isIP(host) !== 0 || isHostName(host.replace(/^\*\./, '.'))
}

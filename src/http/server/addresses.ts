import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Returns whether an address is one of these addresses or in one of these CIDR ranges. */
export function addressesIn(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return (address) => networks.length > 0 && list.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6')
}

/** Returns the address that a request comes from. */
export type AddressOf = (request: Pick<IncomingMessage, 'socket' | 'headers'>) => string

/**
 * Returns the address of each request's client, as far as trusted proxies say: the last one in X-Forwarded-For that isn't
 * a proxy's own. Of an IPv6 address, only the network counts (the first 64 bits), because one client has all of it.
 * @param isProxy whether what comes from this address can be trusted
 */
export function createAddressOf(isProxy: (address: string) => boolean): AddressOf {
  return ({ socket, headers }) => {
    let address = socket.remoteAddress ?? ''
    const forwarded = String(headers['x-forwarded-for'] ?? '').split(',')
    while (isIP(address) !== 0 && isProxy(address)) {
      const given = withoutPort(forwarded.pop() ?? '')
      if (isIP(given) === 0) break
      address = given
    }
    return isIP(address) === 6 ? networkOf(address) : address
  }
}

/** Some proxies add the port. */
function withoutPort(text: string): string {
  return text.trim().replace(/^\[(.*)\](:\d+)?$|^([\d.]+):\d+$/, '$1$3')
}

function networkOf(address: string): string {
  const parsed = ipaddr.parse(address)
  if (!(parsed instanceof ipaddr.IPv6)) return address
  if (parsed.isIPv4MappedAddress()) return parsed.toIPv4Address().toString()
  const network = parsed.parts.slice(0, 4).map((part) => part.toString(16))
  return `${network.join(':')}::/64`
}

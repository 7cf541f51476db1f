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

/**
 * Returns what an address counts as where something is limited for each address. Of an IPv6 address, that is its network
 * (the first 64 bits), because one client has all of it (RFC 6177 §2). An IPv4 address counts as itself, however it is
 * written (RFC 4291 §2.5.5.2).
 */
export function countedAs(address: string): string {
  if (isIP(address) !== 6) return address
  const parsed = ipaddr.parse(address)
  if (!(parsed instanceof ipaddr.IPv6)) return address
  if (parsed.isIPv4MappedAddress()) return parsed.toIPv4Address().toString()
  return `${new ipaddr.IPv6([...parsed.parts.slice(0, 4), 0, 0, 0, 0])}/64`
}

/** Returns what the address that a request comes from counts as. */
export type AddressOf = (request: Pick<IncomingMessage, 'socket' | 'headers'>) => string

/**
 * Returns what the address of each request's client counts as, as far as trusted proxies say: the last one in
 * X-Forwarded-For that isn't a proxy's own.
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
    return countedAs(address)
  }
}

/** Some proxies add the port. */
function withoutPort(text: string): string {
  return text.trim().replace(/^\[(.*)\](:\d+)?$|^([\d.]+):\d+$/, '$1$3')
}

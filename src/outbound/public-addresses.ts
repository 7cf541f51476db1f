import ipaddr from 'ipaddr.js'

/** Azure serves virtual machines their certificates and keys at this address, although it is public. */
const AZURE_WIRE_SERVER = '168.63.129.16'
/** All of IPv6 that is assigned to networks. Other addresses may still be routed somewhere, such as `::127.0.0.1`. */
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3')

/**
 * Returns whether an address belongs to the public internet. Loopback, link-local, private, reserved and mapped
 * addresses don't.
 */
export function isPublic(address: string): boolean {
  const parsed = ipaddr.process(address)
  if (parsed.range() !== 'unicast' || parsed.toString() === AZURE_WIRE_SERVER) return false
  return parsed.kind() === 'ipv4' || parsed.match(GLOBAL_IPV6)
}

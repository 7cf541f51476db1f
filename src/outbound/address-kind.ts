import ipaddr from 'ipaddr.js'

/**
 * What an address is:
 *
 * - PUBLIC: one of the public internet.
 * - PRIVATE: one of someone's own network (RFC 1918, RFC 4193, RFC 6598), which an operator can allow.
 * - FORBIDDEN: this machine, its link, a cloud's metadata, a group, or one that isn't meant to be reached. No one can
 *   allow it.
 */
export type AddressKind = 'PUBLIC' | 'PRIVATE' | 'FORBIDDEN'

/** The networks whose addresses are PRIVATE, apart from METADATA. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'].map(networkOf)
/**
 * Where clouds serve their virtual machines' credentials and settings. Those with link-local addresses, such as
 * 169.254.169.254, are left out.
 */
const METADATA = [
  '100.100.100.200', // Alibaba Cloud
  'fd00:100::100:200',
  '168.63.129.16', // Azure
  'fd00:ec2::/32', // AWS
  'fd20:ce::254', // Google Cloud
  'fd00:a9fe:a9fe::1', // Linode
  'fd00:c1::a9fe:a9fe', // Oracle
  'fd00:42::42', // Scaleway
].map(networkOf)
/** All of IPv6 that is assigned to networks. Other addresses may still be routed somewhere, such as `::127.0.0.1`. */
const GLOBAL_IPV6 = networkOf('2000::/3')
/** Addresses of a gateway that translates to IPv4. The last 32 bits are the IPv4 address (RFC 6052 §2.1). */
const NAT64 = networkOf('64:ff9b::/96')

type Address = ipaddr.IPv4 | ipaddr.IPv6
/** The addresses whose first bits are those of one address. */
export type Network = readonly [Address, bits: number]

/**
 * Says what an address is. One that stands for an IPv4 address (IPv4-mapped or NAT64) is what that one is. Other ways to
 * put an IPv4 address into IPv6, such as 6to4, are FORBIDDEN.
 */
export function addressKind(text: string): AddressKind {
  const address = addressOf(text)
  if (isIn(address, METADATA)) return 'FORBIDDEN'
  if (isIn(address, PRIVATE)) return 'PRIVATE'
  const isGlobal = address.kind() === 'ipv4' || isIn(address, [GLOBAL_IPV6])
  return isGlobal && address.range() === 'unicast' ? 'PUBLIC' : 'FORBIDDEN'
}

/** Reads an address or a CIDR range. */
export function networkOf(text: string): Network {
  if (text.includes('/')) return ipaddr.parseCIDR(text)
  const address = ipaddr.parse(text)
  return [address, address.kind() === 'ipv4' ? 32 : 128]
}

/** Returns whether one of the networks contains the address. */
export function isInNetworks(text: string, networks: readonly Network[]): boolean {
  return isIn(addressOf(text), networks)
}

/** Returns whether a network has PRIVATE addresses. */
export function hasPrivateAddresses(network: Network): boolean {
  return PRIVATE.some((one) => overlap(one, network)) && !METADATA.some((one) => contains(one, network))
}

/** Reads an address as it is judged. */
function addressOf(text: string): Address {
  const address = ipaddr.process(text)
  return isIn(address, [NAT64]) ? new ipaddr.IPv4(address.toByteArray().slice(-4)) : address
}

function isIn(address: Address, networks: readonly Network[]): boolean {
  return networks.some(([first, bits]) => sameStart(address, first, bits))
}

function overlap([one, bits]: Network, [other, otherBits]: Network): boolean {
  return sameStart(one, other, Math.min(bits, otherBits))
}

function contains([outer, bits]: Network, [inner, innerBits]: Network): boolean {
  return bits <= innerBits && sameStart(outer, inner, bits)
}

function sameStart(one: Address, other: Address, bits: number): boolean {
  return one.kind() === other.kind() && one.match(other, bits)
}

import { BlockList, isIP } from 'node:net'

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

import { isIP } from 'node:net'
import { addressKind, hasPrivateAddresses, isInNetworks, type Network, networkOf } from './address-kind.js'

/** The private addresses that an operator allows. */
export interface PrivateNetworks {
  /** @param hostname what leads to the address: its name, or the address itself */
  allow(hostname: string, address: string): boolean
}

export const NO_PRIVATE_NETWORKS: PrivateNetworks = { allow: () => false }

/**
 * Reads what an operator allows. An address is allowed:
 *
 * 1. Never, unless it is a private one. So loopback, link-local and metadata addresses aren't, whatever contains them.
 * 2. If one of the networks contains it, under any name.
 * 3. If it is reached by one of the names: the same name, or one below a name that starts with a dot.
 *
 * @param entries networks in CIDR notation, addresses and names
 */
export function privateNetworksOf(entries: readonly string[]): PrivateNetworks {
  const networks: Network[] = entries.filter(isNumeric).map(networkOf)
  const names = entries.filter((entry) => !isNumeric(entry)).map(canonicalName)
  return {
    allow(hostname, address) {
      if (addressKind(address) !== 'PRIVATE') return false
      return isInNetworks(address, networks) || names.some((name) => isUnder(hostname.replace(/\.$/, ''), name))
    },
  }
}

/** Returns whether an entry is a name, or a network with addresses that can be allowed. */
export function canAllow(entry: string): boolean {
  return isNumeric(entry) ? hasPrivateAddresses(networkOf(entry)) : !/(?:^|\.)localhost$/.test(canonicalName(entry))
}

function isNumeric(entry: string): boolean {
  return isIP(entry.replace(/\/.*$/, '')) !== 0
}

/** In the form that URLs have: in lower case, and in ASCII (RFC 5890). A final dot makes no difference. */
function canonicalName(name: string): string {
  const [, dot = '', rest = ''] = /^(\.?)(.*?)\.?$/.exec(name) ?? []
  return dot + new URL(`https://${rest}`).hostname
}

function isUnder(hostname: string, name: string): boolean {
  return name.startsWith('.') ? hostname.endsWith(name) : hostname === name
}

import { type LookupAddress, type LookupAllOptions, lookup as resolve } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { addressKind } from './address-kind.js'
import { NO_PRIVATE_NETWORKS, type PrivateNetworks } from './private-networks.js'

/** A request would have reached an address that isn't allowed. Doesn't contain the address. */
export class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError'
  constructor() {
    super('the address is neither one of the public internet nor allowed')
  }
}

/** Which addresses requests may reach. */
export interface Reach {
  /** Whether they may reach all. Only in development. */
  allowPrivate: boolean
  /** Those that they may reach in addition to the public internet. */
  privateNetworks?: PrivateNetworks
  /** Resolves names, by default as the operating system does. */
  lookup?: Lookup
}

type Lookup = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

/** Judges the addresses of requests. */
export interface AddressGuard {
  /** Returns whether requests to a host may reach an address. */
  allows(hostname: string, address: string): boolean
  /** Returns whether a host is an address that isn't allowed. A name is judged when a connection is made. */
  refusesLiteral(hostname: string): boolean
  /**
   * Returns whether a host currently leads to an address that isn't allowed. A name without an address doesn't.
   */
  refuses(hostname: string): Promise<boolean>
  /**
   * Returns a host's current addresses, allowed or not.
   * @throws the error of the operating system if its name has none
   */
  addressesOf(hostname: string): Promise<string[]>
  /** Resolves a name for a connection. Gives PrivateAddressError if one of its addresses isn't allowed. */
  lookup: LookupFunction
}

export function createAddressGuard({
  allowPrivate,
  privateNetworks = NO_PRIVATE_NETWORKS,
  lookup = resolve,
}: Reach): AddressGuard {
  const allows = (hostname: string, address: string) =>
    allowPrivate || addressKind(address) === 'PUBLIC' || privateNetworks.allow(hostname, address)
  const addressesOf: AddressGuard['addressesOf'] = async (hostname) => {
    const host = unbracketed(hostname)
    if (isIP(host) !== 0) return [host]
    return new Promise((fulfill, reject) => {
      lookup(host, { all: true }, (error, addresses) => {
        if (error) reject(error)
        else fulfill(addresses.map(({ address }) => address))
      })
    })
  }
  return {
    allows,
    refusesLiteral(hostname) {
      const host = unbracketed(hostname)
      return isIP(host) !== 0 && !allows(host, host)
    },
    async refuses(hostname) {
      if (allowPrivate) return false
      const addresses = await addressesOf(hostname).catch(() => [])
      return addresses.some((address) => !allows(unbracketed(hostname), address))
    },
    addressesOf,
    lookup(hostname, options, callback) {
      lookup(hostname, { ...options, all: true }, (error, addresses) => {
        if (error) return callback(error, '')
        const isAllowed = addresses.length > 0 && addresses.every(({ address }) => allows(hostname, address))
        if (!isAllowed) return callback(new PrivateAddressError(), '')
        if (options.all) return callback(null, addresses)
        const [first] = addresses
        callback(null, first?.address ?? '', first?.family)
      })
    },
  }
}

/** Returns a URL's host without the brackets around an IPv6 address. */
export function unbracketed(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '')
}

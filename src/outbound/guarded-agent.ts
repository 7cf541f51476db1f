import { type LookupAddress, lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'
import { Agent, buildConnector } from 'undici'

/** A request was to lead into the network behind us. Carries no address. */
export class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError'
  constructor() {
    super('the address is not one of the public internet')
  }
}

/**
 * What requests to addresses that others chose go through. Unless private addresses are allowed it connects to the
 * public internet alone: names are resolved once, for the connection itself, so a second answer of the resolver cannot
 * lead elsewhere. Connections are kept alive. Redirects are up to its users.
 */
export function createGuardedAgent({ allowPrivate }: { allowPrivate: boolean }): Agent {
  if (allowPrivate) return new Agent()
  const connect = buildConnector({ lookup: publicLookup })
  return new Agent({
    connect: (options, callback) =>
      // An address written as numbers is connected to without being looked up.
      isPrivateLiteral(options.hostname) ? callback(new PrivateAddressError(), null) : connect(options, callback),
  })
}

/** Whether what undici threw was a refusal of the guard. */
export function isPrivateAddress(error: unknown): boolean {
  if (error instanceof PrivateAddressError) return true
  return error instanceof Error && error.cause instanceof PrivateAddressError
}

/** Whether a host leads inside, as far as can be told now: names are resolved, and one without an address does not. */
export async function leadsInside(hostname: string): Promise<boolean> {
  if (isIP(unbracketed(hostname)) !== 0) return isPrivateLiteral(hostname)
  return new Promise((resolve) => {
    publicLookup(hostname, { all: true }, (error) => resolve(error instanceof PrivateAddressError))
  })
}

function isPrivateLiteral(hostname: string): boolean {
  const host = unbracketed(hostname)
  return isIP(host) !== 0 && !isPublic(host)
}

function unbracketed(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '')
}

/** Azure answers virtual machines there with their certificates and keys, under an address of the internet. */
const AZURE_WIRE_SERVER = '168.63.129.16'
/** All of IPv6 that is handed out to networks; what lies outside may still be routed somewhere, `::127.0.0.1` for one. */
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3')

/** Whether an address belongs to the public internet: not loopback, link-local, private, reserved or a mapped form of these. */
export function isPublic(address: string): boolean {
  const parsed = ipaddr.process(address)
  if (parsed.range() !== 'unicast' || parsed.toString() === AZURE_WIRE_SERVER) return false
  return parsed.kind() === 'ipv4' || parsed.match(GLOBAL_IPV6)
}

const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error) return callback(error, '')
    const refused = addresses.length === 0 || addresses.some(({ address }) => !isPublic(address))
    if (refused) return callback(new PrivateAddressError(), '')
    if (options.all) return callback(null, addresses)
    const [first] = addresses
    callback(null, first?.address ?? '', first?.family)
  })
}

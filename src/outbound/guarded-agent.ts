import { type LookupAddress, lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import type { Agent } from 'undici'
import { isPublic } from './public-addresses.js'

/** A request would have reached the internal network. Doesn't contain the address. */
export class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError'
  constructor() {
    super('the address is not one of the public internet')
  }
}

type Undici = typeof import('undici')

export interface GuardedAgent {
  /** Returns the agent, and the client that sends requests through it. */
  open(): Promise<{ undici: Undici; agent: Agent }>
  close(): Promise<void>
}

/**
 * The agent for requests to addresses that others chose. Unless private addresses are allowed, it connects only to the
 * public internet. It resolves a name once, for the connection itself, so that a second DNS answer can't lead
 * elsewhere. It keeps connections alive. Redirects are up to its users.
 *
 * The first request loads undici, because a server that starts needs none of it.
 */
export function createGuardedAgent({ allowPrivate }: { allowPrivate: boolean }): GuardedAgent {
  let opened: ReturnType<GuardedAgent['open']> | undefined
  return {
    open() {
      opened ??= import('undici').then(({ default: undici }) => ({ undici, agent: agentOf(undici, allowPrivate) }))
      return opened
    },
    close: async () => (await opened)?.agent.close(),
  }
}

function agentOf({ Agent, buildConnector }: Undici, allowPrivate: boolean): Agent {
  if (allowPrivate) return new Agent()
  const connect = buildConnector({ lookup: publicLookup })
  return new Agent({
    connect: (options, callback) =>
      // A numeric address is connected to without a lookup.
      isPrivateLiteral(options.hostname) ? callback(new PrivateAddressError(), null) : connect(options, callback),
  })
}

/** Returns whether undici's error is a refusal by the guard. */
export function isPrivateAddress(error: unknown): boolean {
  if (error instanceof PrivateAddressError) return true
  return error instanceof Error && error.cause instanceof PrivateAddressError
}

/**
 * Returns whether a host currently leads to the internal network. Resolves names. A name without an address doesn't
 * lead there.
 */
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

export const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error) return callback(error, '')
    const refused = addresses.length === 0 || addresses.some(({ address }) => !isPublic(address))
    if (refused) return callback(new PrivateAddressError(), '')
    if (options.all) return callback(null, addresses)
    const [first] = addresses
    callback(null, first?.address ?? '', first?.family)
  })
}

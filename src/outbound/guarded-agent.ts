import type { Agent, buildConnector } from 'undici'
import { type AddressGuard, createAddressGuard, PrivateAddressError, type Reach } from './address-guard.js'

type Undici = typeof import('undici')
export type Connect = buildConnector.connector

/** How requests reach the network. */
export interface Network extends Reach {
  /** Makes the function that opens connections, by default undici's. */
  buildConnector?: Undici['buildConnector']
}

export interface GuardedAgent {
  addresses: AddressGuard
  /** Returns the agent, the client that sends requests through it, and what it opens connections with. */
  open(): Promise<{ undici: Undici; agent: Agent; connect: Connect }>
  close(): Promise<void>
}

/**
 * The agent for requests to addresses that others chose. It connects only to those that are allowed. It resolves a name
 * once, for the connection itself, so that a second DNS answer can't lead elsewhere. It keeps connections alive.
 * Redirects are up to its users.
 *
 * The first request loads undici, because a server that starts needs none of it.
 */
export function createGuardedAgent(network: Network): GuardedAgent {
  const addresses = createAddressGuard(network)
  let opened: ReturnType<GuardedAgent['open']> | undefined
  return {
    addresses,
    open() {
      opened ??= import('undici').then(({ default: undici }) => {
        const connect = guardedConnect(addresses, network.buildConnector ?? undici.buildConnector)
        return { undici, agent: new undici.Agent({ connect }), connect }
      })
      return opened
    },
    close: async () => (await opened)?.agent.close(),
  }
}

function guardedConnect(addresses: AddressGuard, buildConnector: Undici['buildConnector']): Connect {
  const connect = buildConnector({ lookup: addresses.lookup })
  return (options, callback) =>
    // A numeric address is connected to without a lookup.
    addresses.refusesLiteral(options.hostname) ? callback(new PrivateAddressError(), null) : connect(options, callback)
}

/** Returns whether undici's error is a refusal by the guard. */
export function isPrivateAddress(error: unknown): boolean {
  if (error instanceof PrivateAddressError) return true
  return error instanceof Error && error.cause instanceof PrivateAddressError
}

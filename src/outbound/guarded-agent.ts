import type { Agent, buildConnector, Dispatcher } from 'undici'
import type { EgressProxies } from '../config/egress-proxies.js'
import { type AddressGuard, createAddressGuard, PrivateAddressError, type Reach } from './address-guard.js'
import { proxyFor } from './proxy-choice.js'
import { createTunnel, type Tunnel } from './proxy-tunnel.js'

type Undici = typeof import('undici')
type Connect = buildConnector.connector

/** How requests reach the network. */
export interface Network extends Reach {
  /** By default none. */
  proxies?: EgressProxies | undefined
  /** Makes the function that opens connections, by default undici's. */
  buildConnector?: Undici['buildConnector']
}

interface GuardedRequestOptions {
  method?: Dispatcher.HttpMethod
  headers: Record<string, string>
  body?: string | null
  signal: AbortSignal
}

export interface GuardedAgent {
  addresses: AddressGuard
  /** Sends a request. Rejects as soon as the signal aborts. */
  request(url: string, options: GuardedRequestOptions): Promise<Dispatcher.ResponseData>
  /** Returns the agent, the client that sends requests through it, and what it opens connections with. */
  open(): Promise<{ undici: Undici; agent: Agent; connect: Connect }>
  /** Returns the host of the proxy for a URL, or null for none. */
  proxyOf(url: string): string | null
  close(): Promise<void>
}

/**
 * The agent for requests to addresses that others chose. It connects only to those that are allowed. It resolves a name
 * once, for the connection itself, so that a second DNS answer can't lead elsewhere. It keeps connections alive.
 * Redirects are up to its users.
 *
 * A proxy resolves names again, so what this machine says about a host counts before the proxy is asked, and a name
 * that has no address here is left to it.
 *
 * The first request loads undici, because a server that starts needs none of it.
 */
export function createGuardedAgent(network: Network): GuardedAgent {
  const addresses = createAddressGuard(network)
  const tunnels = new Map<string, Tunnel>()
  let opened: ReturnType<GuardedAgent['open']> | undefined
  const open: GuardedAgent['open'] = () => {
    opened ??= import('undici').then(({ default: undici }) => {
      const connect = guardedConnect(undici, network, addresses, tunnels)
      return { undici, agent: new undici.Agent({ connect }), connect }
    })
    return opened
  }
  return {
    addresses,
    async request(url, options) {
      const { undici, agent } = await open()
      return unlessAborted(options.signal, undici.request(url, { ...options, dispatcher: agent }))
    },
    open,
    proxyOf(url) {
      const proxy = network.proxies ? proxyFor(new URL(url), network.proxies) : null
      return proxy && new URL(proxy).host
    },
    async close() {
      await (await opened)?.agent.close()
      for (const tunnel of tunnels.values()) await tunnel.close()
    },
  }
}

function guardedConnect(
  undici: Undici,
  { proxies, buildConnector = undici.buildConnector }: Network,
  addresses: AddressGuard,
  tunnels: Map<string, Tunnel>,
): Connect {
  const direct = buildConnector({ lookup: addresses.lookup })
  const tunnelThrough = (proxy: string) => {
    const tunnel = tunnels.get(proxy) ?? createTunnel(undici, proxy)
    tunnels.set(proxy, tunnel)
    return tunnel
  }
  return (target, callback) => {
    // A numeric address is connected to without a lookup.
    if (addresses.refusesLiteral(target.hostname)) return callback(new PrivateAddressError(), null)
    const proxy = proxies ? proxyFor(target, proxies) : null
    if (proxy === null) return direct(target, callback)
    addresses.refuses(target.hostname).then((isRefused) => {
      if (isRefused) callback(new PrivateAddressError(), null)
      else tunnelThrough(proxy).connect(target, callback)
    })
  }
}

/** undici notices an abort only once it is connected. It sends nothing after that. */
function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const aborted = new Promise<never>((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  return Promise.race([work, aborted])
}

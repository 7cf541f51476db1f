import { isIP } from 'node:net'
import type { EgressProxies } from '../config/egress-proxies.js'
import { unbracketed } from './address-guard.js'
import { isInNetworks, networkOf } from './address-kind.js'

const LOOPBACK = ['127.0.0.0/8', '::1'].map(networkOf)
const PORT = /:(\d{1,5})$/

/** What a connection is made to, as undici says it. */
export interface Target {
  protocol: string
  hostname: string
  /** Empty for the usual one. */
  port: string
}

/**
 * Returns the URL of the proxy for a connection, or null for none:
 *
 * 1. Never one for this machine, because to a proxy that is another one.
 * 2. None for hosts that NO_PROXY names: all (`*`), a name and those below it, or the networks of a numeric host. An
 *    entry with a port is for that port.
 * 3. Otherwise the one for the URL's scheme.
 */
export function proxyFor(target: Target, { http, https, noProxy }: EgressProxies): string | null {
  const proxy = target.protocol === 'https:' ? https : http
  if (proxy === undefined || isThisMachine(target) || noProxy.some((entry) => leavesOut(entry, target))) return null
  return proxy
}

function isThisMachine({ hostname }: Target): boolean {
  const host = unbracketed(hostname)
  if (isIP(host) !== 0) return isInNetworks(host, LOOPBACK)
  return /(?:^|\.)localhost\.?$/.test(host)
}

function leavesOut(entry: string, { protocol, hostname, port }: Target): boolean {
  if (entry === '*') return true
  const host = unbracketed(hostname).replace(/\.$/, '')
  if (isNumeric(entry)) return isIP(host) !== 0 && isInNetworks(host, [networkOf(entry)])
  const [, only] = PORT.exec(entry) ?? []
  if (only !== undefined && only !== (port || (protocol === 'https:' ? '443' : '80'))) return false
  const named = unbracketed(entry.replace(PORT, ''))
  if (isNumeric(named)) return isIP(host) !== 0 && isInNetworks(host, [networkOf(named)])
  const name = new URL(`https://${named.replace(/^\*?\./, '')}`).hostname.replace(/\.$/, '')
  return host === name || host.endsWith(`.${name}`)
}

function isNumeric(entry: string): boolean {
  return isIP(entry.replace(/\/.*$/, '')) !== 0
}

import type { Config } from '../config/environment.js'
import { entryOf, invalid } from '../config/variables.js'
import { unbracketed } from '../outbound/address-guard.js'
import type { Network } from '../outbound/guarded-agent.js'
import { canAllow, type PrivateNetworks, privateNetworksOf } from '../outbound/private-networks.js'

/**
 * Returns how requests to apps and to webhook receivers reach the network.
 * @throws ConfigurationError if an entry allows nothing, so that it isn't taken for one that does
 */
export function outboundNetworks({
  allowsInsecureApps,
  staging,
  proxies,
  privateNetworks: { apps, webhooks },
}: Config): {
  apps: Network
  webhooks: Network
} {
  const faults = [
    ...faultsOf('PATCHBAY_PRIVATE_NETWORKS', apps),
    ...faultsOf('PATCHBAY_WEBHOOK_PRIVATE_NETWORKS', webhooks),
  ]
  if (faults.length > 0) throw invalid(faults)
  const shared = { allowPrivate: allowsInsecureApps, proxies }
  return {
    apps: { ...shared, privateNetworks: withHost(staging?.sandboxUrl, privateNetworksOf(apps)) },
    webhooks: { ...shared, privateNetworks: privateNetworksOf(webhooks) },
  }
}

/** The sandbox's host was chosen by the operator, and on a shared host its name often leads to the host itself. */
function withHost(url: string | undefined, networks: PrivateNetworks): PrivateNetworks {
  if (url === undefined) return networks
  const host = unbracketed(new URL(url).hostname)
  return { allow: (hostname, address) => hostname === host || networks.allow(hostname, address) }
}

function faultsOf(variable: string, entries: readonly string[]): string[] {
  return entries.flatMap((entry, index) =>
    canAllow(entry)
      ? []
      : `${entryOf(variable, index, entry)} has no private address, so it would allow nothing. Remove it. Public addresses need no entry, and nothing allows loopback, link-local, multicast and cloud metadata addresses.`,
  )
}

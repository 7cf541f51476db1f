import type { Config } from '../config/environment.js'
import { invalid } from '../config/variables.js'
import type { Network } from '../outbound/guarded-agent.js'
import { canAllow, privateNetworksOf } from '../outbound/private-networks.js'

/**
 * Returns how requests to apps and to webhook receivers reach the network.
 * @throws ConfigurationError if an entry allows nothing, so that it isn't taken for one that does
 */
export function outboundNetworks({ development, proxies, privateNetworks: { apps, webhooks } }: Config): {
  apps: Network
  webhooks: Network
} {
  const faults = [
    ...faultsOf('PATCHBAY_PRIVATE_NETWORKS', apps),
    ...faultsOf('PATCHBAY_WEBHOOK_PRIVATE_NETWORKS', webhooks),
  ]
  if (faults.length > 0) throw invalid(faults)
  const shared = { allowPrivate: development, proxies }
  return {
    apps: { ...shared, privateNetworks: privateNetworksOf(apps) },
    webhooks: { ...shared, privateNetworks: privateNetworksOf(webhooks) },
  }
}

function faultsOf(variable: string, entries: readonly string[]): string[] {
  return entries.flatMap((entry, index) =>
    canAllow(entry)
      ? []
      : `${variable} (item ${index + 1}) has no private address, so it would allow nothing. Remove it. Public addresses need no entry, and nothing allows loopback, link-local, multicast and cloud metadata addresses.`,
  )
}

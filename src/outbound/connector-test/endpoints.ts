import { endpointUrls, type Provider } from '../../domain/catalogue/provider.js'

export interface Endpoint {
  /** The setting that has the URL. */
  setting: string
  url: string
}

/** Returns the URLs that Patchbay or a browser opens at a provider, and the servers that a callback may name. */
export function endpointsOf(provider: Provider): Endpoint[] {
  const { protocol } = new URL(provider.tokenUrl)
  // A host with a leading dot stands for all below it, and can't be asked.
  const servers = provider.tokenServer?.hosts.filter((host) => !host.startsWith('.')) ?? []
  return [
    ...endpointUrls(provider),
    ...servers.map((host) => ({ setting: 'tokenServer.hosts', url: `${protocol}//${host}` })),
  ]
}

import type { Provider } from '../../domain/catalogue/provider.js'

export interface Endpoint {
  /** The setting that has the URL. */
  setting: string
  url: string
}

/** Returns the URLs that Patchbay or a browser opens at a provider. */
export function endpointsOf({
  authorizationUrl,
  tokenUrl,
  tokenRequest,
  revocationUrl,
  identity,
}: Provider): Endpoint[] {
  const urls = {
    authorizationUrl,
    tokenUrl,
    'tokenRequest.refreshUrl': tokenRequest.refreshUrl,
    revocationUrl,
    'identity.url': identity?.url,
  }
  return Object.entries(urls).flatMap(([setting, url]) => (url ? [{ setting, url }] : []))
}

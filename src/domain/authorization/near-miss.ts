import type { Settings } from '../deps.js'

/**
 * Returns a sentence about the allowed address that differs least from a refused one, or nothing if all differ much. Only
 * the allowed address is named, because anyone may have written the other.
 */
export function nearMissOf(
  url: URL,
  { returnOrigins, nativeReturns }: Pick<Settings, 'returnOrigins' | 'nativeReturns'>,
): string {
  if (returnOrigins.has(url.origin)) return url.username || url.password ? 'Leave out the user and the password.' : ''
  const natives = nativeReturns.map((address) => ({ address, allowed: new URL(address) }))
  const samePlace = natives.find(
    ({ allowed }) => allowed.protocol === url.protocol && allowed.hostname === url.hostname,
  )
  if (samePlace) return differsOnlyIn(samePlace.address, url.protocol === 'http:' ? 'its port or path' : 'its path')
  const origins = [...returnOrigins].map((address) => ({ address, allowed: new URL(address) }))
  const sameHost = origins.find(({ allowed }) => allowed.hostname === url.hostname)
  if (sameHost) {
    const isSameScheme = sameHost.allowed.protocol === url.protocol
    return differsOnlyIn(sameHost.address, isSameScheme ? 'its port' : 'its scheme or port')
  }
  const sameScheme = natives.find(({ allowed }) => allowed.protocol === url.protocol && !/^https?:$/.test(url.protocol))
  if (sameScheme) return differsOnlyIn(sameScheme.address, 'what follows the scheme')
  const samePort = origins.find(({ allowed }) => allowed.protocol === url.protocol && allowed.port === url.port)
  return samePort ? differsOnlyIn(samePort.address, 'its host') : ''
}

function differsOnlyIn(address: string, part: string): string {
  return `${address} is allowed, and yours differs only in ${part}.`
}

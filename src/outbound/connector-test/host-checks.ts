import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import { publicLookup } from '../guarded-agent.js'
import { isPublic } from '../public-addresses.js'
import type { Check } from './check.js'
import type { Endpoint } from './endpoints.js'
import { networkWords } from './network-words.js'

const TIMEOUT_MS = 10_000

/** Checks a host's addresses. */
export async function checkAddress(
  { setting, url }: Endpoint,
  { allowPrivate }: { allowPrivate: boolean },
): Promise<Check> {
  const { protocol, hostname, host } = new URL(url)
  const asked = `the addresses of ${host}, for ${setting}`
  const failed = (got: string, change: string): Check => {
    return { name: 'address', status: 'failed', detail: host, asked, got, change }
  }
  if (!allowPrivate && protocol !== 'https:') {
    return failed(`a URL with ${protocol}//`, `Use https in ${setting}. Secrets and tokens are sent there.`)
  }
  const name = hostname.replace(/^\[|\]$/g, '')
  try {
    const addresses = isIP(name) ? [name] : (await lookup(name, { all: true })).map(({ address }) => address)
    const inside = addresses.filter((address) => !isPublic(address))
    if (inside.length > 0 && !allowPrivate) {
      const change = `Use a host with public addresses only in ${setting}. Outside development, Patchbay sends nothing to private ones, so that no URL reaches your internal network.`
      return failed(`${inside.join(', ')}, which Patchbay refuses (PRIVATE_ADDRESS)`, change)
    }
    return { name: 'address', status: 'ok', detail: `${host} is ${addresses.join(', ')}` }
  } catch (error) {
    const { got, change } = networkWords(error)
    return failed(got, change)
  }
}

/** Checks the TLS handshake with a host, and its certificate. */
export async function checkTls(
  { setting, url }: Endpoint,
  { allowPrivate }: { allowPrivate: boolean },
): Promise<Check> {
  const { protocol, hostname, port, host } = new URL(url)
  if (protocol !== 'https:') return { name: 'TLS', status: 'skipped', detail: `${host} is used without TLS` }
  const name = hostname.replace(/^\[|\]$/g, '')
  const socket = connect({
    host: name,
    port: Number(port || 443),
    ...(isIP(name) === 0 && { servername: name }),
    ...(!allowPrivate && { lookup: publicLookup }),
  })
  try {
    await secured(socket)
    const { valid_to: until, issuer } = socket.getPeerCertificate()
    const by = issuer?.O ?? issuer?.CN
    const detail = `${host} has a valid certificate${by ? ` from ${[by].flat().join(', ')}` : ''}, until ${until}`
    return { name: 'TLS', status: 'ok', detail }
  } catch (error) {
    return {
      name: 'TLS',
      status: 'failed',
      detail: host,
      asked: `a TLS handshake with ${host}, for ${setting}`,
      ...networkWords(error),
    }
  } finally {
    socket.destroy()
  }
}

function secured(socket: TLSSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('secureConnect', resolve)
    socket.once('error', reject)
    socket.setTimeout(TIMEOUT_MS, () => reject(new DOMException('no handshake in time', 'TimeoutError')))
  })
}

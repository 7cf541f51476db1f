import type { PeerCertificate, TLSSocket } from 'node:tls'
import { PrivateAddressError, unbracketed } from '../address-guard.js'
import type { GuardedAgent } from '../guarded-agent.js'
import type { Check } from './check.js'
import type { Endpoint } from './endpoints.js'
import { networkWords } from './network-words.js'

/** Checks a host's addresses. */
export async function checkAddress(
  { setting, url }: Endpoint,
  { guard, allowPrivate }: { guard: GuardedAgent; allowPrivate: boolean },
): Promise<Check> {
  const { protocol, hostname, host } = new URL(url)
  const asked = `the addresses of ${host}, for ${setting}`
  const failed = (got: string, change: string): Check => {
    return { name: 'address', status: 'failed', detail: host, asked, got, change }
  }
  if (!allowPrivate && protocol !== 'https:') {
    return failed(`a URL with ${protocol}//`, `Use https in ${setting}. Secrets and tokens are sent there.`)
  }
  try {
    const { addresses: judge } = guard
    const addresses = await judge.addressesOf(hostname)
    const inside = addresses.filter((address) => !judge.allows(unbracketed(hostname), address))
    if (inside.length > 0) {
      const { change } = networkWords(new PrivateAddressError())
      return failed(`${inside.join(', ')}, which Patchbay refuses (PRIVATE_ADDRESS)`, change)
    }
    return { name: 'address', status: 'ok', detail: `${host} is ${addresses.join(', ')}` }
  } catch (error) {
    const proxy = guard.proxyOf(url)
    if (proxy) return { name: 'address', status: 'ok', detail: `${host} has no address here, so ${proxy} resolves it` }
    const { got, change } = networkWords(error)
    return failed(got, change)
  }
}

/** Checks the TLS handshake with a host, and its certificate. */
export async function checkTls({ setting, url }: Endpoint, guard: GuardedAgent): Promise<Check> {
  const { protocol, host } = new URL(url)
  if (protocol !== 'https:') return { name: 'TLS', status: 'skipped', detail: `${host} is used without TLS` }
  try {
    const { valid_to: until, issuer } = await certificateOf(guard, url)
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
  }
}

/** Connects as a request would, and returns the certificate that the host showed. */
async function certificateOf(guard: GuardedAgent, url: string): Promise<PeerCertificate> {
  const { connect } = await guard.open()
  const { protocol, hostname, host, port } = new URL(url)
  return new Promise((resolve, reject) => {
    connect({ protocol, hostname: unbracketed(hostname), host, port }, (error, socket) => {
      if (error) return reject(error)
      resolve((socket as TLSSocket).getPeerCertificate())
      socket.destroy()
    })
  })
}

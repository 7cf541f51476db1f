import type { Socket } from 'node:net'
import type { buildConnector } from 'undici'

/** How long a connection to the proxy itself may take. Less than a request, so that the proxy is named. */
const CONNECT_TIMEOUT_MS = 5_000
/** How long it may take to reach the host. A request doesn't wait longer either. */
const ANSWER_TIMEOUT_MS = 10_000

/** The proxy didn't lead to the host. Nothing was sent there. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError'
  constructor(
    /** The proxy's host, without a password. */
    readonly proxy: string,
    /** What it answered, or null if there was no answer. */
    readonly status: number | null,
    options?: ErrorOptions,
  ) {
    super(status === null ? `no answer from the proxy ${proxy}` : `the proxy ${proxy} answered ${status}`, options)
  }
}

export interface Tunnel {
  connect: buildConnector.connector
  close(): Promise<void>
}

/** Connects to hosts through an HTTP proxy, by CONNECT (RFC 9110 §9.3.6). TLS is between this machine and the host. */
export function createTunnel({ Pool, buildConnector }: typeof import('undici'), proxyUrl: string): Tunnel {
  const { origin, host: proxyHost, username, password } = new URL(proxyUrl)
  const pool = new Pool(origin, { connect: { timeout: CONNECT_TIMEOUT_MS }, headersTimeout: ANSWER_TIMEOUT_MS })
  const secure = buildConnector({})
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  const authorization = `Basic ${Buffer.from(credentials).toString('base64')}`

  async function open(authority: string) {
    const headers = { host: authority, ...(credentials !== ':' && { 'proxy-authorization': authorization }) }
    const { statusCode, socket } = await pool.connect({ path: authority, headers }).catch((cause: unknown) => {
      throw new ProxyError(proxyHost, null, { cause })
    })
    if (statusCode >= 200 && statusCode < 300) return socket
    socket.on('error', () => {}).destroy()
    throw new ProxyError(proxyHost, statusCode)
  }
  return {
    connect(target, callback) {
      const { protocol, hostname, port } = target
      const host = hostname.includes(':') ? `[${hostname}]` : hostname
      const isSecure = protocol === 'https:'
      open(`${host}:${port || (isSecure ? 443 : 80)}`).then(
        (opened) => {
          const httpSocket = opened as Socket
          if (isSecure) secure({ ...target, httpSocket }, callback)
          else callback(null, httpSocket)
        },
        (error: Error) => callback(error, null),
      )
    },
    close: () => pool.destroy(),
  }
}

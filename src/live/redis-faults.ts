import { BusError } from './bus.js'

/** Returns whether it may work a moment later: the server is starting, or not there yet. */
export function isPassing(error: Error): boolean {
  return !/WRONGPASS|NOAUTH|NOPERM|CERT|SELF_SIGNED|ISSUER|SSL|TLS/i.test(said(error))
}

/** Describes the error in a sentence that says what to do. Names the servers, never a password. */
export function explainFault(error: Error, nodes: readonly string[]): BusError {
  const servers = nodes.map((url) => new URL(url)).map(({ hostname, port }) => `${hostname}:${port || 6379}`)
  return new BusError(`REDIS_URL: ${explanation(said(error), servers.join(', '))}`, { cause: error })
}

function explanation(text: string, servers: string): string {
  if (/WRONGPASS|NOAUTH/.test(text)) return `Redis at ${servers} rejected the user or password. Correct them.`
  if (/NOPERM/.test(text)) {
    return `the user isn’t allowed to publish and subscribe at ${servers}. Allow it with ACL SETUSER … +subscribe +publish +ping +info &<PATCHBAY_REDIS_CHANNEL>`
  }
  if (/CERT|SELF_SIGNED|ISSUER/.test(text)) {
    return `the certificate of Redis at ${servers} isn’t trusted. Provide its certificate authority with NODE_EXTRA_CA_CERTS.`
  }
  if (/SSL|TLS/i.test(text)) return `Redis at ${servers} doesn’t support TLS. Use redis:// instead of rediss://.`
  if (/ENOTFOUND|EAI_AGAIN/.test(text)) return `the host name ${servers} can’t be resolved. Correct the URL.`
  if (/ECONNREFUSED|EHOSTUNREACH|ENETUNREACH/.test(text)) {
    return `nothing is listening at ${servers}. Start Redis there, or correct the URL.`
  }
  if (/ETIMEDOUT/.test(text)) {
    return `${servers} didn’t respond in time. Check the address, and whether the server supports TLS if the URL starts with rediss://.`
  }
  if (/Connection is closed|ECONNRESET/.test(text)) {
    return `${servers} closed the connection immediately. Check that it’s Redis, and whether it needs rediss://.`
  }
  return `Redis at ${servers} can’t be used: ${text}`
}

function said(error: Error): string {
  return `${(error as NodeJS.ErrnoException).code ?? ''} ${error.message}`.trim()
}

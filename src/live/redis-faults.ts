import { BusError } from './bus.js'

/** Whether a moment later it may work: the server is starting, or not there yet. */
export function isPassing(error: Error): boolean {
  return !/WRONGPASS|NOAUTH|NOPERM|CERT|SELF_SIGNED|ISSUER|SSL|TLS/i.test(said(error))
}

/** The same fault in a sentence that says what to do. Names the servers, never a password. */
export function explainFault(error: Error, nodes: readonly string[]): BusError {
  const servers = nodes.map((url) => new URL(url)).map(({ hostname, port }) => `${hostname}:${port || 6379}`)
  return new BusError(`REDIS_URL: ${explanation(said(error), servers.join(', '))}`, { cause: error })
}

function explanation(text: string, servers: string): string {
  if (/WRONGPASS|NOAUTH/.test(text)) return `Redis at ${servers} refuses the user or the password. Correct them.`
  if (/NOPERM/.test(text)) {
    return `the user at ${servers} may not publish and subscribe. Allow it: ACL SETUSER … +subscribe +publish +ping +info &<PATCHBAY_REDIS_CHANNEL>`
  }
  if (/CERT|SELF_SIGNED|ISSUER/.test(text)) {
    return `the certificate of Redis at ${servers} is not trusted. Name its authority in NODE_EXTRA_CA_CERTS.`
  }
  if (/SSL|TLS/i.test(text)) return `Redis at ${servers} does not speak TLS. Write redis:// instead of rediss://.`
  if (/ENOTFOUND|EAI_AGAIN/.test(text)) return `the name of the server is not known here: ${servers}. Correct the URL.`
  if (/ECONNREFUSED|EHOSTUNREACH|ENETUNREACH/.test(text)) {
    return `nothing answers at ${servers}. Start Redis there, or correct the URL.`
  }
  if (/ETIMEDOUT/.test(text)) {
    return `${servers} does not answer in time. Is it the right address, and does it speak TLS if the URL says rediss://?`
  }
  if (/Connection is closed|ECONNRESET/.test(text)) {
    return `${servers} closes the connection at once. Is it Redis, and is rediss:// right for it?`
  }
  return `Redis at ${servers} cannot be used: ${text}`
}

function said(error: Error): string {
  return `${(error as NodeJS.ErrnoException).code ?? ''} ${error.message}`.trim()
}

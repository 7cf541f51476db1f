import { BusError } from './bus.js'

/** Whether a moment later it may work: the server is starting, or not there yet. */
export function isPassing(error: Error): boolean {
  return !/WRONGPASS|NOAUTH|NOPERM|invalid DB index|SELECT is not allowed|CERT|SELF_SIGNED|ISSUER|SSL|TLS/i.test(
    said(error),
  )
}

/** The same fault in a sentence that says what to do. Names the servers, never a user or password. */
export function explainFault(error: Error, nodes: readonly string[]): BusError {
  const servers = nodes.map((url) => new URL(url)).map(({ hostname, port }) => `${hostname}:${port || 6379}`)
  return new BusError(`REDIS_URL: ${explanation(said(error), servers.join(', '))}`, { cause: error })
}

function explanation(text: string, servers: string): string {
  if (/WRONGPASS|NOAUTH/.test(text)) return `Redis at ${servers} refuses the user or the password. Correct them.`
  if (/NOPERM/.test(text)) {
    return `the user at ${servers} may not publish and subscribe. Allow it: ACL SETUSER … +@pubsub +ping allchannels`
  }
  if (/invalid DB index|SELECT is not allowed/.test(text)) {
    return `Redis at ${servers} has no such database. Leave the number at the end of the URL out.`
  }
  if (/CERT|SELF_SIGNED|ISSUER/.test(text)) {
    return `the certificate of Redis at ${servers} is not trusted. Name its authority in NODE_EXTRA_CA_CERTS.`
  }
  if (/SSL|TLS/i.test(text)) return `Redis at ${servers} does not speak TLS. Write redis:// instead of rediss://.`
  if (/ENOTFOUND|EAI_AGAIN/.test(text)) return `the name of the server is not known here: ${servers}. Correct the URL.`
  if (/ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT/.test(text)) {
    return `nothing answers at ${servers}. Start Redis there, or correct the URL.`
  }
  return `Redis at ${servers} cannot be used: ${text}`
}

function said(error: Error): string {
  return `${(error as NodeJS.ErrnoException).code ?? ''} ${error.message}`.trim()
}

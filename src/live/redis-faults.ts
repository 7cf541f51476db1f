import { BusError } from './bus.js'
import { WrongServerError } from './redis-roles.js'

/** What answers, or should, at an address. */
export interface Place {
  what: 'Redis' | 'the Sentinel'
  /** Whether the URL is one of Sentinels. */
  watched: boolean
}

/** Returns whether it may work a moment later: the server is starting, or not there yet. */
export function isPassing(error: Error): boolean {
  if (error instanceof WrongServerError) return error.passing
  return !/WRONGPASS|NOAUTH|NOPERM|CERT|SELF_SIGNED|ISSUER|SSL|TLS/i.test(said(error))
}

/** Returns whether the user may not do this. */
export function isRefusal(error: Error): boolean {
  return /NOPERM/.test(said(error))
}

/** Describes the error in a sentence that says what to do. Names the server, never a password. */
export function explainFault(error: Error, address: string, place: Place): BusError {
  const text = error instanceof WrongServerError ? error.message : explanation(said(error), address, place)
  return new BusError(`REDIS_URL: ${text}`, { cause: error })
}

function explanation(text: string, address: string, { what, watched }: Place): string {
  const server = `${what} at ${address}`
  const scheme = watched ? '+sentinel://' : '://'
  if (/WRONGPASS|NOAUTH/.test(text)) {
    const which = what === 'Redis' ? 'them' : 'sentinel_username and sentinel_password in the URL'
    return `${server} rejected the user or password. Correct ${which}.`
  }
  if (/NOPERM/.test(text)) {
    return what === 'Redis'
      ? `the user isn’t allowed to publish and subscribe at ${address}. Allow it with ACL SETUSER … +subscribe +publish +ping +info &<PATCHBAY_REDIS_CHANNEL>`
      : `the user isn’t allowed to ask ${server} for the primary. Allow it with ACL SETUSER … +sentinel`
  }
  if (/CERT|SELF_SIGNED|ISSUER/.test(text)) {
    return `the certificate of ${server} isn’t trusted. Provide its certificate authority with NODE_EXTRA_CA_CERTS.`
  }
  if (/SSL|TLS/i.test(text)) return `${server} doesn’t support TLS. Use redis${scheme} instead of rediss${scheme}.`
  if (/ENOTFOUND|EAI_AGAIN/.test(text)) return `the host name ${address} can’t be resolved. Correct the URL.`
  if (/ECONNREFUSED|EHOSTUNREACH|ENETUNREACH/.test(text)) {
    if (watched && what === 'Redis') {
      return `nothing is listening at ${address}, which the Sentinels name as the primary. Start Redis there, or wait until they choose another primary.`
    }
    return `nothing is listening at ${address}. Start ${what} there, or correct the URL.`
  }
  if (/ETIMEDOUT/.test(text)) {
    return `${address} didn’t respond in time. Check the address, and whether the server supports TLS if the URL starts with rediss${scheme}.`
  }
  if (/Connection is closed|ECONNRESET/.test(text)) {
    return `${address} closed the connection immediately. Check that it’s ${what === 'Redis' ? 'Redis' : 'a Sentinel'}, and whether it needs rediss${scheme}.`
  }
  return `${server} can’t be used: ${text}`
}

function said(error: Error): string {
  return `${(error as NodeJS.ErrnoException).code ?? ''} ${error.message}`.trim()
}

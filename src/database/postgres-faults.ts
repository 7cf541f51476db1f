import { DatabaseError } from './database.js'
import { MigrationError } from './migrate.js'
import { type PostgresPlace, postgresPlace } from './postgres-url.js'

/** Errors of a server that is starting, full, slow or not there. It may respond a moment later. */
const PASSING = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'ENOTFOUND', // a name that a container engine hasn't published yet
  '57P03', // cannot_connect_now
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57014', // query_canceled, by the limit on a statement's time
  '08000', // connection_exception
  '08003', // connection_does_not_exist
  '08006', // connection_failure
  '25P03', // idle_in_transaction_session_timeout
  '53300', // too_many_connections
  // Prisma's: the server can't be reached, is too slow, closed the connection, or has no room.
  'P1001',
  'P1002',
  'P1008',
  'P1017',
  'P2024',
  'P2028',
  'P2037',
  // Those of its driver.
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TooManyConnections',
])

/** Returns whether it is worth trying again: for the error itself, or for one of those that it was caused by. */
export function isPassing(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  const { code, message } = factsOf(error)
  if (code !== undefined && PASSING.has(code)) return true
  if (/timeout|terminated unexpectedly|Connection terminated/i.test(message)) return true
  const { kind, originalCode, cause, meta } = error as {
    kind?: unknown
    originalCode?: unknown
    cause?: unknown
    meta?: { driverAdapterError?: unknown } | undefined
  }
  if ([kind, originalCode].some((name) => typeof name === 'string' && PASSING.has(name))) return true
  return isPassing(cause) || isPassing(meta?.driverAdapterError)
}

/** Describes the error in a sentence that says what to do. Names the server and its message, never a password. */
export function explainFault(error: unknown, url: string): Error {
  if (error instanceof DatabaseError || error instanceof MigrationError) return error
  const { code, message } = factsOf(error)
  const said = explanation(code, message, postgresPlace(url))
  return new DatabaseError(`DATABASE_URL: ${said}`, { cause: error })
}

function explanation(code: string | undefined, message: string, { server, database }: PostgresPlace): string {
  switch (code) {
    case '28P01':
    case '28000':
      return `PostgreSQL at ${server} rejected the user or password (${message}). Correct them, or allow the user in pg_hba.conf.`
    case '3D000':
      return `the database ${database} doesn’t exist at ${server}. Create it with createdb ${database}`
    case '42501':
      return `the user isn’t allowed to create tables in ${database} at ${server} (${message}). Make the user its owner: ALTER DATABASE "${database}" OWNER TO …`
    case '53300':
      return `PostgreSQL at ${server} has no free connections. Raise its max_connections, or lower PATCHBAY_DATABASE_POOL.`
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the host name ${server} can’t be resolved. Correct the URL.`
    case 'ECONNREFUSED':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ETIMEDOUT':
      return `nothing is listening at ${server}. Start PostgreSQL there, or correct the URL.`
    case '57P03':
      return `PostgreSQL at ${server} isn’t accepting connections yet (${message}). Try again once it has started.`
  }
  if (/does not support SSL/i.test(message)) {
    return `PostgreSQL at ${server} doesn’t support TLS. Turn it on there, or remove sslmode from the URL.`
  }
  if (code !== undefined && /CERT|SELF_SIGNED|ISSUER/.test(code)) {
    return `the certificate of PostgreSQL at ${server} isn’t trusted (${code}). Provide its certificate authority with sslrootcert=… in the URL, or with NODE_EXTRA_CA_CERTS.`
  }
  if (/timeout/i.test(message)) return `PostgreSQL at ${server} didn’t respond in time. Check the address.`
  return `PostgreSQL at ${server} can’t be used: ${message}`
}

function factsOf(error: unknown): { code: string | undefined; message: string } {
  // If a name has several addresses, they fail together.
  if (error instanceof AggregateError && error.errors.length > 0) return factsOf(error.errors[0])
  const { code, message } = error as { code?: unknown; message?: unknown }
  return { code: typeof code === 'string' ? code : undefined, message: String(message ?? error) }
}

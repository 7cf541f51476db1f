import { DatabaseError } from './database.js'
import { MigrationError } from './migrate.js'

/** Errors of a server that is starting, full or not there yet. It may respond a moment later. */
const PASSING = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'ENOTFOUND', // a name that a container engine hasn't published yet
  '57P03', // cannot_connect_now
  '57P01', // admin_shutdown
  '53300', // too_many_connections
])

/** Returns whether it is worth trying again. */
export function isPassing(error: unknown): boolean {
  const { code, message } = factsOf(error)
  return (code !== undefined && PASSING.has(code)) || /timeout|terminated unexpectedly/i.test(message)
}

/** Describes the error in a sentence that says what to do. Names the server and its message, never a password. */
export function explainFault(error: unknown, url: string): Error {
  if (error instanceof DatabaseError || error instanceof MigrationError) return error
  const { code, message } = factsOf(error)
  const said = explanation(code, message, placeOf(url))
  return new DatabaseError(`DATABASE_URL: ${said}`, { cause: error })
}

function explanation(code: string | undefined, message: string, { server, database }: Place): string {
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

interface Place {
  server: string
  database: string
}

function placeOf(url: string): Place {
  const { hostname, port, pathname, searchParams } = new URL(url)
  const host = searchParams.get('host') ?? decoded(hostname)
  return {
    server: host.startsWith('/') ? host : `${host || 'localhost'}:${(searchParams.get('port') ?? port) || 5432}`,
    database: decoded(pathname.slice(1)) || 'postgres',
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function factsOf(error: unknown): { code: string | undefined; message: string } {
  // If a name has several addresses, they fail together.
  if (error instanceof AggregateError && error.errors.length > 0) return factsOf(error.errors[0])
  const { code, message } = error as { code?: unknown; message?: unknown }
  return { code: typeof code === 'string' ? code : undefined, message: String(message ?? error) }
}

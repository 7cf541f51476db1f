import { DatabaseError } from './database.js'

/** What a URL says about a connection. */
export interface PostgresTarget {
  /** The URL with only what pg reads, and TLS as libpq understands it. */
  connectionString: string
  /** The schema that has all of Patchbay's tables. */
  schema: string
  /** Settings of each session, in the form of PGOPTIONS. */
  options: string
}

/** docs/configuration.md describes them. A `null` is read here, and isn't passed on to pg. */
const PARAMETERS: Record<string, readonly string[] | 'any' | null> = {
  host: 'any',
  port: 'any',
  user: 'any',
  password: 'any',
  sslmode: ['disable', 'require', 'no-verify', 'verify-ca', 'verify-full'],
  sslrootcert: 'any',
  sslcert: 'any',
  sslkey: 'any',
  application_name: null,
  target_session_attrs: null,
  options: null,
  schema: null,
}
/** A standby is refused in any case. */
const SESSION_ATTRIBUTES = ['any', 'read-write', 'primary']
const INSTEAD = new Map([
  ['connection_limit', 'Set PATCHBAY_DATABASE_POOL instead.'],
  ['pgbouncer', 'Let a pooler keep sessions (pool_mode=session), or connect to PostgreSQL itself.'],
  ['search_path', 'Use schema=… instead.'],
  ['dbname', 'Put the database’s name into the path.'],
])
/**
 * PostgreSQL would compile a statement, each time anew, once it thinks that it's expensive. It thinks so of some that
 * take a millisecond, and compiling takes hundreds.
 */
const NO_JIT = '-c jit=off'
const SCHEMA_NAME = /^[a-z_][a-z0-9_]{0,62}$/

/**
 * Reads the URL of a PostgreSQL database. Parameters that pg doesn't know would silently do nothing, and some that it
 * knows would change the pool, so only those of the documentation are accepted.
 * @throws DatabaseError that names the parameter
 */
export function readPostgresUrl(text: string): PostgresTarget {
  const url = new URL(text)
  // What looks like the database or a parameter may then be the password, which no message may have.
  if (`${url.pathname}${url.search}${url.hash}`.includes('@')) {
    throw new DatabaseError(
      'DATABASE_URL: there’s an @ after the first /, ? or #. Percent-encode special characters in the user’s name and the password: / is %2F, ? is %3F, # is %23, @ is %40.',
    )
  }
  const { searchParams } = url
  const given = Object.fromEntries(searchParams)
  for (const [name, value] of Object.entries(given)) {
    const values = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined
    if (values === undefined) throw refused(name, INSTEAD.get(name) ?? 'Remove it.')
    if (Array.isArray(values) && !values.includes(value)) throw refused(`${name}=${value}`, `Use ${oneOf(values)}.`)
    if (values === null) searchParams.delete(name)
  }
  const { host = url.hostname, target_session_attrs: attributes, sslmode, sslrootcert, options = '' } = given
  if (host.includes(',')) {
    throw new DatabaseError(
      'DATABASE_URL: several hosts aren’t supported. Use one name that always leads to the primary.',
    )
  }
  if (attributes !== undefined && !SESSION_ATTRIBUTES.includes(attributes)) {
    throw refused(`target_session_attrs=${attributes}`, 'Patchbay writes, so it needs the primary.')
  }
  if (sslmode === 'verify-ca' && sslrootcert === undefined) {
    throw new DatabaseError(
      'DATABASE_URL: sslmode=verify-ca needs sslrootcert, the path of the certificate authority’s certificate. Or use sslmode=verify-full.',
    )
  }
  if (sslmode !== undefined) searchParams.set('uselibpqcompat', 'true')
  const schema = given.schema ?? schemaIn(options) ?? 'public'
  if (!SCHEMA_NAME.test(schema)) {
    throw new DatabaseError(
      `DATABASE_URL: the schema ${schema} can’t be used. Name one schema, in lower-case letters, digits and _.`,
    )
  }
  const settings = [NO_JIT, options, `-c timezone=UTC -c search_path=${schema}`].filter(Boolean)
  return { connectionString: url.href, schema, options: settings.join(' ') }
}

/** Where a database is, in words that have no user and no password. */
export interface PostgresPlace {
  /** Host and port, or the folder of a socket. */
  server: string
  database: string
  /** The schema that the URL names, if it does. */
  schema: string | null
}

/** @param text a URL that `readPostgresUrl` accepts */
export function postgresPlace(text: string): PostgresPlace {
  const { hostname, port, pathname, searchParams } = new URL(text)
  const host = searchParams.get('host') ?? decoded(hostname)
  return {
    server: host.startsWith('/') ? host : `${host || 'localhost'}:${(searchParams.get('port') ?? port) || 5432}`,
    database: decoded(pathname.slice(1)) || 'postgres',
    schema: searchParams.get('schema') ?? schemaIn(searchParams.get('options') ?? '') ?? null,
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Returns the search path that `options` set. */
function schemaIn(options: string): string | undefined {
  return /\bsearch_path\s*=\s*(\S+)/.exec(options)?.[1]
}

function refused(parameter: string, instead: string): DatabaseError {
  return new DatabaseError(
    `DATABASE_URL: the parameter ${parameter} isn’t supported. ${instead} docs/configuration.md lists those that are.`,
  )
}

function oneOf(values: readonly string[]): string {
  return new Intl.ListFormat('en', { type: 'disjunction' }).format(values)
}

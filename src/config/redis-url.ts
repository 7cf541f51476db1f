/** Sentinels, and how to reach the node that they name as the primary. */
export interface RedisSentinels {
  sentinels: readonly { host: string; port: number }[]
  /** The Sentinels' name for the primary. */
  primary: string
  /** For the nodes. */
  login: RedisLogin
  /** For the Sentinels themselves. */
  sentinelLogin: RedisLogin
  /** Both the Sentinels and the nodes. */
  tls: boolean
}

export interface RedisLogin {
  username?: string
  password?: string
}

const DEFAULT_PORT = 26_379
const SCHEME = /^rediss?\+sentinel:/i
const SHAPE = 'redis+sentinel://user:password@sentinel-1:26379,sentinel-2:26379/mymaster'
const MISSHAPEN = `must look like ${SHAPE}. Percent-encode special characters in the password: @ is %40, : is %3A, / is %2F, a comma is %2C`
const PARTS =
  /^redis(?<tls>s?)\+sentinel:\/\/((?<login>[^@/?#]*)@)?(?<sentinels>[^@/?#]+)(\/(?<primary>[^@/?#]*))?(\/\d*)?(\?(?<parameters>[^@?#]*))?$/i
const USERNAME = 'sentinel_username'
const PASSWORD = 'sentinel_password'
/**
 * What other programs call their parameters, in lower case. Only these appear in an error, because anything else could be
 * a part of a password with an ampersand that wasn't percent-encoded.
 */
const COMMON_PARAMETERS = new Set([
  ...['username', 'user', 'password', 'auth', 'sentinelusername', 'sentinel_user', 'sentineluser'],
  ...['sentinelpassword', 'sentinel_auth', 'sentinels', 'master', 'mastername', 'master_name', 'name', 'role'],
  ...['db', 'database', 'tls', 'ssl', 'timeout', 'protocol', 'client_name', 'clientname'],
])

export function isSentinelUrl(text: string): boolean {
  return SCHEME.test(text)
}

/**
 * Reads the form that docs/configuration.md describes. The number of a database may follow the primary's name, as other
 * programs have it, and means nothing here, because pub/sub has no databases.
 * @throws Error whose message says what the URL must be, and contains no part of it
 */
export function readSentinelUrl(text: string): RedisSentinels {
  const parts = PARTS.exec(text)?.groups
  const sentinels = parts?.sentinels?.split(',').map(addressOf)
  if (!parts || !sentinels?.every((address) => address !== undefined)) throw new Error(MISSHAPEN)
  const primary = decoded(parts.primary)
  if (!primary) throw new Error(`must end with the Sentinels’ name for the primary, as in ${SHAPE}`)
  const parameters = new URLSearchParams(parts.parameters?.replaceAll('+', '%2B')) // a plus is part of a password
  const names = [...parameters.keys()]
  const wrong = names.findIndex((name) => name !== USERNAME && name !== PASSWORD)
  if (wrong >= 0) {
    throw new Error(
      `may have no parameters except ${USERNAME} and ${PASSWORD}, and ${shown(names, wrong)} is another one`,
    )
  }
  const [username, ...password] = (parts.login ?? '').split(':')
  return {
    sentinels,
    primary,
    login: loginOf(decoded(username), decoded(password.join(':'))),
    sentinelLogin: loginOf(parameters.get(USERNAME), parameters.get(PASSWORD)),
    tls: parts.tls !== '',
  }
}

function shown(names: readonly string[], index: number): string {
  const name = names[index] ?? ''
  return COMMON_PARAMETERS.has(name.toLowerCase()) ? name : `the one at position ${index + 1}`
}

function addressOf(text: string): { host: string; port: number } | undefined {
  const url = `redis://${text}`
  if (!URL.canParse(url)) return undefined
  const { hostname, port, host } = new URL(url)
  const isWhole = text.toLowerCase() === host.toLowerCase() && hostname !== ''
  return isWhole ? { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || DEFAULT_PORT) } : undefined
}

function decoded(text = ''): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new Error(MISSHAPEN)
  }
}

function loginOf(username: string | null, password: string | null): RedisLogin {
  return { ...(username ? { username } : {}), ...(password ? { password } : {}) }
}

import { isIP } from 'node:net'
import { z } from 'zod'
import { vaultKeyFaults } from './vault-keys.js'

/** Thrown at start, with a sentence that names the cause and the way out. Never carries a variable's value. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
}

const port = z.coerce.number().int().min(0).max(65535)
const positions = z.string().transform((text) => text.split(',').map((item) => item.trim()))
const list = positions.transform((items) => items.filter((item) => item !== ''))
const origin = z.url({ protocol: /^https?$/ }).refine((text) => URL.canParse(text) && new URL(text).origin === text, {
  error: 'must be an origin: scheme, host and port, without a path or trailing slash',
})
/** Where a browser is sent, or asks: of another origin as an address, of the public URL's own as a path. */
const pageAddress = z.string().refine(isPageAddress, {
  error:
    'must be an https URL, an http URL on this machine, or a path on the public URL’s origin such as /patchbay-token',
})
const claim = z.string().min(1)
const seconds = (most: number) => z.coerce.number().min(0).max(most)
/** The value stays out of what is said of it: URLs carry passwords. */
const secretUrl = (protocol: RegExp, shape: string) =>
  z.string().refine((text) => URL.canParse(text) && protocol.test(new URL(text).protocol), {
    error: `must look like ${shape}. Percent-encode special characters in the password: @ is %40, : is %3A, / is %2F, a comma is %2C`,
  })

/** In production: apps count what they are asked. In development somebody watches. */
const CHECK_INTERVAL_SECONDS = 6 * 3_600

/** In production: long enough for a load balancer to see that the instance is not ready. */
const DRAIN_SPREAD_SECONDS = 5

const EnvironmentSchema = z.object({
  DATABASE_URL: secretUrl(/^postgres(ql)?:$/, 'postgresql://user:password@host:5432/database').optional(),
  REDIS_URL: list
    .pipe(
      z.array(secretUrl(/^rediss?:$/, 'redis://user:password@host:6379 (for a Cluster, several separated by commas)')),
    )
    .optional(),
  PATCHBAY_ENV: z.enum(['development', 'production']).optional(),
  PATCHBAY_HOST: z.string().min(1).default('127.0.0.1'),
  PATCHBAY_PORT: port.default(4000),
  PATCHBAY_PUBLIC_URL: origin.optional(),
  PATCHBAY_DATA: z.string().min(1).default('.data'),
  PATCHBAY_SANDBOX: z.enum(['on', 'off']).default('on'),
  PATCHBAY_SANDBOX_PORT: port.default(4010),
  PATCHBAY_DATABASE_POOL: z.coerce.number().int().min(2).max(500).default(10),
  PATCHBAY_REDIS_CHANNEL: z.string().min(1).max(200).default('patchbay:rings'),
  PATCHBAY_START_TIMEOUT: seconds(600).default(15),
  PATCHBAY_DRAIN_SPREAD: seconds(300).optional(),
  PATCHBAY_DRAIN_DEADLINE: seconds(3_600).default(25),
  PATCHBAY_KEYS: positions.optional(),
  PATCHBAY_JWT_SECRET: z.string().min(32, { error: 'must have at least 32 characters' }).optional(),
  PATCHBAY_JWKS_URL: z.url({ protocol: /^https?$/ }).optional(),
  PATCHBAY_JWT_ISSUER: z.string().min(1).optional(),
  PATCHBAY_JWT_AUDIENCE: z.string().min(1).optional(),
  PATCHBAY_CLAIM_SUBJECT: claim.default('sub'),
  PATCHBAY_CLAIM_ORGANIZATION: claim.default('org'),
  PATCHBAY_CLAIM_ORGANIZATION_NAME: claim.default('org_name'),
  PATCHBAY_CLAIM_NAME: claim.default('name'),
  PATCHBAY_CLAIM_ROLES: claim.default('roles'),
  PATCHBAY_OPERATOR_ROLE: claim.default('patchbay:operator'),
  PATCHBAY_RETURN_ORIGINS: list.pipe(z.array(origin)).default([]),
  PATCHBAY_CORS_ORIGINS: list.pipe(z.array(origin)).default([]),
  PATCHBAY_WIZARD_TOKEN_URL: pageAddress.optional(),
  PATCHBAY_WIZARD_SIGN_IN_URL: pageAddress.optional(),
  PATCHBAY_CHECK_INTERVAL: z.coerce.number().min(1).max(604_800).optional(),
  PATCHBAY_ACTIVITY_DAYS: z.coerce.number().min(1).max(3_650).default(90),
  PATCHBAY_METRICS_PORT: port.optional(),
  PATCHBAY_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
})

/** Where host tokens come from and which claims say what. */
export interface TokenConfig {
  secret: string | undefined
  jwksUrl: string | undefined
  issuer: string | undefined
  audience: string | undefined
  claims: { subject: string; organization: string; organizationName: string; name: string; roles: string }
  operatorRole: string
}

/** PostgreSQL, in service mode. */
export interface DatabaseConfig {
  url: string
  /** Most connections at a time. */
  poolSize: number
}

/** Redis, in service mode. */
export interface BusConfig {
  /** One node, or several of a Cluster. */
  nodes: readonly string[]
  channel: string
}

/** How the wizard gets its users' tokens. */
export interface WizardConfig {
  /** Answers the page's user with `{ "token": "…" }`, or 401. Absolute, or a path of the public URL's origin. */
  tokenUrl: string
  /** Where that user signs in to the host. */
  signInUrl: string | null
}

/** How an instance leaves. */
export interface DrainConfig {
  /** Over this time streams are ended, one by one, while it is still listening but no longer ready. */
  spreadMs: number
  /** After this what is still open is cut off. */
  deadlineMs: number
}

export interface Config {
  development: boolean
  host: string
  /** 0 takes any free port. */
  port: number
  /** Origin under which browsers reach Patchbay; undefined: http://localhost and the port. */
  publicUrl: string | undefined
  /** Folder of the embedded database and the development keys. */
  dataFolder: string
  /** Port of the sandbox; undefined: this instance runs none. */
  sandboxPort: number | undefined
  /** Undefined: the embedded database in the data folder. */
  database: DatabaseConfig | undefined
  /** Undefined: there are no other instances. */
  bus: BusConfig | undefined
  /** How long databases and Redis are waited for at start. */
  startTimeoutMs: number
  drain: DrainConfig
  /** Key-encryption keys, base64 of 256 bits that somebody drew at random, the active one first. Undefined: one is made, in development. */
  vaultKeys: readonly string[] | undefined
  tokens: TokenConfig
  /** Origins to which a finished authorization may return, besides the public URL's own. */
  returnOrigins: readonly string[]
  /** Origins whose pages may call the API, besides the public URL's own. */
  corsOrigins: readonly string[]
  /** Undefined: no wizard, or in development one with the built-in issuer's tokens. */
  wizard: WizardConfig | undefined
  /** How often an app is asked whether it still accepts a connection. */
  checkEveryMs: number
  /** How long what happened stays in a user's activity. */
  activityDays: number
  /** Where `/metrics` is served, 0 on any free port; undefined: beside the API. */
  metricsPort: number | undefined
  logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'
}

/** Whether a host name or address is this machine's own. */
function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1' || host === '[::1]') return true
  return isIP(host) === 4 && host.startsWith('127.')
}

function isPageAddress(text: string): boolean {
  const elsewhere = 'https://elsewhere.invalid'
  if (text.startsWith('/')) return URL.canParse(text, elsewhere) && new URL(text, elsewhere).origin === elsewhere
  if (!URL.canParse(text)) return false
  const { protocol, hostname, username, password } = new URL(text)
  if (username !== '' || password !== '') return false
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))
}

/**
 * Reads the environment once. Every bad variable is named in the one error, its value never.
 *
 * Development (built-in token issuer, sandbox, GraphiQL signed in) is the default only while both the listening
 * address and the public URL are loopback; asked for in any other place it is refused.
 */
export function readConfig(source: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''))
  const result = EnvironmentSchema.safeParse(given)
  if (!result.success) throw new ConfigurationError(`Invalid environment:\n${z.prettifyError(result.error)}`)
  const env = result.data
  const unknown = Object.keys(given).filter(
    (name) => name.startsWith('PATCHBAY_') && !(name in EnvironmentSchema.shape),
  )
  if (unknown.length > 0) {
    throw new ConfigurationError(`Unknown variables: ${unknown.join(', ')}. See docs/configuration.md for the list.`)
  }
  const loopback =
    isLoopback(env.PATCHBAY_HOST) &&
    (env.PATCHBAY_PUBLIC_URL === undefined || isLoopback(new URL(env.PATCHBAY_PUBLIC_URL).hostname))
  const development = (env.PATCHBAY_ENV ?? (loopback ? 'development' : 'production')) === 'development'
  const faults = [
    ...(development ? developmentFaults(loopback) : productionFaults(env)),
    // In development too: what is sealed there may be kept, and one that nobody gives is made.
    ...vaultKeyFaults(env.PATCHBAY_KEYS ?? []),
    ...modeFaults(env),
  ]
  if (faults.length > 0)
    throw new ConfigurationError(`Invalid environment:\n${faults.map((fault) => `✖ ${fault}`).join('\n')}`)
  return {
    development,
    host: env.PATCHBAY_HOST,
    port: env.PATCHBAY_PORT,
    publicUrl: env.PATCHBAY_PUBLIC_URL,
    dataFolder: env.PATCHBAY_DATA,
    sandboxPort: development && env.PATCHBAY_SANDBOX === 'on' ? env.PATCHBAY_SANDBOX_PORT : undefined,
    database:
      env.DATABASE_URL === undefined ? undefined : { url: env.DATABASE_URL, poolSize: env.PATCHBAY_DATABASE_POOL },
    bus: env.REDIS_URL?.length ? { nodes: env.REDIS_URL, channel: env.PATCHBAY_REDIS_CHANNEL } : undefined,
    startTimeoutMs: env.PATCHBAY_START_TIMEOUT * 1000,
    drain: {
      spreadMs: (env.PATCHBAY_DRAIN_SPREAD ?? (development ? 0 : DRAIN_SPREAD_SECONDS)) * 1000,
      deadlineMs: env.PATCHBAY_DRAIN_DEADLINE * 1000,
    },
    vaultKeys: env.PATCHBAY_KEYS,
    tokens: {
      secret: env.PATCHBAY_JWT_SECRET,
      jwksUrl: env.PATCHBAY_JWKS_URL,
      issuer: env.PATCHBAY_JWT_ISSUER,
      audience: env.PATCHBAY_JWT_AUDIENCE,
      claims: {
        subject: env.PATCHBAY_CLAIM_SUBJECT,
        organization: env.PATCHBAY_CLAIM_ORGANIZATION,
        organizationName: env.PATCHBAY_CLAIM_ORGANIZATION_NAME,
        name: env.PATCHBAY_CLAIM_NAME,
        roles: env.PATCHBAY_CLAIM_ROLES,
      },
      operatorRole: env.PATCHBAY_OPERATOR_ROLE,
    },
    returnOrigins: env.PATCHBAY_RETURN_ORIGINS,
    corsOrigins: env.PATCHBAY_CORS_ORIGINS,
    wizard:
      env.PATCHBAY_WIZARD_TOKEN_URL === undefined
        ? undefined
        : { tokenUrl: env.PATCHBAY_WIZARD_TOKEN_URL, signInUrl: env.PATCHBAY_WIZARD_SIGN_IN_URL ?? null },
    checkEveryMs: (env.PATCHBAY_CHECK_INTERVAL ?? (development ? 15 : CHECK_INTERVAL_SECONDS)) * 1000,
    activityDays: env.PATCHBAY_ACTIVITY_DAYS,
    metricsPort: env.PATCHBAY_METRICS_PORT,
    logLevel: env.PATCHBAY_LOG_LEVEL,
  }
}

function modeFaults(env: z.infer<typeof EnvironmentSchema>): string[] {
  const faults: string[] = []
  if (env.REDIS_URL?.length && env.DATABASE_URL === undefined) {
    faults.push(
      'REDIS_URL connects several instances, but the embedded database supports only one process. Set DATABASE_URL too, or unset REDIS_URL.',
    )
  }
  if (env.PATCHBAY_WIZARD_SIGN_IN_URL !== undefined && env.PATCHBAY_WIZARD_TOKEN_URL === undefined) {
    faults.push('PATCHBAY_WIZARD_SIGN_IN_URL only works together with PATCHBAY_WIZARD_TOKEN_URL. Set both.')
  }
  if (env.PATCHBAY_DRAIN_SPREAD !== undefined && env.PATCHBAY_DRAIN_SPREAD > env.PATCHBAY_DRAIN_DEADLINE) {
    faults.push('PATCHBAY_DRAIN_SPREAD must not be longer than PATCHBAY_DRAIN_DEADLINE.')
  }
  return faults
}

function developmentFaults(loopback: boolean): string[] {
  if (loopback) return []
  return [
    'PATCHBAY_ENV=development gives tokens to anyone, so PATCHBAY_HOST and PATCHBAY_PUBLIC_URL must be loopback addresses (127.0.0.1, localhost). To serve other machines, set PATCHBAY_ENV=production.',
  ]
}

function productionFaults(env: z.infer<typeof EnvironmentSchema>): string[] {
  const faults: string[] = []
  if (env.PATCHBAY_PUBLIC_URL === undefined)
    faults.push(
      'PATCHBAY_PUBLIC_URL is required: the origin under which browsers reach Patchbay, such as https://connect.example.com.',
    )
  if (env.PATCHBAY_KEYS === undefined)
    faults.push('PATCHBAY_KEYS is required: at least one 256-bit key. Create one with openssl rand -base64 32')
  if (env.PATCHBAY_JWT_SECRET === undefined && env.PATCHBAY_JWKS_URL === undefined) {
    faults.push('PATCHBAY_JWKS_URL or PATCHBAY_JWT_SECRET is required to verify your application’s tokens.')
  }
  if (env.PATCHBAY_JWT_ISSUER === undefined)
    faults.push('PATCHBAY_JWT_ISSUER is required: the iss claim of your application’s tokens.')
  if (env.PATCHBAY_JWT_AUDIENCE === undefined)
    faults.push('PATCHBAY_JWT_AUDIENCE is required: the aud claim of your application’s tokens.')
  return faults
}

import { isIP } from 'node:net'
import { z } from 'zod'

/** Thrown at start, with a sentence that names the cause and the way out. Never carries a variable's value. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
}

const port = z.coerce.number().int().min(0).max(65535)
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
)
const origin = z.url({ protocol: /^https?$/ }).refine((text) => URL.canParse(text) && new URL(text).origin === text, {
  error: 'must be an origin: scheme, host and port, without a path or a trailing slash',
})
const claim = z.string().min(1)

const EnvironmentSchema = z.object({
  PATCHBAY_ENV: z.enum(['development', 'production']).optional(),
  PATCHBAY_HOST: z.string().min(1).default('127.0.0.1'),
  PATCHBAY_PORT: port.default(4000),
  PATCHBAY_PUBLIC_URL: origin.optional(),
  PATCHBAY_DATA: z.string().min(1).default('.data'),
  PATCHBAY_SANDBOX_PORT: port.default(4010),
  PATCHBAY_KEYS: list.optional(),
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

export interface Config {
  development: boolean
  host: string
  /** 0 takes any free port. */
  port: number
  /** Origin under which browsers reach Patchbay; undefined: http://localhost and the port. */
  publicUrl: string | undefined
  /** Folder of the embedded database and the development keys. */
  dataFolder: string
  sandboxPort: number
  /** Key-encryption keys, base64, the active one first. */
  vaultKeys: readonly string[] | undefined
  tokens: TokenConfig
  /** Origins to which a finished authorization may return, besides the public URL's own. */
  returnOrigins: readonly string[]
  /** Origins whose pages may call the API, besides the public URL's own. */
  corsOrigins: readonly string[]
  /** Where `/metrics` is served, 0 on any free port; undefined: beside the API. */
  metricsPort: number | undefined
  logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'
}

/** Whether a host name or address is this machine's own. */
function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1' || host === '[::1]') return true
  return isIP(host) === 4 && host.startsWith('127.')
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
    throw new ConfigurationError(`Unknown variables: ${unknown.join(', ')}. README.md lists those that exist.`)
  }
  const loopback =
    isLoopback(env.PATCHBAY_HOST) &&
    (env.PATCHBAY_PUBLIC_URL === undefined || isLoopback(new URL(env.PATCHBAY_PUBLIC_URL).hostname))
  const development = (env.PATCHBAY_ENV ?? (loopback ? 'development' : 'production')) === 'development'
  const faults = development ? developmentFaults(loopback) : productionFaults(env)
  if (faults.length > 0)
    throw new ConfigurationError(`Invalid environment:\n${faults.map((fault) => `✖ ${fault}`).join('\n')}`)
  return {
    development,
    host: env.PATCHBAY_HOST,
    port: env.PATCHBAY_PORT,
    publicUrl: env.PATCHBAY_PUBLIC_URL,
    dataFolder: env.PATCHBAY_DATA,
    sandboxPort: env.PATCHBAY_SANDBOX_PORT,
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
    metricsPort: env.PATCHBAY_METRICS_PORT,
    logLevel: env.PATCHBAY_LOG_LEVEL,
  }
}

function developmentFaults(loopback: boolean): string[] {
  if (loopback) return []
  return [
    'PATCHBAY_ENV=development signs tokens for anybody, so PATCHBAY_HOST and PATCHBAY_PUBLIC_URL must be loopback (127.0.0.1, localhost). Set PATCHBAY_ENV=production to serve others.',
  ]
}

function productionFaults(env: z.infer<typeof EnvironmentSchema>): string[] {
  const faults: string[] = []
  if (env.PATCHBAY_PUBLIC_URL === undefined)
    faults.push('PATCHBAY_PUBLIC_URL must name the origin under which browsers reach Patchbay.')
  if (!env.PATCHBAY_KEYS?.length)
    faults.push('PATCHBAY_KEYS must hold at least one 256-bit key: openssl rand -base64 32')
  if (env.PATCHBAY_JWT_SECRET === undefined && env.PATCHBAY_JWKS_URL === undefined) {
    faults.push('PATCHBAY_JWKS_URL (or PATCHBAY_JWT_SECRET) must say how the host signs its tokens.')
  }
  if (env.PATCHBAY_JWT_ISSUER === undefined) faults.push('PATCHBAY_JWT_ISSUER must name the issuer of the tokens.')
  if (env.PATCHBAY_JWT_AUDIENCE === undefined)
    faults.push('PATCHBAY_JWT_AUDIENCE must name the audience of the tokens.')
  return faults
}

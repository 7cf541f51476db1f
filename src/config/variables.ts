import { readFileSync } from 'node:fs'
import * as z from 'zod'
import { closestName } from '../domain/closest-name.js'
import { LANGUAGES, type Language } from '../languages/languages.js'
import { isHostName, isNetwork, isOrigin, isPageAddress } from './addresses.js'
import { ConfigurationError } from './configuration-error.js'
import { nativeReturnFault } from './native-returns.js'
import { isSentinelUrl, readSentinelUrl } from './redis-url.js'

/** @param kind what it must be */
const numeric = (kind: string, least: number, most: number, isKind: (value: number) => boolean = Number.isFinite) => {
  const error = `must be ${kind} from ${least} to ${most}`
  return z
    .string()
    .regex(/^\d+(\.\d+)?$/, { error })
    .transform(Number)
    .refine((value) => isKind(value) && value >= least && value <= most, { error })
}
const number = (least: number, most: number) => numeric('a number', least, most)
const wholeNumber = (least: number, most: number) => numeric('a whole number', least, most, Number.isInteger)
const seconds = (most: number) => numeric('a number of seconds', 0, most)
const port = wholeNumber(0, 65_535)
/** How many of something a caller may have open. */
const openLimit = wholeNumber(1, 1_000_000)
const perMinute = wholeNumber(0, 100_000_000)
const oneOf = <const T extends readonly string[]>(values: T) =>
  // As a function, because the first formatter takes 20 ms of a start.
  z.enum(values, { error: () => `must be ${new Intl.ListFormat('en', { type: 'disjunction' }).format(values)}` })
const positions = z.string().transform((text) => text.split(',').map((item) => item.trim()))
const list = positions.transform((items) => items.filter((item) => item !== ''))
const webAddress = z.string().refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), {
  error: 'must be an https or http URL',
})
const origin = z.string().refine(isOrigin, {
  error:
    'must be an origin such as https://app.example.com: scheme, host and port, without a path, a trailing slash or *',
})
const nativeReturn = z.string().superRefine((text, context) => {
  const fault = nativeReturnFault(text)
  if (fault !== null) context.addIssue(fault)
})
/** People type it, so anyone may try. A test of a few characters that repeat finds passwords such as 1111…. */
const stagingPassword = z
  .string()
  .min(16, { error: 'must have at least 16 characters' })
  .refine((text) => new Set(text).size >= 8, { error: 'must have at least 8 different characters' })
const publicUrl = z.string().refine(isOrigin, {
  error:
    'must be an origin such as https://connect.example.com: scheme, host and port, without a trailing slash. It can’t have a path, because cookies and scripts of everything else on that host would reach Patchbay too. Use a host name of its own',
})
/** An address that a browser is sent to or requests: a URL on another origin, or a path on the public URL's origin. */
const pageAddress = z.string().refine(isPageAddress, {
  error:
    'must be an https URL, an http URL on this machine, or a path on the public URL’s origin such as /patchbay-token',
})
const brandPicture = z.string().refine((text) => !/^https?:/i.test(text), {
  error:
    'must be the path of an image file, or a data: URL. Patchbay serves the image from its own origin, so download it first',
})
const network = z.string().refine(isNetwork, { error: 'must be an IP address or a CIDR range such as 10.0.0.0/8' })
const networkOrHost = z.string().refine((text) => isNetwork(text) || isHostName(text), {
  error:
    'must be a CIDR range such as 10.0.0.0/8, an IP address or a host name such as gitlab.internal, without a scheme, a port or *. A name that starts with a dot stands for all below it',
})
/** The error leaves out the value, because URLs contain passwords. */
const secretUrl = (protocol: RegExp, shape: string) =>
  z.string().refine((text) => URL.canParse(text) && protocol.test(new URL(text).protocol), {
    error: `must look like ${shape}. Percent-encode special characters in the password: @ is %40, : is %3A, / is %2F, a comma is %2C`,
  })
const redisNodes = list.pipe(
  z.array(
    secretUrl(
      /^rediss?:$/,
      'redis://user:password@host:6379 (for a Cluster, several separated by commas, and for Sentinels, redis+sentinel://host:26379/mymaster)',
    ),
  ),
)
const redisSentinels = z.string().transform((text, context) => {
  try {
    return readSentinelUrl(text)
  } catch (error) {
    context.addIssue((error as Error).message)
    return z.NEVER
  }
})
/** For Sentinels, commas separate hosts instead of URLs. */
const redis = z.string().transform((text, context) => {
  const { data, error } = (isSentinelUrl(text) ? redisSentinels : redisNodes).safeParse(text)
  for (const { message, path } of error?.issues ?? []) context.addIssue({ code: 'custom', message, path })
  return data ?? z.NEVER
})

const VariablesSchema = z.object({
  DATABASE_URL: secretUrl(/^postgres(ql)?:$/, 'postgresql://user:password@host:5432/database').optional(),
  REDIS_URL: redis.optional(),
  PATCHBAY_ENV: oneOf(['development', 'staging', 'production']).optional(),
  PATCHBAY_STAGING_PASSWORD: stagingPassword.optional(),
  PATCHBAY_HOST: z.string().default('127.0.0.1'),
  PATCHBAY_PORT: port.default(4000),
  PATCHBAY_PUBLIC_URL: publicUrl.optional(),
  PATCHBAY_DATA: z.string().default('.data'),
  PATCHBAY_SANDBOX: oneOf(['on', 'off']).default('on'),
  PATCHBAY_SANDBOX_PORT: port.default(4010),
  PATCHBAY_SANDBOX_URL: origin.optional(),
  PATCHBAY_DATABASE_POOL: wholeNumber(2, 500).default(10),
  PATCHBAY_REDIS_CHANNEL: z.string().max(200, { error: 'must have at most 200 characters' }).default('patchbay:rings'),
  PATCHBAY_START_TIMEOUT: seconds(600).default(15),
  PATCHBAY_DRAIN_SPREAD: seconds(300).optional(),
  PATCHBAY_DRAIN_DEADLINE: seconds(3_600).default(25),
  PATCHBAY_CONNECTIONS_PER_ADDRESS: wholeNumber(10, 1_000_000).default(1_000),
  PATCHBAY_WEBSOCKETS_PER_USER: openLimit.default(10),
  PATCHBAY_WEBSOCKETS_PER_API_KEY: openLimit.default(100),
  PATCHBAY_SUBSCRIPTIONS_PER_WEBSOCKET: openLimit.default(20),
  PATCHBAY_EVENT_STREAMS_PER_USER: openLimit.default(20),
  PATCHBAY_TRUSTED_PROXIES: list.pipe(z.array(network)).default([]),
  PATCHBAY_AUTHORIZATIONS_PER_MINUTE: perMinute.default(60),
  PATCHBAY_CHANGES_PER_MINUTE: perMinute.default(300),
  PATCHBAY_CHECKS_PER_MINUTE: perMinute.default(300),
  PATCHBAY_TOKENS_PER_MINUTE: perMinute.default(300_000),
  PATCHBAY_REFRESHES_PER_MINUTE: perMinute.default(60),
  PATCHBAY_SETUP_SESSIONS_PER_MINUTE: perMinute.default(6_000),
  PATCHBAY_USER_SETUP_SESSIONS_PER_MINUTE: perMinute.default(60),
  PATCHBAY_ADMINISTRATION_PER_MINUTE: perMinute.default(6_000),
  PATCHBAY_OUTBOUND_PER_MINUTE: perMinute.default(300),
  PATCHBAY_WRONG_CREDENTIALS_PER_MINUTE: perMinute.default(30),
  PATCHBAY_UNKNOWN_PAGES_PER_MINUTE: perMinute.default(30),
  PATCHBAY_KEYS: positions.optional(),
  PATCHBAY_JWT_SECRET: z.string().min(32, { error: 'must have at least 32 characters' }).optional(),
  PATCHBAY_JWKS_URL: list.pipe(z.array(webAddress)).default([]),
  PATCHBAY_JWT_ISSUER: list.default([]),
  PATCHBAY_JWT_FORMER_ISSUERS: list.default([]),
  PATCHBAY_JWT_AUDIENCE: z.string().optional(),
  PATCHBAY_CLAIM_SUBJECT: z.string().default('sub'),
  PATCHBAY_CLAIM_ORGANIZATION: z.string().default('org'),
  PATCHBAY_DEFAULT_ORGANIZATION: z.string().optional(),
  PATCHBAY_CLAIM_ORGANIZATION_NAME: z.string().default('org_name'),
  PATCHBAY_CLAIM_NAME: z.string().default('name'),
  PATCHBAY_CLAIM_ROLES: z.string().default('roles'),
  PATCHBAY_OPERATOR_ROLE: z.string().default('patchbay:operator'),
  PATCHBAY_RETURN_ORIGINS: list.pipe(z.array(origin)).default([]),
  PATCHBAY_NATIVE_RETURNS: list.pipe(z.array(nativeReturn)).default([]),
  PATCHBAY_CORS_ORIGINS: list.pipe(z.array(origin)).default([]),
  PATCHBAY_WIZARD_TOKEN_URL: pageAddress.optional(),
  PATCHBAY_WIZARD_SIGN_IN_URL: pageAddress.optional(),
  PATCHBAY_LANGUAGE: oneOf(Object.keys(LANGUAGES) as Language[]).optional(),
  PATCHBAY_WIZARD_FRAME_ANCESTORS: list.pipe(z.array(origin)).default([]),
  PATCHBAY_BRAND_NAME: z
    .string()
    .trim()
    .regex(/^[^\p{Cc}]{1,40}$/u, { error: 'must be a name with 1 to 40 characters, on one line' })
    .optional(),
  PATCHBAY_BRAND_LOGO: brandPicture.optional(),
  PATCHBAY_BRAND_LOGO_DARK: brandPicture.optional(),
  PATCHBAY_BRAND_FAVICON: brandPicture.optional(),
  PATCHBAY_BRAND_ACCENT: z
    .string()
    .regex(/^#[0-9a-f]{6}$/i, { error: 'must be a color such as #4347c9: # and six hexadecimal digits' })
    .toLowerCase()
    .optional(),
  PATCHBAY_CONNECTORS: z.string().optional(),
  PATCHBAY_PRIVATE_NETWORKS: list.pipe(z.array(networkOrHost)).default([]),
  PATCHBAY_WEBHOOK_PRIVATE_NETWORKS: list.pipe(z.array(networkOrHost)).default([]),
  PATCHBAY_CHECK_INTERVAL: number(1, 604_800).optional(),
  PATCHBAY_ACTIVITY_DAYS: number(1, 3_650).default(90),
  PATCHBAY_METRICS_PORT: port.optional(),
  PATCHBAY_INTROSPECTION: oneOf(['on', 'off']).optional(),
  PATCHBAY_TRUSTED_DOCUMENTS: list.default([]),
  PATCHBAY_TRUSTED_DOCUMENTS_ONLY: oneOf(['off', 'users', 'everyone']).default('off'),
  PATCHBAY_LOG_LEVEL: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
})

export type Variables = z.infer<typeof VariablesSchema>

/** Each may also be in a file that a variable with `_FILE` at its end names. */
const SECRETS = ['DATABASE_URL', 'REDIS_URL', 'PATCHBAY_KEYS', 'PATCHBAY_JWT_SECRET', 'PATCHBAY_STAGING_PASSWORD']
/** Of every API key (`domain/access/api-key/key-form.ts`). */
const API_KEY_PREFIX = 'pbk_'
/** In any case, because a name in lower case would silently do nothing. */
const OURS = /^PATCHBAY_/i
/** What Kubernetes calls the addresses of a Service named patchbay, or patchbay-something. */
const SERVICE_LINK =
  /^PATCHBAY(_[A-Z0-9_]+)?_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$/
const SERVICE_ADDRESS = /^(tcp|udp|sctp):\/\//

/**
 * Reads Patchbay's variables. An empty one counts as not set.
 * @returns the variables, and the names of those that Kubernetes set for its Services, which are ignored
 * @throws ConfigurationError that names each one that is unknown or wrong
 */
export function readVariables(source: NodeJS.ProcessEnv): { variables: Variables; serviceLinks: string[] } {
  const set = Object.entries(source).filter((entry): entry is [string, string] => !!entry[1])
  const serviceLinks = set.filter(isServiceLink).map(([name]) => name)
  const given = withSecretsFromFiles(Object.fromEntries(set.filter((entry) => !isServiceLink(entry))))
  const unknown = Object.entries(given).filter(([name]) => OURS.test(name) && !(name in VariablesSchema.shape))
  if (unknown.length > 0) {
    const named = unknown.map(withSuggestion).join(', ')
    throw new ConfigurationError(
      `Unknown variables: ${named}. See docs/configuration.md for the list. If one is for another program, give it a name that doesn’t begin with PATCHBAY_.`,
    )
  }
  const { success, error, data } = VariablesSchema.safeParse(given)
  if (!success) throw invalid(error.issues.map((issue) => faultOf(issue, given)))
  return { variables: data, serviceLinks }
}

function faultOf({ path: [key, index], message }: z.core.$ZodIssue, given: Record<string, string>): string {
  const name = String(key)
  if (typeof index !== 'number') return `${name} ${message}.`
  const entry = SECRETS.includes(name) ? undefined : list.parse(given[name])[index]
  return `${entryOf(name, index, entry)} ${message}.`
}

/** What may contain a password, or isn't readable in a line. */
const UNSHOWN = /[@?\p{Cc}]|^.{200}/u

/**
 * Names an entry of a list, as the beginning of a sentence that says what is wrong with it: the entry itself, or its
 * position if the entry may be secret.
 */
export function entryOf(name: string, index: number, entry: string | undefined): string {
  return entry === undefined || UNSHOWN.test(entry) ? `${name} (item ${index + 1})` : `${name}: “${entry}”`
}

/** @param faults sentences that begin with the name of a variable */
export function invalid(faults: readonly string[]): ConfigurationError {
  return new ConfigurationError(`Invalid environment:\n${faults.map((fault) => `✖ ${fault}`).join('\n')}`)
}

/** Other programs have variables too, so only what is very similar counts. */
const FOREIGN_TOLERANCE = 1 / 6

/** Returns variables without the prefix that look like misspelled ones, with what was probably meant and isn't set. */
export function misspelled(source: NodeJS.ProcessEnv): [name: string, meant: string][] {
  const known = knownNames()
  const unset = known.filter((name) => source[name] === undefined)
  return Object.entries(source).flatMap(([name, value = '']) => {
    if (OURS.test(name) || known.includes(name) || SERVICE_ADDRESS.test(value)) return []
    const written = name.toUpperCase()
    // Hardly anyone gets the first letter wrong, and comparing everything takes a noticeable part of a start.
    const similar = unset.filter((each) => each[0] === written[0])
    const meant = closestName(written, similar, FOREIGN_TOLERANCE)
    return meant === undefined ? [] : [[name, meant]]
  })
}

function knownNames(): string[] {
  return [...Object.keys(VariablesSchema.shape), ...SECRETS.map((secret) => `${secret}_FILE`)]
}

/** For example, after the name: “(did you mean PATCHBAY_PORT?)” */
function withSuggestion([name, value]: readonly [string, string]): string {
  if (value.startsWith(API_KEY_PREFIX)) return `${name} (an API key, which clients send and the server doesn’t read)`
  const known = knownNames()
  // Without the prefix, because it would make every name similar, and not all variables have it.
  const meant = closestName(withoutPrefix(name), known.map(withoutPrefix))
  const suggestion = known.find((each) => withoutPrefix(each) === meant)
  return suggestion === undefined ? name : `${name} (did you mean ${suggestion}?)`
}

function withoutPrefix(name: string): string {
  return name.toUpperCase().replace(/^PATCHBAY_/, '')
}

function isServiceLink([name, value]: readonly [string, string]): boolean {
  return SERVICE_LINK.test(name) || (/^PATCHBAY_(.+_)?PORT$/.test(name) && SERVICE_ADDRESS.test(value))
}

function withSecretsFromFiles(given: Record<string, string>): Record<string, string> {
  const all = { ...given }
  for (const name of SECRETS) {
    const file = given[`${name}_FILE`]
    if (file === undefined) continue
    if (given[name] !== undefined) throw invalid([`${name} and ${name}_FILE are both set. Set only one of them.`])
    all[name] = contentOf(file, `${name}_FILE`)
    delete all[`${name}_FILE`]
  }
  return all
}

function contentOf(file: string, variable: string): string {
  let content: string
  try {
    content = readFileSync(file, 'utf8').trim()
  } catch (error) {
    throw invalid([`${variable} names a file that can’t be read (${(error as NodeJS.ErrnoException).code}).`])
  }
  if (content === '') throw invalid([`${variable} names an empty file.`])
  return content
}

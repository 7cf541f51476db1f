import type { Language } from '../languages/languages.js'
import { type AccentColors, accentColors, contrast } from './accent-colors.js'
import { isLoopback, isSecure, mayShareSite } from './addresses.js'
import { type EgressProxies, readEgressProxies } from './egress-proxies.js'
import type { RedisSentinels } from './redis-url.js'
import { entryOf, invalid, misspelled, readVariables, type Variables } from './variables.js'
import { vaultKeyFaults } from './vault-keys.js'

/** In production, because apps limit how often they may be called. Elsewhere, someone is watching. */
const CHECK_INTERVAL_SECONDS = { production: 6 * 3_600, staging: 60, development: 15 }
/** Tries of the staging password. More would help someone who guesses it, and no one who knows it. */
const STAGING_PASSWORDS_PER_MINUTE = 10

/** In production: long enough for a load balancer to notice that the instance is not ready. */
const DRAIN_SPREAD_SECONDS = 5

/** Where the host's tokens come from, and which claims contain what. */
export interface TokenConfig {
  secret: string | undefined
  /** One for all issuers, or one for each in their order. Empty if there is none. */
  jwksUrls: readonly string[]
  /** What `iss` may be, the main issuer first. Empty for any. */
  issuers: readonly string[]
  /** Earlier names of the main issuer, the oldest first. */
  formerIssuers: readonly string[]
  audience: string | undefined
  claims: { subject: string; organization: string; organizationName: string; name: string; roles: string }
  /** Of users whose tokens name none. */
  defaultOrganization: string | undefined
  operatorRole: string
}

/** PostgreSQL, in service mode. */
export interface DatabaseConfig {
  url: string
  /** The largest number of connections. */
  poolSize: number
}

/** Redis, in service mode. */
export interface BusConfig {
  /** The URLs of one node or of several, or Sentinels that know the node. */
  nodes: readonly string[] | RedisSentinels
  channel: string
}

/** How the wizard gets its users' tokens. */
export interface WizardConfig {
  /** Returns `{ "token": "…" }` for the signed-in user, or 401. A URL, or a path on the public URL's origin. */
  tokenUrl: string
  /** Where that user signs in to the host. */
  signInUrl: string | null
}

/** The sandbox and its demo people on a host that others can reach. */
interface StagingConfig {
  /** What people enter to get in. Undefined if the host's tokens say who may. */
  password: string | undefined
  /** The origin under which browsers and Patchbay reach the sandbox. Undefined if there is none. */
  sandboxUrl: string | undefined
}

/** How pages look. What is undefined is Patchbay's own. */
export interface BrandConfig {
  name: string | undefined
  /** The path of an image file, or a data: URL. */
  logo: string | undefined
  /** The logo for the dark theme. */
  logoDark: string | undefined
  favicon: string | undefined
  colors: { light: AccentColors; dark: AccentColors } | undefined
}

/** What one address or caller may keep open on an instance. */
export interface ConnectionsConfig {
  /** How many connections without an accepted token one address may have. */
  maxPerAddress: number
  webSocketsPerUser: number
  webSocketsPerApiKey: number
  subscriptionsPerWebSocket: number
  eventStreamsPerUser: number
  /** Addresses and CIDR ranges that may have any number, and whose X-Forwarded-For counts. */
  trustedProxies: readonly string[]
}

/** How often one caller may do what in a minute; 0 for any number. */
export interface RatesConfig {
  authorizations: number
  changes: number
  checks: number
  tokens: number
  refreshes: number
  'setup-sessions': number
  'user-setup-sessions': number
  administration: number
  outbound: number
  'wrong-credentials': number
  'unknown-pages': number
  'staging-passwords': number
}

/** How an instance shuts down. */
export interface DrainConfig {
  /** The time over which it ends streams, one by one. It still listens but is no longer ready. */
  spreadMs: number
  /** After this time, it cuts off what is still open. */
  deadlineMs: number
}

/** Who may send no documents but trusted ones. API keys aren't users. */
export type TrustedDocumentsOnly = 'off' | 'users' | 'everyone'

export interface Config {
  development: boolean
  /** Undefined unless the mode is staging. */
  staging: StagingConfig | undefined
  /** Whether apps may be anywhere and use plain http: in development, and in a staging that is only on this machine. */
  allowsInsecureApps: boolean
  host: string
  /** 0 for any free port. */
  port: number
  /** The origin under which browsers reach Patchbay. By default http://localhost and the port. */
  publicUrl: string | undefined
  /** The folder of the embedded database and the development keys. */
  dataFolder: string
  /** The port of the sandbox. Undefined if this instance runs none. */
  sandboxPort: number | undefined
  /** Undefined for the embedded database in the data folder. */
  database: DatabaseConfig | undefined
  /** Undefined if there are no other instances. */
  bus: BusConfig | undefined
  /** How long to wait for the database and Redis at startup. */
  startTimeoutMs: number
  drain: DrainConfig
  connections: ConnectionsConfig
  rates: RatesConfig
  /**
   * Key-encryption keys: 256 random bits each, in base64, the active one first. If undefined, development creates one.
   */
  vaultKeys: readonly string[] | undefined
  tokens: TokenConfig
  /** Origins that a finished authorization may return to, in addition to the public URL's. */
  returnOrigins: readonly string[]
  /** Addresses of native apps that a finished authorization may return to: schemes and loopback addresses with a path. */
  nativeReturns: readonly string[]
  /** Origins whose pages may call the API, in addition to the public URL's. */
  corsOrigins: readonly string[]
  /** Undefined for no wizard or, in development, for one with the built-in issuer's tokens. */
  wizard: WizardConfig | undefined
  /** The origins that may show the wizard in a frame. */
  frameAncestors: readonly string[]
  brand: BrandConfig
  /** The language of everyone's pages. Undefined for each person's own. */
  language: Language | undefined
  /** The file that describes connectors, and the variables that it may refer to. Undefined if there is none. */
  connectors: { file: string; variable: (name: string) => string | undefined } | undefined
  /** The private networks and hosts that requests may reach: those to apps, and those to webhook receivers. */
  privateNetworks: { apps: readonly string[]; webhooks: readonly string[] }
  /** The proxies for requests to apps, webhook receivers and the host's JWKS. Undefined if there are none. */
  proxies: EgressProxies | undefined
  /** How often to ask an app whether it still accepts a connection. */
  checkEveryMs: number
  /** How many days a user's activity is kept. */
  activityDays: number
  /** Where `/metrics` is: next to the API, on a port of its own (0 for any free one), or nowhere. */
  metrics: 'with-api' | { port: number } | undefined
  /** Whether clients may query the schema, and errors suggest names from it. */
  introspection: boolean
  /** Manifests of trusted documents, or folders of them, in addition to the server's own. */
  trustedDocuments: { paths: readonly string[]; only: TrustedDocumentsOnly }
  logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'
  /** What operators should know about their variables. */
  warnings: readonly string[]
}

/**
 * Reads the environment once. The error names every bad variable, and no value that may be secret.
 *
 * Development (built-in token issuer, sandbox, GraphiQL signed in) is the default only if both the listening address
 * and the public URL are loopback. Otherwise it is refused. Staging has the same behind a password, and is never the
 * default.
 */
export function readConfig(source: NodeJS.ProcessEnv): Config {
  const { variables: env, serviceLinks } = readVariables(source)
  const loopback =
    isLoopback(env.PATCHBAY_HOST) &&
    (env.PATCHBAY_PUBLIC_URL === undefined || isLoopback(new URL(env.PATCHBAY_PUBLIC_URL).hostname))
  const mode = env.PATCHBAY_ENV ?? (loopback ? 'development' : 'production')
  const development = mode === 'development'
  const { proxies, faults: proxyFaults } = readEgressProxies(source)
  const faults = [
    ...proxyFaults,
    ...faultsIn(mode, env, loopback),
    // In development too, because its secrets may be kept. If no key is given, development creates one.
    ...vaultKeyFaults(env.PATCHBAY_KEYS ?? []),
    ...issuerFaults(env),
    ...modeFaults(env),
    ...pageFaults(env, development),
  ]
  if (faults.length > 0) throw invalid(faults)
  const runsSandbox = mode !== 'production' && env.PATCHBAY_SANDBOX === 'on'
  const staging =
    mode === 'staging' ? { password: env.PATCHBAY_STAGING_PASSWORD, sandboxUrl: env.PATCHBAY_SANDBOX_URL } : undefined
  return {
    development,
    staging,
    allowsInsecureApps: development || staging?.sandboxUrl?.startsWith('http:') === true,
    host: env.PATCHBAY_HOST,
    port: env.PATCHBAY_PORT,
    publicUrl: env.PATCHBAY_PUBLIC_URL,
    dataFolder: env.PATCHBAY_DATA,
    sandboxPort: runsSandbox ? env.PATCHBAY_SANDBOX_PORT : undefined,
    database:
      env.DATABASE_URL === undefined ? undefined : { url: env.DATABASE_URL, poolSize: env.PATCHBAY_DATABASE_POOL },
    bus: busOf(env),
    startTimeoutMs: env.PATCHBAY_START_TIMEOUT * 1000,
    drain: {
      spreadMs: (env.PATCHBAY_DRAIN_SPREAD ?? (development ? 0 : DRAIN_SPREAD_SECONDS)) * 1000,
      deadlineMs: env.PATCHBAY_DRAIN_DEADLINE * 1000,
    },
    connections: {
      maxPerAddress: env.PATCHBAY_CONNECTIONS_PER_ADDRESS,
      webSocketsPerUser: env.PATCHBAY_WEBSOCKETS_PER_USER,
      webSocketsPerApiKey: env.PATCHBAY_WEBSOCKETS_PER_API_KEY,
      subscriptionsPerWebSocket: env.PATCHBAY_SUBSCRIPTIONS_PER_WEBSOCKET,
      eventStreamsPerUser: env.PATCHBAY_EVENT_STREAMS_PER_USER,
      trustedProxies: env.PATCHBAY_TRUSTED_PROXIES,
    },
    rates: {
      authorizations: env.PATCHBAY_AUTHORIZATIONS_PER_MINUTE,
      changes: env.PATCHBAY_CHANGES_PER_MINUTE,
      checks: env.PATCHBAY_CHECKS_PER_MINUTE,
      tokens: env.PATCHBAY_TOKENS_PER_MINUTE,
      refreshes: env.PATCHBAY_REFRESHES_PER_MINUTE,
      'setup-sessions': env.PATCHBAY_SETUP_SESSIONS_PER_MINUTE,
      'user-setup-sessions': env.PATCHBAY_USER_SETUP_SESSIONS_PER_MINUTE,
      administration: env.PATCHBAY_ADMINISTRATION_PER_MINUTE,
      outbound: env.PATCHBAY_OUTBOUND_PER_MINUTE,
      'wrong-credentials': env.PATCHBAY_WRONG_CREDENTIALS_PER_MINUTE,
      'unknown-pages': env.PATCHBAY_UNKNOWN_PAGES_PER_MINUTE,
      'staging-passwords': STAGING_PASSWORDS_PER_MINUTE,
    },
    vaultKeys: env.PATCHBAY_KEYS,
    tokens: {
      secret: env.PATCHBAY_JWT_SECRET,
      jwksUrls: env.PATCHBAY_JWKS_URL,
      issuers: env.PATCHBAY_JWT_ISSUER,
      formerIssuers: env.PATCHBAY_JWT_FORMER_ISSUERS,
      audience: env.PATCHBAY_JWT_AUDIENCE,
      claims: {
        subject: env.PATCHBAY_CLAIM_SUBJECT,
        organization: env.PATCHBAY_CLAIM_ORGANIZATION,
        organizationName: env.PATCHBAY_CLAIM_ORGANIZATION_NAME,
        name: env.PATCHBAY_CLAIM_NAME,
        roles: env.PATCHBAY_CLAIM_ROLES,
      },
      defaultOrganization: env.PATCHBAY_DEFAULT_ORGANIZATION,
      operatorRole: env.PATCHBAY_OPERATOR_ROLE,
    },
    returnOrigins: env.PATCHBAY_RETURN_ORIGINS,
    nativeReturns: env.PATCHBAY_NATIVE_RETURNS,
    corsOrigins: env.PATCHBAY_CORS_ORIGINS,
    wizard:
      env.PATCHBAY_WIZARD_TOKEN_URL === undefined
        ? undefined
        : { tokenUrl: env.PATCHBAY_WIZARD_TOKEN_URL, signInUrl: env.PATCHBAY_WIZARD_SIGN_IN_URL ?? null },
    frameAncestors: env.PATCHBAY_WIZARD_FRAME_ANCESTORS,
    brand: {
      name: env.PATCHBAY_BRAND_NAME,
      logo: env.PATCHBAY_BRAND_LOGO,
      logoDark: env.PATCHBAY_BRAND_LOGO_DARK,
      favicon: env.PATCHBAY_BRAND_FAVICON,
      colors: env.PATCHBAY_BRAND_ACCENT === undefined ? undefined : accentColors(env.PATCHBAY_BRAND_ACCENT),
    },
    language: env.PATCHBAY_LANGUAGE,
    connectors:
      env.PATCHBAY_CONNECTORS === undefined
        ? undefined
        : { file: env.PATCHBAY_CONNECTORS, variable: (name) => source[name] },
    privateNetworks: { apps: env.PATCHBAY_PRIVATE_NETWORKS, webhooks: env.PATCHBAY_WEBHOOK_PRIVATE_NETWORKS },
    proxies,
    checkEveryMs: (env.PATCHBAY_CHECK_INTERVAL ?? CHECK_INTERVAL_SECONDS[mode]) * 1000,
    activityDays: env.PATCHBAY_ACTIVITY_DAYS,
    metrics: metricsOf(env, development),
    introspection: (env.PATCHBAY_INTROSPECTION ?? (mode === 'production' ? 'off' : 'on')) === 'on',
    trustedDocuments: { paths: env.PATCHBAY_TRUSTED_DOCUMENTS, only: env.PATCHBAY_TRUSTED_DOCUMENTS_ONLY },
    logLevel: env.PATCHBAY_LOG_LEVEL,
    warnings: [...misspellings(source), ...warningsAbout(env, serviceLinks, proxies)],
  }
}

/** A list without an entry counts as not set. */
function busOf({ REDIS_URL, PATCHBAY_REDIS_CHANNEL }: Variables): BusConfig | undefined {
  if (REDIS_URL === undefined || ('length' in REDIS_URL && REDIS_URL.length === 0)) return undefined
  return { nodes: REDIS_URL, channel: PATCHBAY_REDIS_CHANNEL }
}

/** Metrics need no authentication, so production serves them only where it is told to. */
function metricsOf({ PATCHBAY_METRICS_PORT, PATCHBAY_PORT }: Variables, development: boolean): Config['metrics'] {
  if (PATCHBAY_METRICS_PORT === undefined) return development ? 'with-api' : undefined
  if (PATCHBAY_METRICS_PORT === PATCHBAY_PORT && PATCHBAY_PORT !== 0) return 'with-api'
  return { port: PATCHBAY_METRICS_PORT }
}

/** For example DATABASE_ULR, without which Patchbay would quietly start with a database of its own. */
export function misspellings(source: NodeJS.ProcessEnv): string[] {
  return misspelled(source).map(
    ([name, meant]) => `${name} is set, which Patchbay doesn’t know, and ${meant} isn’t. Rename it if you meant that.`,
  )
}

function warningsAbout(env: Variables, serviceLinks: readonly string[], proxies: EgressProxies | undefined): string[] {
  const warnings: string[] = []
  if (serviceLinks.length > 0) {
    warnings.push(
      `Ignored ${serviceLinks.length} variables that Kubernetes set for its Services, such as ${serviceLinks[0]}. To leave them out, set enableServiceLinks: false in the pod’s spec.`,
    )
  }
  if (env.PATCHBAY_JWKS_URL.length > 0 && env.PATCHBAY_JWT_SECRET !== undefined) {
    warnings.push(
      'PATCHBAY_JWKS_URL and PATCHBAY_JWT_SECRET are both set, so anyone who knows the secret can sign tokens too. Unset the one that you don’t use.',
    )
  }
  if (env.DATABASE_URL !== undefined && isUnverified(new URL(env.DATABASE_URL))) {
    warnings.push(
      'DATABASE_URL: with sslmode=require and no sslrootcert, the connection is encrypted, but nothing checks which server it leads to. Use sslmode=verify-full.',
    )
  }
  if (proxies && proxies.https === undefined) {
    warnings.push(
      'HTTP_PROXY is set, but HTTPS_PROXY isn’t, so requests to https:// URLs go directly. Set HTTPS_PROXY too if they should use the proxy.',
    )
  }
  if (env.PATCHBAY_BRAND_ACCENT !== undefined) warnings.push(...accentWarnings(env.PATCHBAY_BRAND_ACCENT))
  return warnings
}

/** In the dark theme, nearly every color has to be lighter, so only the light one is worth a warning. */
function accentWarnings(color: string): string[] {
  const { accent, action } = accentColors(color).light
  if (accent === color) return []
  const ratio = Math.floor(contrast(color, '#ffffff') * 10) / 10
  const buttons = action === color ? '' : `, and buttons use ${action}`
  return [
    `PATCHBAY_BRAND_ACCENT: ${color} is too light to read on white (${ratio}:1, and WCAG AA asks for 4.5:1). In the light theme, links and focus rings use ${accent} instead${buttons}. Choose a darker color to see it unchanged.`,
  ]
}

function isUnverified({ searchParams }: URL): boolean {
  const mode = searchParams.get('sslmode')
  return mode === 'no-verify' || (mode === 'require' && !searchParams.has('sslrootcert'))
}

function issuerFaults(env: Variables): string[] {
  const { PATCHBAY_JWT_ISSUER: issuers, PATCHBAY_JWT_FORMER_ISSUERS: former, PATCHBAY_JWKS_URL: urls } = env
  const faults: string[] = []
  if (new Set(issuers).size < issuers.length) faults.push('PATCHBAY_JWT_ISSUER names an issuer twice.')
  if (urls.length > 1 && urls.length !== issuers.length) {
    faults.push(
      `PATCHBAY_JWKS_URL has ${urls.length} URLs, and PATCHBAY_JWT_ISSUER has ${issuers.length}. Name one URL for each issuer, in the same order, or one URL for all.`,
    )
  }
  if (new Set(former).size < former.length) faults.push('PATCHBAY_JWT_FORMER_ISSUERS names an issuer twice.')
  const [main] = issuers
  if (former.length > 0 && main === undefined) {
    faults.push('PATCHBAY_JWT_FORMER_ISSUERS only works together with PATCHBAY_JWT_ISSUER. Set both.')
  }
  if (main !== undefined && former.includes(main)) {
    faults.push('PATCHBAY_JWT_FORMER_ISSUERS must not contain the first issuer of PATCHBAY_JWT_ISSUER.')
  }
  return faults
}

function modeFaults(env: Variables): string[] {
  const faults: string[] = []
  if (busOf(env) && env.DATABASE_URL === undefined) {
    faults.push(
      'REDIS_URL connects several instances, but the embedded database supports only one process. Set DATABASE_URL too, or unset REDIS_URL.',
    )
  }
  if (env.PATCHBAY_DRAIN_SPREAD !== undefined && env.PATCHBAY_DRAIN_SPREAD > env.PATCHBAY_DRAIN_DEADLINE) {
    faults.push('PATCHBAY_DRAIN_SPREAD must not be longer than PATCHBAY_DRAIN_DEADLINE.')
  }
  return faults
}

function pageFaults(env: Variables, development: boolean): string[] {
  const faults: string[] = []
  const ancestors = env.PATCHBAY_WIZARD_FRAME_ANCESTORS
  if (env.PATCHBAY_WIZARD_SIGN_IN_URL !== undefined && env.PATCHBAY_WIZARD_TOKEN_URL === undefined) {
    faults.push('PATCHBAY_WIZARD_SIGN_IN_URL only works together with PATCHBAY_WIZARD_TOKEN_URL. Set both.')
  }
  if (ancestors.length > 0 && env.PATCHBAY_WIZARD_TOKEN_URL === undefined && !development) {
    faults.push('PATCHBAY_WIZARD_FRAME_ANCESTORS only works together with PATCHBAY_WIZARD_TOKEN_URL. Set both.')
  }
  const publicUrl = env.PATCHBAY_PUBLIC_URL ?? 'http://localhost'
  for (const [index, ancestor] of ancestors.entries()) {
    if (mayShareSite(ancestor, publicUrl)) continue
    faults.push(
      `${entryOf('PATCHBAY_WIZARD_FRAME_ANCESTORS', index, ancestor)} is on another site than PATCHBAY_PUBLIC_URL, where browsers keep cookies from a frame, so no one could sign in or connect an app. Use the same scheme and names under one domain, such as https://app.example.com and https://connect.example.com, or link to the wizard instead.`,
    )
  }
  if (env.PATCHBAY_BRAND_LOGO_DARK !== undefined && env.PATCHBAY_BRAND_LOGO === undefined) {
    faults.push('PATCHBAY_BRAND_LOGO_DARK only works together with PATCHBAY_BRAND_LOGO. Set both.')
  }
  return faults
}

function faultsIn(mode: NonNullable<Variables['PATCHBAY_ENV']>, env: Variables, loopback: boolean): string[] {
  switch (mode) {
    case 'development':
      return [...developmentFaults(loopback), ...onlyInStaging(env)]
    case 'staging':
      return [...sharedHostFaults(env), ...stagingFaults(env)]
    case 'production':
      return [...sharedHostFaults(env), ...hostTokenFaults(env), ...onlyInStaging(env)]
  }
}

function developmentFaults(loopback: boolean): string[] {
  if (loopback) return []
  return [
    'PATCHBAY_ENV=development gives tokens to anyone, so PATCHBAY_HOST and PATCHBAY_PUBLIC_URL must be loopback addresses (127.0.0.1, localhost). To serve other machines, set PATCHBAY_ENV=production, or PATCHBAY_ENV=staging for the sandbox behind a password.',
  ]
}

/** What a host that others reach needs, in production and in staging. */
function sharedHostFaults(env: Variables): string[] {
  const faults: string[] = []
  if (env.PATCHBAY_PUBLIC_URL === undefined)
    faults.push(
      'PATCHBAY_PUBLIC_URL is required: the origin under which browsers reach Patchbay, such as https://connect.example.com.',
    )
  else if (!isSecure(env.PATCHBAY_PUBLIC_URL)) {
    faults.push(
      'PATCHBAY_PUBLIC_URL must be https, or http on this machine. Browsers send cookies and codes over it. Let a proxy in front of Patchbay serve https.',
    )
  }
  if (env.PATCHBAY_KEYS === undefined)
    faults.push('PATCHBAY_KEYS is required: at least one 256-bit key. Create one with openssl rand -base64 32')
  return faults
}

function hostTokenFaults(env: Variables): string[] {
  const faults: string[] = []
  if (!verifiesHostTokens(env)) {
    faults.push('PATCHBAY_JWKS_URL or PATCHBAY_JWT_SECRET is required to verify your application’s tokens.')
  }
  if (env.PATCHBAY_JWT_ISSUER.length === 0)
    faults.push('PATCHBAY_JWT_ISSUER is required: the iss claim of your application’s tokens.')
  if (env.PATCHBAY_JWT_AUDIENCE === undefined)
    faults.push('PATCHBAY_JWT_AUDIENCE is required: the aud claim of your application’s tokens.')
  return faults
}

function verifiesHostTokens(env: Variables): boolean {
  return env.PATCHBAY_JWT_SECRET !== undefined || env.PATCHBAY_JWKS_URL.length > 0
}

/** Staging is never without protection, and no one has to guess which one counts. */
function stagingFaults(env: Variables): string[] {
  const hasPassword = env.PATCHBAY_STAGING_PASSWORD !== undefined
  return [...protectionFaults(env, hasPassword), ...sandboxFaults(env, hasPassword)]
}

function protectionFaults(env: Variables, hasPassword: boolean): string[] {
  const hasTokens = verifiesHostTokens(env)
  if (!hasPassword && !hasTokens) {
    return [
      'PATCHBAY_ENV=staging gives tokens of demo people to anyone who gets in, so set PATCHBAY_STAGING_PASSWORD. Or set PATCHBAY_JWKS_URL or PATCHBAY_JWT_SECRET, and only your application’s users get in, without demo people.',
    ]
  }
  if (!hasPassword) return hostTokenFaults(env)
  const faults: string[] = []
  if (hasTokens) {
    faults.push(
      'PATCHBAY_STAGING_PASSWORD has demo people behind it, and PATCHBAY_JWKS_URL and PATCHBAY_JWT_SECRET are for your own users. Unset the one that you don’t use.',
    )
  }
  if (env.PATCHBAY_WIZARD_TOKEN_URL !== undefined) {
    faults.push('PATCHBAY_WIZARD_TOKEN_URL doesn’t work together with PATCHBAY_STAGING_PASSWORD. Unset one of them.')
  }
  return faults
}

function sandboxFaults(env: Variables, hasPassword: boolean): string[] {
  const { PATCHBAY_SANDBOX_URL: url, PATCHBAY_SANDBOX: sandbox, PATCHBAY_PUBLIC_URL: publicUrl } = env
  if (url === undefined) {
    if (sandbox === 'off') return []
    return [
      'PATCHBAY_SANDBOX_URL is required: the origin under which browsers reach the sandbox, such as https://sandbox.example.com. To have none, set PATCHBAY_SANDBOX=off.',
    ]
  }
  const faults: string[] = []
  if (!isSecure(url)) faults.push('PATCHBAY_SANDBOX_URL must be https, or http on this machine.')
  if (url === publicUrl)
    faults.push('PATCHBAY_SANDBOX_URL must have another host name or port than PATCHBAY_PUBLIC_URL.')
  if (publicUrl?.startsWith('https:') && url.startsWith('http:')) {
    faults.push('PATCHBAY_SANDBOX_URL must be https like PATCHBAY_PUBLIC_URL.')
  }
  if (!hasPassword && env.PATCHBAY_WIZARD_TOKEN_URL === undefined) {
    faults.push(
      'PATCHBAY_WIZARD_TOKEN_URL is required: without a password, the sandbox asks it who is signed in to your application. To have no sandbox, unset PATCHBAY_SANDBOX_URL and set PATCHBAY_SANDBOX=off.',
    )
  }
  return faults
}

function onlyInStaging(env: Variables): string[] {
  return (['PATCHBAY_STAGING_PASSWORD', 'PATCHBAY_SANDBOX_URL'] as const)
    .filter((name) => env[name] !== undefined)
    .map((name) => `${name} only works with PATCHBAY_ENV=staging. Set both, or unset it.`)
}

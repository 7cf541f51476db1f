import * as z from 'zod'
import { HttpUrlSchema, ScopeSchema, SlugSchema } from '../catalogue/field-schemas.js'
import { type Provider, ProviderSchema, type Providers, ScopeDescriptionsSchema } from '../catalogue/provider.js'
import { raiseCatalogueRevision } from '../change/revision.js'
import { credentialsBinding } from '../credential/client-credentials.js'
import type { Deps } from '../deps.js'
import { InvalidInputError } from '../errors.js'
import { type Discover, DiscoveryError } from '../ports/discovery.js'
import type { ClientCredentials } from '../ports/oauth-client.js'
import type { Telemetry } from '../ports/telemetry.js'
import { checkedCredentials } from './check-credentials.js'
import { faultsOf, readable, refuseUnstorable } from './input-document.js'
import { type ConnectorFacts, type IssuerSettings, refuseFromFile, storeConnector } from './store-connector.js'

/** What an operator overrides in an issuer's metadata. It has no defaults, because they would override everything. */
export const SettingsSchema = z.strictObject(
  Object.fromEntries(
    Object.entries(ProviderSchema.shape).map(([name, type]) => [
      name,
      z.optional(type instanceof z.ZodDefault ? type.unwrap() : type),
    ]),
  ),
)

const ConnectorSchema = z.strictObject({
  slug: SlugSchema,
  name: z.string().trim().min(1).max(100),
  iconUrl: HttpUrlSchema.nullish(),
  signInUrl: HttpUrlSchema.nullish(),
  defaultScopes: z.array(ScopeSchema).nullish(),
  scopeDescriptions: ScopeDescriptionsSchema.nullish(),
  /** One of three: a provider of the catalogue, an OpenID Connect issuer to discover, or OAuth 2.0 endpoints. */
  provider: z.string().nullish(),
  openIdConnect: z.strictObject({ issuer: HttpUrlSchema, settings: SettingsSchema.nullish() }).nullish(),
  oauth2: ProviderSchema.nullish(),
  /** If omitted, an existing connector keeps its credentials, and a new one is listed as unavailable. */
  credentials: z.strictObject({ clientId: z.string().min(1), clientSecret: z.string().min(1).nullish() }).nullish(),
})

export interface ConfigureDeps extends Pick<Deps, 'db' | 'notifier' | 'vault'> {
  providers: Providers
  discover: Discover
  /** Left out by the command line, which prints what went wrong. */
  discoveryFailed?: Telemetry['discoveryFailed']
  /** Whether a provider's endpoints may be on this machine or use plain http. Only in development. */
  allowPrivate: boolean
}

type ProviderDeps = Pick<ConfigureDeps, 'providers' | 'discover' | 'discoveryFailed' | 'allowPrivate'>

/** A connector that can be stored. */
export interface PreparedConnector {
  slug: string
  facts: ConnectorFacts
  /** Null if the input has none. */
  credentials: ClientCredentials | null
}

/**
 * Creates or changes a connector. An existing connector keeps the credentials that are omitted.
 * @returns the connector's slug
 * @throws InvalidInputError with the faults and their paths; nothing is stored then
 * @throws ConnectorFromFileError if the file in PATCHBAY_CONNECTORS describes it
 */
export async function configureConnector(deps: ConfigureDeps, input: unknown): Promise<string> {
  const { slug, facts, credentials } = await prepareConnector(deps, input)
  const sealed = credentials && (await deps.vault.seal(JSON.stringify(credentials), credentialsBinding(slug)))
  const revision = await deps.db.$transaction(async (tx) => {
    const { revision } = await raiseCatalogueRevision(tx, { connectorSlug: slug })
    await refuseFromFile(tx, slug)
    await storeConnector(tx, slug, { facts, sealed, fromFile: false })
    return revision
  })
  deps.notifier.notifyCatalogue(revision)
  return slug
}

/**
 * Reads a connector, and its issuer's metadata if it has one. Stores nothing.
 * @throws InvalidInputError with the faults and their paths
 */
export async function prepareConnector(deps: ProviderDeps, input: unknown): Promise<PreparedConnector> {
  refuseUnstorable('connector', input)
  const result = ConnectorSchema.safeParse(input)
  if (!result.success) throw new InvalidInputError('connector', readable(faultsOf(result.error)))
  const { slug, name, iconUrl, signInUrl, defaultScopes, scopeDescriptions, openIdConnect, credentials } = result.data
  const provider = await providerOf(deps, result.data)
  const facts = {
    name,
    iconUrl: iconUrl ?? null,
    signInUrl: signInUrl ?? null,
    defaultScopes: defaultScopes ?? [],
    scopeDescriptions: scopeDescriptions ?? null,
    provider: provider.slug,
    providerSettings: provider.settings,
    issuerSettings: openIdConnect ? { issuer: openIdConnect.issuer, settings: openIdConnect.settings ?? {} } : null,
  }
  const suits = provider.settings ?? provider.catalogued
  return { slug, facts, credentials: credentials ? checkedCredentials(credentials, suits) : null }
}

/**
 * Reads an issuer's metadata again.
 * @returns the settings that the connector would have if it were configured now
 * @throws InvalidInputError if the metadata can't be read or used
 */
export function rediscovered(
  deps: Omit<ProviderDeps, 'providers' | 'discoveryFailed'>,
  { issuer, settings }: IssuerSettings,
): Promise<Provider> {
  return discovered(deps, '', { issuer, settings: SettingsSchema.parse(settings) })
}

async function providerOf(
  deps: ProviderDeps,
  input: z.output<typeof ConnectorSchema>,
): Promise<{ slug: string } & ({ settings: Provider } | { settings: null; catalogued: Provider })> {
  const given = (['provider', 'openIdConnect', 'oauth2'] as const).filter((key) => input[key] != null)
  if (given.length !== 1) {
    const message = 'pass exactly one of provider, openIdConnect and oauth2'
    throw new InvalidInputError('connector', [{ path: given[1] ?? 'provider', message }])
  }
  if (input.provider != null) {
    const catalogued = deps.providers.get(input.provider)
    if (catalogued) return { slug: input.provider, settings: null, catalogued }
    const message = `the catalogue has no provider ${input.provider}. Choose one of ${[...deps.providers.keys()].join(', ')}`
    throw new InvalidInputError('connector', [{ path: 'provider', message }])
  }
  if (input.oauth2 != null) return { slug: 'oauth2', settings: checkedEndpoints(deps, input.oauth2, 'oauth2') }
  return { slug: 'openid-connect', settings: await discovered(deps, input.slug, input.openIdConnect) }
}

async function discovered(
  deps: Omit<ProviderDeps, 'providers'>,
  slug: string,
  described: z.output<typeof ConnectorSchema>['openIdConnect'],
): Promise<Provider> {
  const issuer = described?.issuer ?? ''
  try {
    const { issuerTemplate } = ProviderSchema.pick({ issuerTemplate: true }).parse({
      issuerTemplate: described?.settings?.issuerTemplate,
    })
    const metadata = await deps.discover(issuer, { issuerTemplate })
    return checkedEndpoints(deps, ProviderSchema.parse({ ...metadata, ...described?.settings }), 'openIdConnect.issuer')
  } catch (error) {
    if (error instanceof DiscoveryError) {
      deps.discoveryFailed?.(slug, error.failure)
      throw new InvalidInputError('connector', [{ path: 'openIdConnect.issuer', message: error.message }])
    }
    if (error instanceof z.ZodError) {
      const message = `its metadata can’t be used: ${faultsOf(error)
        .map((fault) => `${fault.path} ${fault.message}`)
        .join('; ')}`
      throw new InvalidInputError('connector', [{ path: 'openIdConnect.issuer', message }])
    }
    throw error
  }
}

/** Client secrets and tokens are sent to these addresses, so they need https, except on the developer's own machine. */
function checkedEndpoints(
  { allowPrivate }: Pick<ProviderDeps, 'allowPrivate'>,
  provider: Provider,
  path: string,
): Provider {
  if (allowPrivate) return provider
  const { authorizationUrl, tokenUrl, revocationUrl, identity, lookup } = provider
  const urls = {
    authorizationUrl,
    tokenUrl,
    revocationUrl,
    'tokenRequest.refreshUrl': provider.tokenRequest.refreshUrl,
    'identity.url': identity?.url,
    'lookup.url': lookup?.url,
  }
  const plain = Object.entries(urls).flatMap(([key, url]) => (url == null || url.startsWith('https:') ? [] : [key]))
  if (plain.length === 0) return provider
  throw new InvalidInputError(
    'connector',
    plain.map((key) => ({ path: `${path}.${key}`, message: 'must be https' })),
  )
}

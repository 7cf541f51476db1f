import * as z from 'zod'
import { HttpUrlSchema, ScopeSchema, SlugSchema, TemplateUrlSchema } from '../catalogue/field-schemas.js'
import {
  endpointUrls,
  type Provider,
  ProviderSchema,
  type Providers,
  ScopeDescriptionsSchema,
} from '../catalogue/provider.js'
import { overridden, type ProviderOverrides } from '../catalogue/provider-overrides.js'
import { filledUrl } from '../catalogue/url-template.js'
import { raiseCatalogueRevision } from '../change/revision.js'
import { credentialsBinding } from '../credential/client-credentials.js'
import type { Deps } from '../deps.js'
import { InvalidInputError } from '../errors.js'
import { globalId } from '../global-id.js'
import { takeEffect } from '../idempotency/keyed-operation.js'
import { readable, readInput, suggestion } from '../input-faults.js'
import { type Discover, DiscoveryError } from '../ports/discovery.js'
import type { ClientCredentials } from '../ports/oauth-client.js'
import type { Telemetry } from '../ports/telemetry.js'
import { checkedCredentials } from './check-credentials.js'
import { operatorValues, variableFaults } from './check-variables.js'
import { refuseUnstorable } from './input-document.js'
import { type ConnectorFacts, type IssuerSettings, refuseFromFile, storeConnector } from './store-connector.js'
import { DependentUrlError, templatedMetadata } from './templated-metadata.js'

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
  /** With `provider`: the values of the variables that operators give. */
  variables: z.record(z.string(), z.string()).nullish(),
  /** With `provider`: what differs from the catalogue. Checked after merging, because defaults would override it. */
  settings: z.record(z.string(), z.unknown()).nullish(),
  openIdConnect: z
    .strictObject({
      issuer: TemplateUrlSchema,
      /** One customer's values of the variables, whose metadata is read. */
      variables: z.record(z.string(), z.string()).nullish(),
      settings: SettingsSchema.nullish(),
    })
    .nullish(),
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
  /** Returns whether a host is a numeric address that no request may reach. Names are judged in use. */
  refusesAddress(hostname: string): boolean
}

const REFUSED_ADDRESS =
  'has an address that isn’t allowed. If it’s in your own network, allow that in PATCHBAY_PRIVATE_NETWORKS. Nothing allows loopback, link-local and cloud metadata addresses'

type ProviderDeps = Pick<
  ConfigureDeps,
  'providers' | 'discover' | 'discoveryFailed' | 'allowPrivate' | 'refusesAddress'
>

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
    await takeEffect(tx, 'configureConnector', globalId('Connector', slug))
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
  const result = readInput(ConnectorSchema, input)
  if (result.faults) throw new InvalidInputError('connector', readable(result.faults))
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
    issuerSettings: openIdConnect ? issuerSettingsOf(openIdConnect) : null,
    providerOverrides: provider.overrides,
  }
  return { slug, facts, credentials: credentials ? checkedCredentials(credentials, provider.effective) : null }
}

function issuerSettingsOf({ issuer, variables, settings }: DescribedIssuer): IssuerSettings {
  return { issuer, ...(variables && { variables }), settings: settings ?? {} }
}

/**
 * Reads an issuer's metadata again.
 * @returns the settings that the connector would have if it were configured now
 * @throws InvalidInputError if the metadata can't be read or used
 */
export function rediscovered(
  deps: Omit<ProviderDeps, 'providers' | 'discoveryFailed'>,
  { settings, ...described }: IssuerSettings,
): Promise<Provider> {
  return discovered(deps, '', { ...described, settings: SettingsSchema.parse(settings) })
}

interface DescribedProvider {
  slug: string
  /** What is stored: null for a provider of the catalogue. */
  settings: Provider | null
  overrides: ProviderOverrides | null
  /** What applies. */
  effective: Provider
}

async function providerOf(deps: ProviderDeps, input: z.output<typeof ConnectorSchema>): Promise<DescribedProvider> {
  const given = (['provider', 'openIdConnect', 'oauth2'] as const).filter((key) => input[key] != null)
  if (given.length !== 1) {
    const message = 'pass exactly one of provider, openIdConnect and oauth2'
    throw new InvalidInputError('connector', [{ path: given[1] ?? 'provider', message }])
  }
  if (input.provider != null) return cataloguedProvider(deps, input.provider, input)
  const misplaced = (['variables', 'settings'] as const).filter((key) => input[key] != null)
  if (misplaced.length > 0) {
    const message = 'goes with a provider of the catalogue. Write it into openIdConnect or oauth2'
    throw new InvalidInputError(
      'connector',
      misplaced.map((path) => ({ path, message })),
    )
  }
  const described = (slug: string, settings: Provider) => ({ slug, settings, overrides: null, effective: settings })
  if (input.oauth2 != null) return described('oauth2', checkedEndpoints(deps, input.oauth2, 'oauth2'))
  return described('openid-connect', await discovered(deps, input.slug, input.openIdConnect ?? { issuer: '' }))
}

function cataloguedProvider(
  deps: ProviderDeps,
  slug: string,
  { variables, settings }: Pick<z.output<typeof ConnectorSchema>, 'variables' | 'settings'>,
): DescribedProvider {
  const catalogued = deps.providers.get(slug)
  if (!catalogued) {
    const meant = suggestion(slug, deps.providers.slugs())
    const message = `the catalogue has no provider ${slug}${meant || '.'} docs/providers.md lists all of them`
    throw new InvalidInputError('connector', [{ path: 'provider', message }])
  }
  const overrides = {
    variables: operatorValues(catalogued, deps.providers.operatorVariables(slug), variables ?? {}),
    settings: settings ?? {},
  }
  const isAsItIs = Object.values(overrides).every((group) => Object.keys(group).length === 0)
  if (isAsItIs) return { slug, settings: null, overrides: null, effective: catalogued }
  const effective = checkedEndpoints(deps, overridden(catalogued, overrides), 'settings')
  return { slug, settings: null, overrides, effective }
}

type DescribedIssuer = NonNullable<z.output<typeof ConnectorSchema>['openIdConnect']>

async function discovered(
  deps: Omit<ProviderDeps, 'providers'>,
  slug: string,
  { issuer: template, variables, settings }: DescribedIssuer,
): Promise<Provider> {
  const refusal = (message: string) => new InvalidInputError('connector', [{ path: 'openIdConnect.issuer', message }])
  try {
    const { issuerTemplate } = ProviderSchema.pick({ issuerTemplate: true }).parse({
      issuerTemplate: settings?.issuerTemplate,
    })
    const issuer = filledUrl(template, variables ?? {})
    if (issuer === null) {
      const message = `must have the values of one customer for ${template}, so that Patchbay can read its metadata`
      throw new InvalidInputError('connector', [{ path: 'openIdConnect.variables', message }])
    }
    const metadata = templatedMetadata(await deps.discover(issuer, { issuerTemplate }), template, variables ?? {})
    const result = readInput(ProviderSchema, { ...metadata, ...settings })
    if (result.faults) {
      const faults = result.faults.map(({ path, message }) => `${path} ${message}`)
      throw refusal(`its metadata can’t be used: ${faults.join('; ')}`)
    }
    return checkedEndpoints(deps, result.data, 'openIdConnect.issuer')
  } catch (error) {
    if (error instanceof DiscoveryError) {
      deps.discoveryFailed?.(slug, error.failure)
      throw refusal(error.message)
    }
    if (error instanceof DependentUrlError) throw refusal(`its metadata can’t be used: ${error.message}`)
    throw error
  }
}

/**
 * Client secrets and tokens are sent to these addresses, so they need https, except on the developer's own machine. Those
 * that no request may reach are refused here already, if they are numeric.
 * @throws InvalidInputError also for variables that can't be used
 */
function checkedEndpoints(
  { allowPrivate, refusesAddress }: Pick<ProviderDeps, 'allowPrivate' | 'refusesAddress'>,
  provider: Provider,
  path: string,
): Provider {
  const endpoints = endpointUrls(provider)
  const plain = allowPrivate ? [] : endpoints.filter(({ url }) => !url.startsWith('https:'))
  // Only browsers open the consent screen.
  const asked = endpoints.filter(({ setting }) => setting !== 'authorizationUrl')
  const refused = asked.filter(({ url }) => refusesAddress(new URL(url).hostname))
  const faults = [
    ...variableFaults(provider, path === 'openIdConnect.issuer' ? 'openIdConnect.settings' : path),
    ...plain.map(({ setting }) => ({ path: `${path}.${setting}`, message: 'must be https' })),
    ...refused.map(({ setting }) => ({ path: `${path}.${setting}`, message: REFUSED_ADDRESS })),
  ]
  if (faults.length > 0) throw new InvalidInputError('connector', faults)
  return provider
}

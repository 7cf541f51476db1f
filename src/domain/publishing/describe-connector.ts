import { isDeepStrictEqual } from 'node:util'
import { IdentitySchema, LookupSchema, MetadataValueSchema } from '../catalogue/account-schemas.js'
import { type Provider, ProviderSchema, type Providers } from '../catalogue/provider.js'
import { variablesIn } from '../catalogue/url-template.js'
import { VariableSchema } from '../catalogue/variables.js'
import type { StoredConnector } from './stored-connector.js'

/**
 * Returns a connector as operators write it, without credentials. Members that have their default are left out.
 *
 * A connector with an issuer that an earlier version stored has all of its settings, because what the operator wrote
 * isn't known.
 */
export function describeConnector({ slug, facts }: StoredConnector): Record<string, unknown> {
  const { name, iconUrl, signInUrl, defaultScopes, scopeDescriptions } = facts
  return {
    slug,
    name,
    ...(iconUrl !== null && { iconUrl }),
    ...(signInUrl !== null && { signInUrl }),
    ...(defaultScopes.length > 0 && { defaultScopes }),
    ...(scopeDescriptions !== null && { scopeDescriptions }),
    ...describeProvider(facts),
  }
}

function describeProvider({ provider, providerSettings, issuerSettings, providerOverrides }: StoredConnector['facts']) {
  if (!providerSettings) {
    const { variables = {}, settings = {} } = providerOverrides ?? {}
    return {
      provider,
      ...(Object.keys(variables).length > 0 && { variables }),
      ...(Object.keys(settings).length > 0 && { settings }),
    }
  }
  if (issuerSettings) {
    const { issuer, variables, settings } = issuerSettings
    return {
      openIdConnect: { issuer, ...(variables && { variables }), ...(Object.keys(settings).length > 0 && { settings }) },
    }
  }
  if (provider === 'openid-connect' && providerSettings.issuer) {
    return { openIdConnect: { issuer: providerSettings.issuer, settings: providerSettings } }
  }
  return { oauth2: describeSettings(providerSettings) }
}

/** Returns settings without defaults, including those inside of settings that have none themselves. */
export function describeSettings({
  identity,
  lookup,
  metadata,
  variables,
  ...settings
}: Provider): Record<string, unknown> {
  return {
    ...withoutDefaults(settings, PROVIDER_DEFAULTS),
    ...(identity && { identity: withoutDefaults(identity, IDENTITY_DEFAULTS) }),
    ...(lookup && { lookup: withoutDefaults(lookup, LOOKUP_DEFAULTS) }),
    ...(Object.keys(metadata).length > 0 && {
      metadata: Object.fromEntries(
        Object.entries(metadata).map(([name, value]) => [name, withoutDefaults(value, VALUE_DEFAULTS)]),
      ),
    }),
    ...(variables.length > 0 && {
      variables: variables.map((variable) => withoutDefaults(variable, VARIABLE_DEFAULTS)),
    }),
  }
}

/** Every setting's default. The two that are required have none. */
const PROVIDER_DEFAULTS: Record<string, unknown> = ProviderSchema.partial({
  authorizationUrl: true,
  tokenUrl: true,
}).parse({})
const { idPath: _path, ...IDENTITY_DEFAULTS } = IdentitySchema.parse({ idPath: 'id' })
const { url: _url, ...LOOKUP_DEFAULTS } = LookupSchema.parse({ url: 'https://app.example' })
const VALUE_DEFAULTS = MetadataValueSchema.partial({ from: true, path: true }).parse({})
const VARIABLE_DEFAULTS = VariableSchema.partial({ name: true, label: true, placeholder: true }).parse({})

function withoutDefaults(value: object, defaults: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => {
      const usual = Reflect.get(defaults, name)
      if (isDeepStrictEqual(member, usual)) return []
      return [[name, isGroup(usual) && isGroup(member) ? withoutDefaults(member, usual) : member]]
    }),
  )
}

/** Settings that have defaults themselves. A table of names has none. */
function isGroup(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
}

/** Where a setting's value comes from. */
export type SettingSource = 'catalogue' | 'metadata' | 'configured' | 'default'

export interface Setting {
  name: string
  value: unknown
  source: SettingSource
  /** If only a part of it is configured: which members, or the operator's variables in it. The catalogue has the rest. */
  parts?: string[]
}

/** Returns the provider's settings that apply, and where each comes from. */
export function effectiveSettings({ facts, connector }: StoredConnector, providers: Providers): Setting[] {
  const { providerSettings, issuerSettings, providerOverrides } = facts
  const catalogued = providerSettings ? undefined : providers.get(facts.provider)
  const described = (issuerSettings ?? providerOverrides)?.settings ?? {}
  const source = (name: string, value: unknown): Pick<Setting, 'source' | 'parts'> => {
    const before: unknown = catalogued && Reflect.get(catalogued, name)
    const parts = [
      ...(Object.hasOwn(described, name) ? partsOf(before, described[name], '') : []),
      ...variablesWithin(before).filter((variable) => Object.hasOwn(providerOverrides?.variables ?? {}, variable)),
    ]
    const isWhole = Object.hasOwn(described, name) && parts.length === 0
    if (isWhole) return { source: 'configured' }
    if (parts.length > 0) return { source: 'configured', parts: [...new Set(parts)] }
    if (isDeepStrictEqual(value, PROVIDER_DEFAULTS[name])) return { source: 'default' }
    if (!providerSettings) return { source: 'catalogue' }
    return { source: facts.provider === 'openid-connect' ? 'metadata' : 'configured' }
  }
  return Object.entries(connector.provider)
    .filter(([name]) => Object.hasOwn(ProviderSchema.shape, name))
    .map(([name, value]) => ({ name, value, ...source(name, value) }))
}

/** Returns the members that are merged into a setting of the catalogue, or none if they replace it. */
function partsOf(before: unknown, change: unknown, path: string): string[] {
  if (!isGroup(before) || !isGroup(change)) return path === '' ? [] : [path]
  return Object.entries(change).flatMap(([name, member]) =>
    partsOf(Reflect.get(before, name), member, path === '' ? name : `${path}.${name}`),
  )
}

function variablesWithin(value: unknown): string[] {
  if (typeof value === 'string') return variablesIn(value)
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(variablesWithin) : []
}

import * as z from 'zod'
import { InvalidInputError } from '../errors.js'
import { readable, readInput } from '../input-faults.js'
import { endpointUrls, type Provider, ProviderSchema } from './provider.js'
import { withExpected, withUrls } from './provider-urls.js'
import { filledUrl, type VariableValues, variablesIn } from './url-template.js'

/** What an operator says about a provider of the catalogue, in one connector. */
export const ProviderOverridesSchema = z.strictObject({
  /** The values of the variables that operators give, by name. */
  variables: z.record(z.string(), z.string()).default({}),
  /** Settings that differ from the catalogue's. */
  settings: z.record(z.string(), z.unknown()).default({}),
})
export type ProviderOverrides = z.infer<typeof ProviderOverridesSchema>

/**
 * Returns the same for a connector that is stored already, or null if the overrides no longer fit, because a later
 * version of the provider has other settings or other variables.
 */
export function stillOverridden(provider: Provider, overrides: unknown): Provider | null {
  const parsed = ProviderOverridesSchema.safeParse(overrides)
  const result = parsed.success
    ? ProviderSchema.safeParse(merged(withOperatorValues(provider, parsed.data.variables), parsed.data.settings))
    : parsed
  if (!result.success) return null
  const effective = result.data as Provider
  const declared = new Set(effective.variables.map(({ name }) => name))
  return endpointUrls(effective).every(({ url }) => variablesIn(url).every((name) => declared.has(name)))
    ? effective
    : null
}

/**
 * Returns a provider of the catalogue as one connector uses it. Settings that are objects, such as
 * `authorizationParameters`, are merged member by member, and others are replaced.
 * @throws InvalidInputError if the settings don't fit the provider
 */
export function overridden(provider: Provider, { variables, settings }: ProviderOverrides): Provider {
  const { data, faults = [] } = readInput(ProviderSchema, merged(withOperatorValues(provider, variables), settings))
  if (data) return data
  const placed = faults.map(({ path, message }) => ({ path: `settings.${path}`, message }))
  throw new InvalidInputError('connector', readable(placed))
}

function withOperatorValues(provider: Provider, values: VariableValues): Provider {
  const filled = (url: string) => {
    const isOperators = variablesIn(url).some((name) => Object.hasOwn(values, name))
    return isOperators ? (filledUrl(url, values) ?? url) : url
  }
  const { api } = provider
  const withBaseUrl = { ...withUrls(provider, filled), api: { ...api, baseUrl: api.baseUrl && filled(api.baseUrl) } }
  return withExpected(withBaseUrl, values)
}

function merged(before: object, changes: object): object {
  const members = Object.entries(changes).map(([name, change]) => {
    const old: unknown = Object.hasOwn(before, name) ? Reflect.get(before, name) : undefined
    return [name, isGroup(old) && isGroup(change) ? merged(old, change) : change]
  })
  return { ...before, ...Object.fromEntries(members) }
}

function isGroup(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

import { endpointUrls, type Provider } from './provider.js'
import { filledText, filledUrl, surroundingsOf, type VariableValues, variablesIn } from './url-template.js'
import { matchesPattern, type Variable } from './variables.js'

/** Returns the provider with other URLs, including those that only identify it. */
export function withUrls(provider: Provider, change: (url: string) => string): Provider {
  const { revocationUrl, issuer, assertionAudience, tokenRequest, longLivedToken, identity, lookup } = provider
  const changed = (url: string | null) => (url === null ? null : change(url))
  return {
    ...provider,
    authorizationUrl: change(provider.authorizationUrl),
    tokenUrl: change(provider.tokenUrl),
    revocationUrl: changed(revocationUrl),
    issuer: changed(issuer),
    assertionAudience: changed(assertionAudience),
    tokenRequest: { ...tokenRequest, refreshUrl: changed(tokenRequest.refreshUrl) },
    longLivedToken: longLivedToken && {
      exchange: { ...longLivedToken.exchange, url: change(longLivedToken.exchange.url) },
      refresh: { ...longLivedToken.refresh, url: change(longLivedToken.refresh.url) },
    },
    identity: identity && { ...identity, url: changed(identity.url) },
    lookup: lookup && { ...lookup, url: change(lookup.url) },
  }
}

/**
 * Returns the provider as it is for one customer, or null if a value is missing, doesn't match its variable's pattern, or
 * would lead elsewhere.
 */
export function providerWith(provider: Provider, values: VariableValues): Provider | null {
  if (provider.variables.length === 0) return provider
  const isValid = (variable: Variable) =>
    Object.hasOwn(values, variable.name) && matchesPattern(variable, values[variable.name] ?? '')
  if (!provider.variables.every(isValid)) return null
  let isFilled = true
  const filled = withUrls(provider, (url) => {
    const fits = filledUrl(url, values)
    if (fits === null) isFilled = false
    return fits ?? url
  })
  return isFilled ? withExpected(filled, values) : null
}

/** Returns the provider with these values in what it expects of callbacks. */
export function withExpected(provider: Provider, values: VariableValues): Provider {
  const { callback } = provider
  const expected = Object.entries(callback.expected).map(([name, text]) => [name, filledText(text, values)])
  return { ...provider, callback: { ...callback, expected: Object.fromEntries(expected) } }
}

/** Returns those of the values that the provider's variables have. */
export function valuesOf({ variables }: Pick<Provider, 'variables'>, values: VariableValues): VariableValues {
  return Object.fromEntries(
    variables.flatMap(({ name }) => (Object.hasOwn(values, name) ? [[name, values[name] ?? '']] : [])),
  )
}

/** Returns what is around a variable in the first URL that contains it, or nothing if that has other variables too. */
export function surroundingsIn(provider: Provider, { name }: Variable): { prefix: string; suffix: string } {
  const urls = endpointUrls(provider).map(({ url }) => url)
  const url = urls.find((url) => variablesIn(url).includes(name))
  const around = url ? surroundingsOf(url, name) : { prefix: '', suffix: '' }
  // Their names would mean nothing to a person.
  return around.prefix.includes('{') || around.suffix.includes('{') ? { prefix: '', suffix: '' } : around
}

/**
 * Returns a variable's value from what a person entered. People paste whole addresses, add spaces, and write names of
 * hosts in capitals. Null if it isn't a value of the variable.
 */
export function enteredValue(provider: Provider, variable: Variable, text: string): string | null {
  const entered = text.trim()
  if (!/^[\x21-\x7e]*$/.test(entered)) return null
  const lower = entered.toLowerCase()
  const candidates = [entered, lower, inAddress(provider, variable, lower), inPath(provider, variable, entered)]
  return candidates.find((candidate) => isValueOf(provider, variable, candidate)) ?? null
}

function inAddress(provider: Provider, variable: Variable, text: string): string {
  const { suffix } = surroundingsIn(provider, variable)
  const host = text.replace(/^https?:\/\//, '').replace(/\/.*$/, '')
  return suffix !== '' && host.endsWith(suffix) ? host.slice(0, -suffix.length) : ''
}

function inPath(provider: Provider, variable: Variable, text: string): string {
  const { prefix, suffix } = surroundingsIn(provider, variable)
  const [before, address] = [prefix, text].map((url) => url.replace(/^https?:\/\//i, ''))
  if (suffix !== '' || !before || !address?.toLowerCase().startsWith(before.toLowerCase())) return ''
  return /^[^/?#]*/.exec(address.slice(before.length))?.[0] ?? ''
}

/** Returns whether a value matches the pattern, and changes nothing but its own place in every URL. */
function isValueOf(provider: Provider, variable: Variable, value: string): boolean {
  const others = Object.fromEntries(provider.variables.map(({ name }) => [name, 'x']))
  const urls = ['http://localhost/{value}', ...endpointUrls(provider).map(({ url }) => url)]
  const values = { ...others, value, [variable.name]: value }
  return urls.every((url) => filledUrl(url, values) !== null) && matchesPattern(variable, value)
}

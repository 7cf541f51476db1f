import type { Provider } from './provider.js'

type ScopeData = Pick<Provider, 'scopeAliases' | 'scopeRules'>

/**
 * Returns the scopes that a token response granted, by the names that requirements use.
 * @param reported the response's `scope`. If it is absent, all requested scopes were granted (RFC 6749 §5.1)
 */
export function grantedScopes(
  provider: Provider,
  reported: string | undefined,
  requested: readonly string[],
): string[] {
  if (reported === undefined) return [...requested]
  const asRequested = new Map(requested.map((scope) => [comparable(provider, scope), scope]))
  const granted = reported
    .split(/[\s,]+/)
    .filter((scope) => scope !== '')
    .map((scope) => asRequested.get(comparable(provider, scope)) ?? requestedName(provider, scope))
  const unreported = new Set(provider.unreportedScopes.map((scope) => comparable(provider, scope)))
  const silent = requested.filter((scope) => unreported.has(comparable(provider, scope)))
  return [...new Set([...granted, ...silent])]
}

/** Returns the name that the scope is requested by, given any of its names. */
export function requestedName({ scopeAliases }: Pick<Provider, 'scopeAliases'>, scope: string): string {
  return (Object.hasOwn(scopeAliases, scope) ? scopeAliases[scope] : undefined) ?? scope
}

/** Returns whether two names mean the same scope at this provider. */
export function isSameScope(provider: ScopeData, one: string, other: string): boolean {
  return one === other || comparable(provider, one) === comparable(provider, other)
}

/**
 * Returns the required scopes that weren't granted, in the order of the requirement. A scope is granted under any of its
 * names, and by every scope that contains it.
 */
export function missingScopes(provider: ScopeData, required: readonly string[], granted: readonly string[]): string[] {
  if (required.every((scope) => granted.includes(scope))) return []
  const included = withContained(provider, granted)
  return required.filter((scope) => !included.has(comparable(provider, scope)))
}

/** Returns every scope once, in the order of first mention. */
export function unionOfScopes(...lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())]
}

/** The form in which names of the same scope are equal. Anything but a name of the provider's remains as it is. */
function comparable(provider: ScopeData, scope: string): string {
  const { prefixes, ignoreCase } = provider.scopeRules
  const name = ignoreCase ? requestedName(provider, scope).toLowerCase() : requestedName(provider, scope)
  const prefix = prefixes
    .map((prefix) => (ignoreCase ? prefix.toLowerCase() : prefix))
    .find((prefix) => name.startsWith(prefix) && name.length > prefix.length)
  return prefix === undefined ? name : name.slice(prefix.length)
}

/** Returns the comparable names of scopes and of all that they contain, and so on. */
function withContained(provider: ScopeData, scopes: readonly string[]): Set<string> {
  const contained = new Map<string, readonly string[]>()
  for (const [scope, parts] of Object.entries(provider.scopeRules.implies)) {
    contained.set(comparable(provider, scope), parts)
  }
  const found = new Set<string>()
  const waiting = [...scopes]
  for (let scope = waiting.pop(); scope !== undefined; scope = waiting.pop()) {
    const name = comparable(provider, scope)
    if (found.has(name)) continue
    found.add(name)
    waiting.push(...(contained.get(name) ?? []))
  }
  return found
}

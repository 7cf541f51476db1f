import type { Provider } from './provider.js'

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
  const granted = reported
    .split(/[\s,]+/)
    .filter((scope) => scope !== '')
    .map((scope) => requestedName(provider, scope))
  const silent = requested.filter((scope) => provider.unreportedScopes.includes(scope))
  return [...new Set([...granted, ...silent])]
}

/** Returns the name that the scope is requested by, given any of its names. */
export function requestedName({ scopeAliases }: Pick<Provider, 'scopeAliases'>, scope: string): string {
  return (Object.hasOwn(scopeAliases, scope) ? scopeAliases[scope] : undefined) ?? scope
}

/** Returns the required scopes that weren't granted, in the order of the requirement. */
export function missingScopes(required: readonly string[], granted: readonly string[]): string[] {
  return required.filter((scope) => !granted.includes(scope))
}

/** Returns every scope once, in the order of first mention. */
export function unionOfScopes(...lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())]
}

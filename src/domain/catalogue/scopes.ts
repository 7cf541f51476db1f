import type { Provider } from './provider.js'

/**
 * The scopes a token response granted, in the names the requirements use.
 * @param reported the response's `scope`; absent means as requested (RFC 6749 §5.1)
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

/** The name by which the scope is asked for, whichever of its names is given. */
export function requestedName({ scopeAliases }: Pick<Provider, 'scopeAliases'>, scope: string): string {
  return (Object.hasOwn(scopeAliases, scope) ? scopeAliases[scope] : undefined) ?? scope
}

/** What is required and not granted, in the order of the requirement. */
export function missingScopes(required: readonly string[], granted: readonly string[]): string[] {
  return required.filter((scope) => !granted.includes(scope))
}

/** Every scope once, in the order of first mention. */
export function unionOfScopes(...lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())]
}

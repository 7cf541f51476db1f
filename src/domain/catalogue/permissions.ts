import { IDENTITY_SCOPES } from '../../languages/identity-scopes.js'
import type { Connector } from './catalogue.js'
import { isSameScope, requestedName } from './scopes.js'

/** One scope, and what it means to a person. */
export interface Permission {
  readonly scope: string
  /** Null if no one has described it. */
  readonly description: string | null
}

/** Returns what the scopes mean, in their order. A description of a scope also applies to its other names. */
export function permissionsOf(connector: Connector, scopes: readonly string[]): Permission[] {
  return scopes.map((scope) => ({ scope, description: describe(connector, scope) }))
}

/** The same for granted scopes. Those that only identify the person come last. */
export function grantedPermissions(connector: Connector, scopes: readonly string[]): Permission[] {
  const isIdentity = (scope: string) => Object.hasOwn(IDENTITY_SCOPES, requestedName(connector.provider, scope))
  return permissionsOf(connector, [
    ...scopes.filter((scope) => !isIdentity(scope)),
    ...scopes.filter((scope) => isIdentity(scope)),
  ])
}

function describe({ provider, scopeDescriptions }: Connector, scope: string): string | null {
  const requested = requestedName(provider, scope)
  const aliases = Object.entries(provider.scopeAliases).filter(([, name]) => name === requested)
  const descriptions: readonly Readonly<Record<string, string>>[] = [scopeDescriptions, IDENTITY_SCOPES]
  for (const words of descriptions) {
    const name =
      [scope, requested, ...aliases.map(([alias]) => alias)].find((name) => Object.hasOwn(words, name)) ??
      Object.keys(words).find((name) => isSameScope(provider, name, scope))
    if (name !== undefined) return words[name] ?? null
  }
  return null
}

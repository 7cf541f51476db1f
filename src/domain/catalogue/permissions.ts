import type { Connector } from './catalogue.js'
import { isSameScope, requestedName } from './scopes.js'

/** One scope, and what it means to a person. */
export interface Permission {
  readonly scope: string
  /** Null if no one has described it. */
  readonly description: string | null
}

/** Scopes that let an app see who someone is (OpenID Connect Core 1.0 §5.4, §11). They mean the same everywhere. */
const IDENTITY_SCOPES: Readonly<Record<string, string>> = {
  openid: 'See which account is yours',
  email: 'See your email address',
  profile: 'See your name and picture',
  offline_access: 'Stay connected while you’re away',
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
  for (const words of [scopeDescriptions, IDENTITY_SCOPES]) {
    const name =
      [scope, requested, ...aliases.map(([alias]) => alias)].find((name) => Object.hasOwn(words, name)) ??
      Object.keys(words).find((name) => isSameScope(provider, name, scope))
    if (name !== undefined) return words[name] ?? null
  }
  return null
}

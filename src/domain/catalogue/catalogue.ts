import type { Provider } from './provider.js'

/** What operators publish, at one revision. Immutable: an instance replaces it as a whole. */
export interface Catalogue {
  readonly revision: number
  /** By slug. Includes retired plugins, because their setups and copies remain. */
  readonly plugins: ReadonlyMap<string, Plugin>
  /**
   * By slug, and in the order of their names. Includes removed connectors, because requirements and connections refer to
   * them.
   */
  readonly connectors: ReadonlyMap<string, Connector>
}

/**
 * Everything in the catalogue that can change on its own. What hasn't changed is the same object in the next catalogue,
 * and a plugin has changed if a connector that it requires has.
 */
export function partsOf({ plugins, connectors }: Catalogue): ReadonlySet<object> {
  return new Set<object>([connectors, ...connectors.values(), ...plugins.values()])
}

export interface Plugin {
  readonly slug: string
  readonly name: string
  readonly summary: string
  readonly version: string
  /** Who publishes it, if the manifest says. */
  readonly publisher: string | null
  readonly iconUrl: string | null
  readonly retired: boolean
  /** The skills of the current version, in the manifest's order. */
  readonly skills: readonly Skill[]
  /** Skills of earlier versions that the current one no longer has. */
  readonly formerSkills: readonly Skill[]
  /** In wizard order. */
  readonly requirements: readonly Requirement[]
}

export interface Skill {
  readonly pluginSlug: string
  readonly slug: string
  readonly name: string
  readonly summary: string
  /** Markdown. */
  readonly instructions: string
  /** The plugin's requirements that it uses, each with the skill's own scopes. */
  readonly requirements: readonly Requirement[]
}

export interface Requirement {
  /** Unique in the catalogue: `plugin/connector`, or `plugin/skill/connector` with a skill’s own scopes. */
  readonly key: string
  readonly position: number
  readonly connector: Connector
  readonly scopes: readonly string[]
  readonly reason: string
  readonly optional: boolean
}

export interface Connector {
  readonly slug: string
  readonly name: string
  readonly iconUrl: string | null
  readonly signInUrl: string | null
  readonly defaultScopes: readonly string[]
  /** What scopes mean, in words for a person. The operator’s descriptions take precedence over the provider’s. */
  readonly scopeDescriptions: Readonly<Record<string, string>>
  readonly providerSlug: string
  /**
   * The key for limits and pauses: one for each provider of the catalogue, and one for each that an operator described.
   */
  readonly providerKey: string
  readonly provider: Provider
  /** Whether an operator has configured client credentials. */
  readonly available: boolean
  readonly removed: boolean
}

/** Returns the connectors that are listed. */
export function listedConnectors(catalogue: Catalogue): Connector[] {
  return [...catalogue.connectors.values()].filter((connector) => !connector.removed)
}

/**
 * Returns the plugins that a user can start, sorted by name. With a search, those whose name, summary, slug or
 * connectors contain every word of it.
 */
export function searchPlugins(catalogue: Catalogue, search: string | null | undefined): Plugin[] {
  const words = (search ?? '').toLowerCase().split(/\s+/).filter(Boolean)
  const matches = (plugin: Plugin) => {
    const connectors = plugin.requirements.map((requirement) => requirement.connector.name)
    const text = [plugin.name, plugin.slug, plugin.summary, ...connectors].join('\n').toLowerCase()
    return words.every((word) => text.includes(word))
  }
  return [...catalogue.plugins.values()]
    .filter((plugin) => !plugin.retired && matches(plugin))
    .sort((a, b) => a.name.localeCompare(b.name, 'en') || (a.slug < b.slug ? -1 : 1))
}

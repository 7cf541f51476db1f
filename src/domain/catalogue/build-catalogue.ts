import type { Connector, Plugin, Requirement, Skill } from './catalogue.js'
import type { ConnectorRow, PluginRow, SkillRow } from './catalogue-rows.js'
import { type Provider, ProviderSchema, type Providers, ScopeDescriptionsSchema } from './provider.js'
import { stillOverridden } from './provider-overrides.js'
import { withUrls } from './provider-urls.js'

/** @throws Error if the row names a provider that this version doesn't have */
export function connectorOf(row: ConnectorRow, providers: Providers): Connector {
  const { provider, fits } = providerOf(row, providers)
  return {
    slug: row.slug,
    name: row.name,
    iconUrl: row.iconUrl,
    signInUrl: row.signInUrl ?? provider.signInUrl,
    defaultScopes: row.defaultScopes,
    scopeDescriptions: { ...provider.scopeDescriptions, ...ScopeDescriptionsSchema.parse(row.scopeDescriptions ?? {}) },
    providerSlug: row.provider,
    providerKey: row.providerKey,
    provider,
    available: row.configured && !row.removed && fits,
    removed: row.removed,
  }
}

/** @returns whether it fits too: one connector whose overrides no longer do must not keep all others from loading */
function providerOf(row: ConnectorRow, providers: Providers): { provider: Provider; fits: boolean } {
  if (row.providerSettings !== null) return { provider: ProviderSchema.parse(row.providerSettings), fits: true }
  const catalogued = providers.get(row.provider)
  if (!catalogued) {
    throw new Error(`connector ${row.slug} names provider ${row.provider}, which this version does not have`)
  }
  if (row.providerOverrides === null) return { provider: catalogued, fits: true }
  const provider = stillOverridden(catalogued, row.providerOverrides)
  if (provider) return { provider, fits: true }
  // Where the overrides led isn't known, and the catalogue's own hosts must not get what was meant for others.
  return { provider: { ...withUrls(catalogued, () => 'https://nowhere.invalid/'), tokenServer: null }, fits: false }
}

/** @throws Error if a connector that the plugin requires isn't there */
export function pluginOf(row: PluginRow, connectors: ReadonlyMap<string, Connector>): Plugin {
  const connector = (slug: string) => connectorIn(connectors, slug, row.slug)
  const requirements = row.requirements.map(
    ({ connectorSlug, ...requirement }): Requirement => ({
      key: `${row.slug}/${connectorSlug}`,
      connector: connector(connectorSlug),
      ...requirement,
    }),
  )
  const skillOf = (skill: SkillRow): Skill => ({
    pluginSlug: row.slug,
    slug: skill.slug,
    name: skill.name,
    summary: skill.summary,
    instructions: skill.instructions,
    requirements: skill.requirements
      .map((own): Requirement => {
        const shared = requirements.find((requirement) => requirement.connector.slug === own.connectorSlug)
        const fallback = {
          position: 0,
          connector: connector(own.connectorSlug),
          reason: skill.summary,
          optional: false,
        }
        const key = `${row.slug}/${skill.slug}/${own.connectorSlug}`
        return { ...(shared ?? fallback), key, scopes: own.scopes }
      })
      .sort((a, b) => a.position - b.position),
  })
  return {
    slug: row.slug,
    name: row.name,
    summary: row.summary,
    version: row.version,
    publisher: row.publisher,
    iconUrl: row.iconUrl,
    retired: row.retired,
    skills: row.skills.filter((skill) => !skill.retired).map(skillOf),
    formerSkills: row.skills.filter((skill) => skill.retired).map(skillOf),
    requirements,
  }
}

/** Returns the plugin with the connectors as they are now, and the same object if none of its own has changed. */
export function withConnectors(plugin: Plugin, connectors: ReadonlyMap<string, Connector>): Plugin {
  const lists = [plugin, ...plugin.skills, ...plugin.formerSkills].map(({ requirements }) => requirements)
  const isCurrent = lists.every((list) => list.every(({ connector }) => connectors.get(connector.slug) === connector))
  if (isCurrent) return plugin
  const current = (requirement: Requirement): Requirement => ({
    ...requirement,
    connector: connectorIn(connectors, requirement.connector.slug, plugin.slug),
  })
  const renewed = (skill: Skill): Skill => ({ ...skill, requirements: skill.requirements.map(current) })
  return {
    ...plugin,
    skills: plugin.skills.map(renewed),
    formerSkills: plugin.formerSkills.map(renewed),
    requirements: plugin.requirements.map(current),
  }
}

function connectorIn(connectors: ReadonlyMap<string, Connector>, slug: string, pluginSlug: string): Connector {
  const found = connectors.get(slug)
  if (!found) throw new Error(`plugin ${pluginSlug} requires connector ${slug}, which is not stored`)
  return found
}

import type { Prisma } from '../../generated/prisma/client.js'
import type { Db } from '../db.js'
import type { Catalogue, Connector, Plugin, Requirement } from './catalogue.js'
import { type Provider, ProviderSchema, type Providers, ScopeDescriptionsSchema } from './provider.js'

const MAX_TRIES = 10

const pluginRow = {
  include: {
    skills: { include: { requirements: true }, orderBy: { position: 'asc' } },
    requirements: { orderBy: { position: 'asc' } },
  },
} satisfies Prisma.PluginDefaultArgs
type PluginRow = Prisma.PluginGetPayload<typeof pluginRow>

const connectorRow = {
  include: { credential: { select: { connectorSlug: true } } },
} satisfies Prisma.ConnectorDefaultArgs
type ConnectorRow = Prisma.ConnectorGetPayload<typeof connectorRow>

/**
 * Reads the whole catalogue. Reads it again if an operator committed in between, so that all of it has one revision.
 */
export async function loadCatalogue(db: Db, providers: Providers): Promise<Catalogue> {
  for (let attempt = 1; attempt <= MAX_TRIES; attempt++) {
    const revision = await readCatalogueRevision(db)
    const connectorRows = await db.connector.findMany({ ...connectorRow, orderBy: { name: 'asc' } })
    const pluginRows = await db.plugin.findMany({ ...pluginRow, orderBy: { slug: 'asc' } })
    if ((await readCatalogueRevision(db)) !== revision) continue
    const connectors = new Map(connectorRows.map((row) => [row.slug, connectorOf(row, providers)]))
    const plugins = new Map(pluginRows.map((row) => [row.slug, pluginOf(row, connectors)]))
    return { revision, plugins, connectors }
  }
  throw new Error(`the catalogue changed during each of ${MAX_TRIES} attempts to read it`)
}

export async function readCatalogueRevision(db: Db): Promise<number> {
  const row = await db.catalogue.findUnique({ where: { id: 1 } })
  return row?.revision ?? 0
}

function connectorOf(row: ConnectorRow, providers: Providers): Connector {
  const catalogued = providers.get(row.provider)
  const described = row.providerSettings === null ? undefined : ProviderSchema.parse(row.providerSettings)
  const provider: Provider | undefined = described ?? catalogued
  if (!provider)
    throw new Error(`connector ${row.slug} names provider ${row.provider}, which this version does not have`)
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
    available: row.credential !== null && row.removedAt === null,
    removed: row.removedAt !== null,
  }
}

function pluginOf(row: PluginRow, connectors: ReadonlyMap<string, Connector>): Plugin {
  const connector = (slug: string) => {
    const found = connectors.get(slug)
    if (!found) throw new Error(`plugin ${row.slug} requires connector ${slug}, which is not stored`)
    return found
  }
  const requirements = row.requirements.map(
    (requirement): Requirement => ({
      key: `${row.slug}/${requirement.connectorSlug}`,
      position: requirement.position,
      connector: connector(requirement.connectorSlug),
      scopes: requirement.scopes,
      reason: requirement.reason,
      optional: requirement.optional,
    }),
  )
  const skillOf = (skill: PluginRow['skills'][number]) => ({
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
    retired: row.retiredAt !== null,
    skills: row.skills.filter((skill) => skill.retiredAt === null).map(skillOf),
    formerSkills: row.skills.filter((skill) => skill.retiredAt !== null).map(skillOf),
    requirements,
  }
}

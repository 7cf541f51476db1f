import { type Sql, statement } from '../ports/sql.js'

/** A plugin as the database returns it. */
export interface PluginRow {
  slug: string
  name: string
  summary: string
  version: string
  publisher: string | null
  iconUrl: string | null
  retired: boolean
  skills: SkillRow[]
  requirements: { connectorSlug: string; position: number; scopes: string[]; reason: string; optional: boolean }[]
}

export interface SkillRow {
  slug: string
  name: string
  summary: string
  instructions: string
  retired: boolean
  requirements: { connectorSlug: string; scopes: string[] }[]
}

export interface ConnectorRow {
  slug: string
  name: string
  iconUrl: string | null
  signInUrl: string | null
  defaultScopes: string[]
  scopeDescriptions: unknown
  provider: string
  providerKey: string
  providerSettings: unknown
  providerOverrides: unknown
  configured: boolean
  removed: boolean
}

const listOf = (member: string, order: string, from: string) =>
  `(SELECT COALESCE(json_agg(${member} ORDER BY ${order}), '[]') FROM ${from})`

const SKILL_REQUIREMENTS = listOf(
  `json_build_object('connectorSlug', "connectorSlug", 'scopes', scopes)`,
  '"connectorSlug"',
  '"SkillRequirement" WHERE "pluginSlug" = skill."pluginSlug" AND "skillSlug" = skill.slug',
)
const SKILLS = listOf(
  `json_build_object('slug', slug, 'name', name, 'summary', summary, 'instructions', instructions,
    'retired', "retiredAt" IS NOT NULL, 'requirements', ${SKILL_REQUIREMENTS})`,
  'position, slug',
  '"Skill" skill WHERE "pluginSlug" = plugin.slug',
)
const REQUIREMENTS = listOf(
  `json_build_object('connectorSlug', "connectorSlug", 'position', position, 'scopes', scopes, 'reason', reason,
    'optional', optional)`,
  'position, "connectorSlug"',
  '"Requirement" WHERE "pluginSlug" = plugin.slug',
)
const PLUGIN = `json_build_object('slug', slug, 'name', name, 'summary', summary, 'version', version,
  'publisher', publisher, 'iconUrl', "iconUrl", 'retired', "retiredAt" IS NOT NULL, 'skills', ${SKILLS},
  'requirements', ${REQUIREMENTS})`
const CONNECTOR = `json_build_object('slug', slug, 'name', name, 'iconUrl', "iconUrl", 'signInUrl', "signInUrl",
  'defaultScopes', "defaultScopes", 'scopeDescriptions', "scopeDescriptions", 'provider', provider,
  'providerKey', "providerKey", 'providerSettings', "providerSettings",
  'providerOverrides', "providerOverrides", 'removed', "removedAt" IS NOT NULL,
  'configured', EXISTS (SELECT FROM "ConnectorCredential" WHERE "connectorSlug" = connector.slug))`

/** A page takes milliseconds to read and to parse, so that nothing else waits for long. */
const PAGE = 100

const READ_PLUGINS = statement<[after: string], { row: string }>(
  'read-plugins',
  `SELECT ${PLUGIN}::text AS row FROM "Plugin" plugin WHERE slug > $1 ORDER BY slug LIMIT ${PAGE}`,
)
const READ_CONNECTORS = statement<[after: string], { row: string }>(
  'read-connectors',
  `SELECT ${CONNECTOR}::text AS row FROM "Connector" connector WHERE slug > $1 ORDER BY slug LIMIT ${PAGE}`,
)

export interface CatalogueRows {
  plugins: Map<string, PluginRow>
  connectors: Map<string, ConnectorRow>
}

/** Reads every row, page by page. Rows that change meanwhile may be from before or after that. */
export async function readAllRows(sql: Sql): Promise<CatalogueRows> {
  return {
    connectors: await readPages<ConnectorRow>(sql, READ_CONNECTORS),
    plugins: await readPages<PluginRow>(sql, READ_PLUGINS),
  }
}

async function readPages<Row extends { slug: string }>(sql: Sql, page: typeof READ_PLUGINS): Promise<Map<string, Row>> {
  const all = new Map<string, Row>()
  for (let last = ''; ; ) {
    const rows = await sql.run(page, last)
    for (const { row } of rows) {
      const parsed: Row = JSON.parse(row)
      all.set(parsed.slug, parsed)
      last = parsed.slug
    }
    if (rows.length < PAGE) return all
  }
}

/** One revision of the catalogue, in one history of the database. */
export interface CatalogueVersion {
  readonly revision: number
  /** The change that made this revision. Null if it isn't known. */
  readonly changeId: string | null
}

const READ_VERSION = statement<[], CatalogueVersion>(
  'read-catalogue-version',
  `SELECT revision, (SELECT id FROM "CatalogueChange" change WHERE change.revision = "Catalogue".revision) AS "changeId"
  FROM "Catalogue" WHERE id = 1`,
)

export async function readVersion(sql: Sql): Promise<CatalogueVersion> {
  const [version] = await sql.run(READ_VERSION)
  return version ?? { revision: 0, changeId: null }
}

/** The largest number of changes that are read at once. With more, everything is read, page by page. */
const MAX_CHANGES = 100

const READ_CHANGES = statement<
  [since: number],
  { revision: number; changes: string; plugins: string; connectors: string }
>(
  'read-catalogue-changes',
  `WITH current AS (
    SELECT COALESCE((SELECT revision FROM "Catalogue" WHERE id = 1), 0) AS revision
  ), changed AS MATERIALIZED (
    SELECT change.* FROM "CatalogueChange" change, current
    WHERE change.revision >= $1::int AND change.revision <= current.revision
    ORDER BY change.revision LIMIT ${MAX_CHANGES + 1}
  )
  SELECT revision,
    ${listOf('changed', 'revision', 'changed')}::text AS changes,
    ${listOf(PLUGIN, 'slug', `"Plugin" plugin WHERE slug IN (SELECT "pluginSlug" FROM changed WHERE revision > $1::int)`)}::text
      AS plugins,
    ${listOf(CONNECTOR, 'slug', `"Connector" connector WHERE slug IN (SELECT "connectorSlug" FROM changed WHERE revision > $1::int)`)}::text
      AS connectors
  FROM current`,
)

interface Change {
  revision: number
  id: string
  pluginSlug: string | null
  connectorSlug: string | null
}

/** The rows that changed since a version. Undefined rows no longer exist. */
export interface CatalogueChanges {
  version: CatalogueVersion
  plugins: Map<string, PluginRow | undefined>
  connectors: Map<string, ConnectorRow | undefined>
}

/**
 * Reads what has changed since a version, all at one moment.
 * @returns undefined if that isn't known: too much has changed, someone changed the revision by hand, an older version of
 * Patchbay changed something, or the database was restored to an older backup and has another history
 */
export async function readChanges(sql: Sql, since: CatalogueVersion): Promise<CatalogueChanges | undefined> {
  const [read] = await sql.run(READ_CHANGES, since.revision)
  if (!read) throw new Error('reading the catalogue’s changes returned no row')
  const changes: Change[] = JSON.parse(read.changes)
  const own = changes.find(({ revision }) => revision === since.revision)
  const later = changes.filter(({ revision }) => revision > since.revision)
  const isSameHistory = (own?.id ?? null) === since.changeId && (own !== undefined || later.length === 0)
  if (!isSameHistory || later.length !== read.revision - since.revision) return undefined
  return {
    version: { revision: read.revision, changeId: (later.at(-1) ?? own)?.id ?? null },
    plugins: changedRows<PluginRow>(slugsOf(later, 'pluginSlug'), read.plugins),
    connectors: changedRows<ConnectorRow>(slugsOf(later, 'connectorSlug'), read.connectors),
  }
}

function slugsOf(changes: readonly Change[], key: 'pluginSlug' | 'connectorSlug'): string[] {
  return changes.flatMap((change) => change[key] ?? [])
}

function changedRows<Row extends { slug: string }>(
  slugs: readonly string[],
  text: string,
): Map<string, Row | undefined> {
  const rows: Row[] = JSON.parse(text)
  return new Map<string, Row | undefined>([
    ...slugs.map((slug) => [slug, undefined] as const),
    ...rows.map((row) => [row.slug, row] as const),
  ])
}

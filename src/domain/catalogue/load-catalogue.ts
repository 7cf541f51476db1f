import { setImmediate as turn } from 'node:timers/promises'
import { type Sql, statement } from '../ports/sql.js'
import { connectorOf, pluginOf, withConnectors } from './build-catalogue.js'
import type { Catalogue, Connector } from './catalogue.js'
import {
  type CatalogueChanges,
  type CatalogueVersion,
  readAllRows,
  readChanges,
  readVersion,
} from './catalogue-rows.js'
import type { Providers } from './provider.js'

/** A catalogue that can be brought up to date. */
export type LoadedCatalogue = Catalogue & CatalogueVersion

const MAX_TRIES = 10
/** How many plugins are built before everything else gets a turn. */
const AT_ONCE = 100

/**
 * Loads the catalogue as it is at one moment. Of one that is known already, only what has changed is read. Otherwise,
 * everything is read page by page, and then what changed meanwhile.
 */
export async function loadCatalogue(sql: Sql, providers: Providers, known?: LoadedCatalogue): Promise<LoadedCatalogue> {
  const changes = known && (await readChanges(sql, known))
  return known && changes ? changed(known, changes, providers) : loadEverything(sql, providers)
}

async function loadEverything(sql: Sql, providers: Providers): Promise<LoadedCatalogue> {
  for (let attempt = 1; attempt <= MAX_TRIES; attempt++) {
    const version = await readVersion(sql)
    const all = await readAllRows(sql)
    const changes = await readChanges(sql, version)
    if (!changes) continue
    const rows = {
      version: changes.version,
      plugins: new Map([...all.plugins, ...changes.plugins]),
      connectors: new Map([...all.connectors, ...changes.connectors]),
    }
    return changed({ plugins: new Map(), connectors: new Map() }, rows, providers)
  }
  throw new Error(`the catalogue changed during each of ${MAX_TRIES} attempts to read it`)
}

const READ_REVISION = statement<[], { revision: number }>(
  'read-catalogue-revision',
  'SELECT revision FROM "Catalogue" WHERE id = 1',
)

export async function readCatalogueRevision(sql: Sql): Promise<number> {
  const [row] = await sql.run(READ_REVISION)
  return row?.revision ?? 0
}

async function changed(
  before: Pick<Catalogue, 'plugins' | 'connectors'>,
  { version, ...rows }: CatalogueChanges,
  providers: Providers,
): Promise<LoadedCatalogue> {
  const connectors = rows.connectors.size > 0 ? await connectorsAfter(before, rows, providers) : before.connectors
  const plugins = new Map(before.plugins)
  const yieldOften = createYield()
  if (connectors !== before.connectors) {
    for (const [slug, plugin] of before.plugins) {
      await yieldOften()
      if (!rows.plugins.has(slug)) plugins.set(slug, withConnectors(plugin, connectors))
    }
  }
  for (const [slug, row] of rows.plugins) {
    await yieldOften()
    if (row) plugins.set(slug, pluginOf(row, connectors))
    else plugins.delete(slug)
  }
  return { ...version, plugins, connectors }
}

async function connectorsAfter(
  before: Pick<Catalogue, 'connectors'>,
  rows: Pick<CatalogueChanges, 'connectors'>,
  providers: Providers,
): Promise<ReadonlyMap<string, Connector>> {
  const connectors = new Map(before.connectors)
  const yieldOften = createYield()
  for (const [slug, row] of rows.connectors) {
    await yieldOften()
    if (row) connectors.set(slug, connectorOf(row, providers))
    else connectors.delete(slug)
  }
  const { compare } = new Intl.Collator('en')
  return new Map([...connectors].sort(([a, one], [b, other]) => compare(one.name, other.name) || (a < b ? -1 : 1)))
}

/** Returns a function that lets everything else have a turn each time it was called often enough. */
function createYield(): () => Promise<void> | undefined {
  let calls = 0
  return () => (++calls % AT_ONCE === 0 ? turn() : undefined)
}

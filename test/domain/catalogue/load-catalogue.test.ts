import { afterAll, beforeAll, expect, test } from 'vitest'
import { CatalogueMemory } from '../../../src/domain/catalogue/catalogue-memory.js'
import {
  type LoadedCatalogue,
  loadCatalogue,
  readCatalogueRevision,
} from '../../../src/domain/catalogue/load-catalogue.js'
import type { ConfigureDeps } from '../../../src/domain/publishing/configure-connector.js'
import { configureConnector } from '../../../src/domain/publishing/configure-connector.js'
import { publishPlugin } from '../../../src/domain/publishing/publish-plugin.js'
import { removeConnector } from '../../../src/domain/publishing/remove-connector.js'
import { retirePlugin } from '../../../src/domain/publishing/retire-plugin.js'
import { providerCatalogue } from '../../../src/providers/catalogue.js'
import { openTestDatabase, type TestDatabase } from '../../support/database.js'

let database: TestDatabase
let deps: ConfigureDeps
let memory: CatalogueMemory
beforeAll(async () => {
  database = await openTestDatabase()
  const { db, sql } = database
  deps = {
    db,
    notifier: { notify: () => {}, notifyCatalogue: () => {} },
    vault: {
      activePrefix: Uint8Array.of(),
      seal: async (text) => new TextEncoder().encode(text),
      open: () => Promise.reject(new Error('nothing is opened here')),
      rewrap: async (sealed) => sealed,
    },
    providers: providerCatalogue,
    discover: () => Promise.reject(new Error('nothing is discovered here')),
    allowPrivate: true,
    refusesAddress: () => false,
  }
  memory = new CatalogueMemory(
    (known) => loadCatalogue(sql, providerCatalogue, known),
    () => readCatalogueRevision(sql),
  )
})
afterAll(() => database.close())

const loadAfresh = () => loadCatalogue(database.sql, providerCatalogue)

const configure = (slug: string, name = slug, scopeDescriptions = {}) =>
  configureConnector(deps, {
    slug,
    name,
    scopeDescriptions,
    credentials: { clientId: 'id', clientSecret: 'secret' },
    oauth2: { authorizationUrl: 'https://app.example/authorize', tokenUrl: 'https://app.example/token' },
  })

interface Facts {
  slug: string
  version: string
  connectors?: readonly string[]
  skills?: readonly string[]
}
const publish = ({ slug, version, connectors = [], skills = ['do'] }: Facts) =>
  publishPlugin(deps, {
    slug,
    name: `Plugin ${slug}`,
    summary: `As of ${version}.`,
    version,
    connectors: connectors.map((connector) => ({ connector, scopes: ['read'], reason: `For ${version}.` })),
    skills: skills.map((skill) => ({
      slug: skill,
      name: skill,
      summary: `Does ${skill}.`,
      instructions: `${skill}, as of ${version}.`,
      uses: connectors.slice(0, 1).map((connector) => ({ connector })),
    })),
  })

/** The same sequence in every run (mulberry32). */
function randomly(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

test('after any sequence of changes, the catalogue in memory equals one that is loaded afresh', async () => {
  const random = randomly(7)
  const connectors = ['chat', 'mail', 'tasks', 'wiki']
  for (const slug of connectors) await configure(slug)
  const some = <T>(items: readonly T[]) => items.filter(() => random(2) === 0)
  const one = (items: readonly string[]) => items[random(items.length)] ?? ''
  const change = async (step: number) => {
    const slug = one(['alpha', 'beta', 'gamma', 'delta'])
    const facts = { slug, version: `1.0.${step}`, connectors: some(connectors) }
    if (random(6) === 0) return removeConnector(deps, one(connectors), { force: true })
    if (random(5) === 0) return configure(one(connectors), `Name ${random(100)}`, { read: `Reads, step ${step}` })
    if (random(5) === 0) return retirePlugin(deps, slug)
    return publish({ ...facts, skills: ['do', ...some(['read', 'write', 'think'])] })
  }
  for (let step = 0; step < 80; step++) {
    // Some are refused, such as a plugin that requires a removed connector. They change nothing.
    await change(step).catch(() => {})
    if (random(3) > 0) continue
    const inMemory = await memory.current()
    const afresh = await loadAfresh()
    expect(inMemory).toEqual(afresh)
    expect([...inMemory.connectors.keys()]).toEqual([...afresh.connectors.keys()])
    for (const plugin of inMemory.plugins.values()) {
      for (const { connector } of plugin.requirements) expect(inMemory.connectors.get(connector.slug)).toBe(connector)
    }
  }
}, 60_000)

test('publishing and reading the result take as many statements with many plugins as with few', async () => {
  await configure('mail')
  let next = 0
  const published = async () => {
    next++
    const slug = await publish({ slug: `counted-${next}`, version: '1.0.0', connectors: ['mail'] })
    const { plugins } = await memory.current()
    expect(plugins.get(slug)?.version).toBe('1.0.0')
  }
  await published()
  const few = await database.countStatements(published)
  await insertPlugins(300)
  await published() // nothing is known about that change, so this reads everything
  const many = await database.countStatements(published)
  expect(many).toEqual(few)
  expect(many.filter((sql) => sql.includes('"Plugin" plugin'))).toEqual([expect.stringContaining('CatalogueChange')])
})

test('a plugin that was changed by hand is found if the revision was raised, too', async () => {
  await publish({ slug: 'by-hand', version: '1.0.0' })
  await memory.current()
  const { db } = database
  await db.plugin.update({ where: { slug: 'by-hand' }, data: { name: 'Changed by hand' } })
  await db.catalogue.update({ where: { id: 1 }, data: { revision: { increment: 1 } } })
  expect((await memory.current()).plugins.get('by-hand')?.name).toBe('Changed by hand')
  // The same, with a change that is known after it.
  await db.plugin.update({ where: { slug: 'by-hand' }, data: { name: 'Changed again' } })
  await db.catalogue.update({ where: { id: 1 }, data: { revision: { increment: 1 } } })
  await publish({ slug: 'another', version: '1.0.0' })
  expect((await memory.current()).plugins.get('by-hand')?.name).toBe('Changed again')
})

test('a database that was restored to an older backup and has moved on is loaded as a whole', async () => {
  await publish({ slug: 'restored', version: '1.0.0' })
  const { db } = database
  const backup = await readCatalogueRevision(database.sql)
  await publish({ slug: 'restored', version: '2.0.0' })
  await publish({ slug: 'another', version: '2.0.0' })
  expect((await memory.current()).plugins.get('restored')?.version).toBe('2.0.0')
  // As the backup had it.
  await db.plugin.update({ where: { slug: 'restored' }, data: { version: '1.0.0', summary: 'As of 1.0.0.' } })
  await db.catalogueChange.deleteMany({ where: { revision: { gt: backup } } })
  await db.catalogue.update({ where: { id: 1 }, data: { revision: backup } })
  for (const version of ['3.0.0', '3.0.1', '3.0.2']) await publish({ slug: 'yet-another', version })
  const current = await memory.current()
  expect(current.plugins.get('restored')?.version).toBe('1.0.0')
  expect(current).toEqual(await loadAfresh())
})

test('what changes while everything is read belongs to the catalogue that results', async () => {
  const before = await loadAfresh()
  let changed = false
  using _tap = database.tap(async (sql) => {
    if (changed || !sql.includes('FROM "Plugin" plugin WHERE slug >')) return
    changed = true
    await configure('late')
    await publish({ slug: 'late', version: '1.0.0', connectors: ['late'] })
  })
  const loaded: LoadedCatalogue = await loadAfresh()
  expect(loaded.revision).toBe(before.revision + 2)
  expect(loaded.plugins.get('late')?.requirements[0]?.connector).toBe(loaded.connectors.get('late'))
})

/** Many, as fast as possible. */
async function insertPlugins(count: number): Promise<void> {
  const { db } = database
  const slugs = Array.from({ length: count }, (_, index) => `many-${index}`)
  const facts = { name: 'Many', summary: 'One of many.', version: '1.0.0', manifestHash: '', publishedAt: new Date() }
  await db.plugin.createMany({ data: slugs.map((slug) => ({ slug, ...facts })) })
  await db.catalogue.update({ where: { id: 1 }, data: { revision: { increment: 1 } } })
}

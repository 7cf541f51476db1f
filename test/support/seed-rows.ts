import type { Database } from '../../src/database/database.js'

/** What the seed writes, in an order that foreign keys allow. Clients are left out, because each instance has its own. */
const TABLES = ['Catalogue', 'CatalogueChange', 'Connector', 'Plugin', 'Skill', 'Requirement', 'SkillRequirement']
/** The database computes it. */
const GENERATED = 'providerKey'

/** The rows of each table, as JSON. */
type Rows = Record<string, readonly object[]>

let seed: Rows | undefined

/** Keeps the rows that the seed has written into this database, unless others are kept. */
export async function keepSeed({ db }: Database): Promise<void> {
  if (seed) return
  const parts = TABLES.map((table) => `'${table}', (SELECT COALESCE(json_agg(t), '[]') FROM "${table}" t)`)
  const [row] = await db.$queryRawUnsafe<{ rows: Rows }[]>(`SELECT json_build_object(${parts.join()}) AS rows`)
  seed = row?.rows
}

/**
 * Writes the rows that were kept into an empty database. To start there takes half the time, because it only has to
 * configure the apps.
 */
export async function plantSeed({ db }: Database): Promise<void> {
  if (!seed) return
  const inserts = Object.entries(seed).map(([table, [first = {}]]) => {
    const columns = Object.keys(first)
      .filter((name) => name !== GENERATED)
      .map((name) => `"${name}"`)
      .join()
    return `"${table}s" AS (INSERT INTO "${table}" (${columns})
      SELECT ${columns} FROM json_populate_recordset(NULL::"${table}", $1::json -> '${table}'))`
  })
  await db.$executeRawUnsafe(`WITH ${inserts.join()} SELECT 1`, JSON.stringify(seed))
}

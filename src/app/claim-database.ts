import { ConfigurationError } from '../config/configuration-error.js'
import type { Config } from '../config/environment.js'
import { DEVELOPMENT_KEY_ID } from '../domain/access/api-key/key-form.js'
import { type Sql, type SqlDatabase, statement } from '../domain/ports/sql.js'

const OTHER_DATABASE = 'Set DATABASE_URL to an empty database, or PATCHBAY_DATA to another folder.'

const CLAIM = statement<[mode: string], { mode: string }>(
  'claim-database',
  'INSERT INTO "Installation" (id, mode, since) VALUES (1, $1, now()) ON CONFLICT (id) DO NOTHING RETURNING mode',
)
const MARK = statement<[], { mode: string; since: Date }>(
  'installation',
  'SELECT mode, since FROM "Installation" WHERE id = 1',
)
const STORED = statement<
  [sandboxSlugs: string, developmentKey: string],
  { users: boolean; slug: string | null; keys: boolean }
>(
  'stored-by-production',
  `SELECT EXISTS (SELECT FROM "User") AS users,
     (SELECT "connectorSlug" FROM "ConnectorCredential"
      WHERE "connectorSlug" <> ALL (ARRAY(SELECT json_array_elements_text($1::json))) LIMIT 1) AS slug,
     EXISTS (SELECT FROM "ApiKey" WHERE id <> $2) AS keys`,
)

/**
 * Makes sure that a database has the data of production or of staging, and never of both. The first start marks it. One
 * without a mark may be from an earlier version, so staging takes it only if there is nothing in it that production could
 * have stored. Development marks nothing, because only its own machine reaches it.
 * @throws ConfigurationError if the database belongs to the other mode
 */
export async function claimDatabase(sql: SqlDatabase, { development, staging }: Config): Promise<void> {
  if (development) return
  const mode = staging ? 'staging' : 'production'
  await sql.transaction(async (tx) => {
    // Two instances in different modes that start together wait for each other here.
    const [claimed] = await tx.run(CLAIM, mode)
    const found = claimed && mode === 'staging' ? await whatProductionStored(tx) : null
    // Takes the mark back, because the transaction ends here.
    if (found !== null) {
      throw new ConfigurationError(
        `This database has ${found}, so it may be production’s, and PATCHBAY_ENV is staging. ${OTHER_DATABASE}`,
      )
    }
    const [mark] = await tx.commit(MARK)
    if (mark?.mode === mode) return
    throw new ConfigurationError(
      `This database belongs to ${mark?.mode}, which first used it on ${mark?.since.toISOString().slice(0, 10)}, and PATCHBAY_ENV is ${mode}. ${OTHER_DATABASE}`,
    )
  })
}

/** Returns what in an unmarked database isn't from the sandbox, in words, or null. */
async function whatProductionStored(sql: Sql): Promise<string | null> {
  const { sandboxApps } = await import('../sandbox/apps.js') // only in staging
  const [stored] = await sql.run(STORED, JSON.stringify(sandboxApps.map(({ slug }) => slug)), DEVELOPMENT_KEY_ID)
  if (stored?.users) return 'users'
  if (stored?.slug) return `credentials of the connector ${stored.slug}`
  return stored?.keys ? 'API keys' : null
}

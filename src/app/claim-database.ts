import { ConfigurationError } from '../config/configuration-error.js'
import type { Config } from '../config/environment.js'
import type { Database } from '../database/database.js'
import { DEVELOPMENT_KEY_ID } from '../domain/access/api-key/key-form.js'
import type { Tx } from '../domain/db.js'
import { statement } from '../domain/ports/sql.js'

const OTHER_DATABASE = 'Set DATABASE_URL to an empty database, or PATCHBAY_DATA to another folder.'

const MARK = statement<[], { mode: string }>('installation', 'SELECT mode FROM "Installation" WHERE id = 1')

/**
 * Makes sure that a database has the data of production or of staging, and never of both. The first start marks it. One
 * without a mark may be from an earlier version, so staging takes it only if there is nothing in it that production could
 * have stored. Development marks nothing, because only its own machine reaches it.
 * @throws ConfigurationError if the database belongs to the other mode
 */
export async function claimDatabase(
  { db, sql }: Pick<Database, 'db' | 'sql'>,
  { development, staging }: Config,
): Promise<void> {
  if (development) return
  const mode = staging ? 'staging' : 'production'
  const [found] = await sql.run(MARK)
  if (found?.mode === mode) return
  await db.$transaction(async (tx) => {
    // Two instances in different modes that start together wait for each other here.
    const marked = await tx.$executeRaw`
      INSERT INTO "Installation" (id, mode, since) VALUES (1, ${mode}, now()) ON CONFLICT (id) DO NOTHING`
    const mark = await tx.installation.findUniqueOrThrow({ where: { id: 1 } })
    if (mark.mode !== mode) {
      throw new ConfigurationError(
        `This database belongs to ${mark.mode}, which first used it on ${mark.since.toISOString().slice(0, 10)}, and PATCHBAY_ENV is ${mode}. ${OTHER_DATABASE}`,
      )
    }
    if (mode === 'production' || marked === 0) return
    const found = await whatProductionStored(tx)
    if (found === null) return
    // Takes the mark back, because the transaction ends here.
    throw new ConfigurationError(
      `This database has ${found}, so it may be production’s, and PATCHBAY_ENV is staging. ${OTHER_DATABASE}`,
    )
  })
}

/** Returns what in an unmarked database isn't from the sandbox, in words, or null. */
async function whatProductionStored(tx: Tx): Promise<string | null> {
  const { sandboxApps } = await import('../sandbox/apps.js') // only in staging
  if (await tx.user.findFirst({ select: { id: true } })) return 'users'
  const connector = await tx.connector.findFirst({
    where: { slug: { notIn: sandboxApps.map(({ slug }) => slug) }, credential: { isNot: null } },
    select: { slug: true },
  })
  if (connector) return `credentials of the connector ${connector.slug}`
  const key = await tx.apiKey.findFirst({ where: { id: { not: DEVELOPMENT_KEY_ID } }, select: { id: true } })
  return key ? 'API keys' : null
}

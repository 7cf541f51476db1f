import { mkdir } from 'node:fs/promises'
import { PGlite } from '@electric-sql/pglite'
import type { Database } from './database.js'
import { embeddedFolder } from './embedded-folder.js'
import { lazyPrisma } from './lazy-prisma.js'
import { lockFolder } from './lock.js'
import { migrate } from './migrate.js'
import { createPGliteSql } from './pglite-sql.js'

/** All callers share one session, so a transaction may wait for many others. */
const TRANSACTION_OPTIONS = { maxWait: 30_000, timeout: 30_000 }

/**
 * Opens the embedded database of a folder for this process alone, and migrates it.
 * @throws FolderLockedError if another process uses the folder
 */
export async function openEmbedded(folder: string): Promise<Database> {
  await mkdir(folder, { recursive: true })
  const lock = await lockFolder(folder)
  try {
    const database = await openPGlite(await PGlite.create(embeddedFolder(folder)))
    return {
      ...database,
      async close() {
        await database.close()
        await lock.release()
      },
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}

/** Takes over a PGlite that was created elsewhere (in memory, for tests), and migrates it. */
export async function openPGlite(pglite: PGlite): Promise<Database> {
  // The adapter and the database exchange timestamps without a time zone.
  await pglite.exec(`SET TIME ZONE 'UTC'`)
  await migrate(pglite)
  const prisma = lazyPrisma(async () => {
    const [{ PrismaPGlite }, { PrismaClient }] = await Promise.all([
      import('pglite-prisma-adapter'),
      import('../generated/prisma/client.js'),
    ])
    return new PrismaClient({ adapter: new PrismaPGlite(pglite), transactionOptions: TRANSACTION_OPTIONS })
  })
  return {
    db: prisma.db,
    sql: createPGliteSql(pglite),
    async close() {
      await prisma.close()
      await pglite.close()
    },
  }
}

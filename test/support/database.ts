import pg from 'pg'
import { inject } from 'vitest'
import type { Database } from '../../src/database/database.js'
import { openPGlite } from '../../src/database/embedded.js'
import { openPool, poolConfig } from '../../src/database/postgres.js'
import { borrowPGlite } from './borrowed-pglite.js'
import { takeCopy } from './postgres-copies.js'
import { type StatementTap, tapPGlite, tappedClient } from './statement-taps.js'

export interface TestDatabase extends Database {
  /** Its URL on PostgreSQL. Undefined if it is embedded. */
  url?: string
  /** Called with every statement from now on, at the driver. The BEGIN and COMMIT of transactions don't count. */
  tap(tap: StatementTap): Disposable
  /** Counts the statements that the work runs. */
  countStatements(work: () => Promise<unknown>): Promise<string[]>
}

/** A new, migrated database: in memory, or a copy on the tests' PostgreSQL. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const taps = new Set<StatementTap>()
  const database = inject('mode') === 'service' ? await openCopy(taps) : await openInMemory(taps)
  const tap = (added: StatementTap): Disposable => {
    taps.add(added)
    return { [Symbol.dispose]: () => taps.delete(added) }
  }
  return {
    ...database,
    tap,
    async countStatements(work) {
      const statements: string[] = []
      using _tap = tap((sql) => void statements.push(sql))
      await work()
      return statements
    },
  }
}

async function openInMemory(taps: ReadonlySet<StatementTap>): Promise<Database> {
  const pglite = await borrowPGlite()
  tapPGlite(pglite, taps)
  return openPGlite(pglite)
}

async function openCopy(taps: ReadonlySet<StatementTap>): Promise<Database & { url: string }> {
  const copy = await takeCopy()
  // Has no timers while nothing runs, for tests that count them.
  const config = { ...poolConfig({ url: copy.url, poolSize: 10 }), idleTimeoutMillis: 0, maxLifetimeSeconds: 0 }
  const pool = new pg.Pool({ ...config, Client: tappedClient(taps) })
  const database = openPool(pool, () => {})
  return {
    ...database,
    url: copy.url,
    async close() {
      await database.close()
      await copy.giveBack()
    },
  }
}

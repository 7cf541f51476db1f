import { readFile } from 'node:fs/promises'
import { PGlite } from '@electric-sql/pglite'
import { inject } from 'vitest'
import { type Database, openPGlite } from '../../src/database/embedded.js'

/** Called with the text of every statement before the database gets it; what it awaits, the statement waits for. */
export type StatementTap = (sql: string) => void | Promise<void>

export interface TestDatabase extends Database {
  /** Sees every statement from now on, at the driver; transactions' BEGIN and COMMIT are none. */
  tap(tap: StatementTap): Disposable
  /** Counts the statements that the work issues. */
  countStatements(work: () => Promise<unknown>): Promise<string[]>
}

/** A fresh, migrated database in memory. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const template = await readFile(inject('databaseTemplate'))
  const pglite = await PGlite.create({ loadDataDir: new Blob([template]) })
  const taps = new Set<StatementTap>()
  tapQueries(pglite, taps)
  const database = await openPGlite(pglite)
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

interface Queries {
  query: PGlite['query']
}

function tapQueries(pglite: PGlite, taps: ReadonlySet<StatementTap>): void {
  const tapped = (target: Queries) => {
    const query = target.query.bind(target)
    target.query = async (sql, ...rest) => {
      for (const tap of taps) await tap(sql)
      return query(sql, ...rest)
    }
  }
  tapped(pglite)
  const transaction = pglite.transaction.bind(pglite)
  pglite.transaction = (work) =>
    transaction((tx) => {
      tapped(tx)
      return work(tx)
    })
}

import type { PGlite } from '@electric-sql/pglite'
import pg from 'pg'

/** Called with the text of every statement before the database gets it. The statement waits for what this awaits. */
export type StatementTap = (sql: string) => void | Promise<void>

interface Queries {
  query: PGlite['query']
}

export function tapPGlite(pglite: PGlite, taps: ReadonlySet<StatementTap>): void {
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

/** A client for a node-postgres pool. */
export function tappedClient(taps: ReadonlySet<StatementTap>): typeof pg.Client {
  type Query = (...args: unknown[]) => unknown
  return class extends pg.Client {
    constructor(config?: string | pg.ClientConfig) {
      super(config)
      const query = this.query.bind(this) as Query
      this.query = ((...args: unknown[]) => {
        const [statement] = args
        const sql = typeof statement === 'string' ? statement : (statement as pg.QueryConfig).text
        if (taps.size === 0 || /^(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)\b/.test(sql)) return query(...args)
        const tapped = tapWith(taps, sql)
        const callback = args.at(-1)
        if (typeof callback !== 'function') return tapped.then(() => query(...args))
        return void tapped.then(
          () => query(...args),
          (error) => callback(error),
        )
      }) as typeof this.query
    }
  }
}

async function tapWith(taps: ReadonlySet<StatementTap>, sql: string): Promise<void> {
  for (const tap of taps) await tap(sql)
}

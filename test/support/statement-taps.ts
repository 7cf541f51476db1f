import type { PGlite } from '@electric-sql/pglite'
import pg from 'pg'

/**
 * Called with the text of every statement and its parameters before the database gets it. The statement waits for what
 * this awaits.
 */
export type StatementTap = (sql: string, parameters: readonly unknown[]) => void | Promise<void>

interface Queries {
  query: PGlite['query']
}

export function tapPGlite(pglite: PGlite, taps: ReadonlySet<StatementTap>): void {
  const tapped = (target: Queries) => {
    const query = target.query.bind(target)
    target.query = async (sql, ...rest) => {
      await tapWith(taps, sql, rest[0])
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

/**
 * A client for a node-postgres pool. While there are taps, its statements go out one by one, in their order. As on the
 * server, a COMMIT after a failed statement rolls back.
 */
export function tappedClient(taps: ReadonlySet<StatementTap>): typeof pg.Client {
  type Query = (...args: unknown[]) => unknown
  return class extends pg.Client {
    constructor(config?: string | pg.ClientConfig) {
      super(config)
      const query = this.query.bind(this) as Query
      let last: Promise<void> | undefined
      let failed = false

      async function inOrder(before: Promise<void> | undefined, sql: string, parameters: unknown): Promise<void> {
        await before
        if (/^(BEGIN|SAVEPOINT|RELEASE|ROLLBACK)\b/.test(sql)) failed = false
        else if (sql === 'COMMIT') {
          if (failed) await query('ROLLBACK')
        } else {
          failed = true
          await tapWith(taps, sql, parameters)
          failed = false
        }
      }

      this.query = ((...args: unknown[]) => {
        const [statement] = args
        const { text: sql, values = args[1] } =
          typeof statement === 'string' ? { text: statement } : (statement as pg.QueryConfig)
        if (taps.size === 0 && !last) return query(...args)
        const turn = inOrder(last, sql, values)
        const over = turn.catch(() => {})
        last = over
        void over.then(() => {
          if (last === over) last = undefined
        })
        const callback = args.at(-1)
        if (typeof callback !== 'function') return turn.then(() => query(...args))
        return void turn.then(
          () => query(...args),
          (error) => callback(error),
        )
      }) as typeof this.query
    }
  }
}

async function tapWith(taps: ReadonlySet<StatementTap>, sql: string, parameters: unknown): Promise<void> {
  for (const tap of taps) await tap(sql, Array.isArray(parameters) ? parameters : [])
}

import type { PGlite, Transaction } from '@electric-sql/pglite'
import type { Sql, SqlDatabase, SqlValue, StatementText } from '../domain/ports/sql.js'
import { childSpan } from '../observability/spans.js'

/** Runs statements on the embedded database. Its single session runs everything in order. */
export function createPGliteSql(pglite: PGlite): SqlDatabase {
  return {
    run: on(pglite),
    transaction: (work) =>
      pglite.transaction(async (tx) => {
        let committed = false
        const run = on(tx)
        const result = await work({
          run,
          async commit(...of) {
            const rows = await run(...of)
            committed = true
            return rows
          },
        })
        if (!committed) await tx.rollback()
        return result
      }),
  }
}

function on(target: Pick<PGlite | Transaction, 'query'>): Sql['run'] {
  return async <Row extends object>({ name, text }: StatementText, ...values: readonly SqlValue[]): Promise<Row[]> => {
    const end = childSpan(`sql ${name}`, { 'db.system.name': 'postgresql', 'db.query.summary': name })
    let failed = true
    try {
      const { rows } = await target.query<Row>(text, [...values])
      failed = false
      return rows
    } finally {
      end(failed)
    }
  }
}

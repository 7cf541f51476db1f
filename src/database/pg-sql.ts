import type { Pool, PoolClient } from 'pg'
import type { Sql, SqlDatabase, SqlTransaction, SqlValue, StatementText } from '../domain/ports/sql.js'
import { childSpan } from '../observability/spans.js'

/**
 * Runs statements over a node-postgres pool, which is in pipeline mode: statements that are run without waiting for each other
 * are sent immediately, and the server runs them in order.
 */
export function createPgSql(pool: Pool): SqlDatabase {
  return {
    run: (statement, ...values) => runOn(pool, statement, values),
    async transaction(work) {
      const client = await pool.connect()
      try {
        const result = await transact(client, work)
        client.release()
        return result
      } catch (error) {
        // What the connection has prepared, and whether its transaction has ended, is no longer certain.
        client.release(true)
        throw error
      }
    },
  }
}

async function transact<T>(client: PoolClient, work: (tx: SqlTransaction) => Promise<T>): Promise<T> {
  let committed: Promise<unknown> | undefined
  const together = sendTogether(client)
  const begun = client.query('BEGIN')
  const run: Sql['run'] = (statement, ...values) => runOn(client, statement, values)
  const worked = work({
    run,
    async commit(statement, ...values) {
      const uncork = sendTogether(client)
      const ran = run(statement, ...values)
      committed = client.query('COMMIT')
      uncork()
      const [rows] = await Promise.all([ran, committed])
      return rows
    },
  })
  together()
  const [result] = await Promise.all([worked, begun])
  if (!committed) await client.query('ROLLBACK')
  return result
}

/** Holds back what is sent on the connection until the returned function is called, so that it is one write. */
function sendTogether(client: PoolClient): () => void {
  const { stream } = client.connection
  stream.cork()
  return () => stream.uncork()
}

async function runOn<Row extends object>(
  target: Pick<Pool | PoolClient, 'query'>,
  { name, text }: StatementText,
  values: readonly SqlValue[],
): Promise<Row[]> {
  const end = childSpan(`sql ${name}`, { 'db.system.name': 'postgresql', 'db.query.summary': name })
  let failed = true
  try {
    const { rows } = await target.query<Row>({ name, text, values: [...values] })
    failed = false
    return rows
  } finally {
    end(failed)
  }
}

/**
 * How hot paths talk to the database: fixed statements, each with a name, so that every connection parses and plans it
 * once. Everything else goes through Prisma.
 */

export interface StatementText {
  readonly name: string
  readonly text: string
}

/** A statement with the types of its parameters and of the rows it returns. */
export interface Statement<Values extends readonly SqlValue[], Row extends object> extends StatementText {
  /** Only for the compiler. */
  readonly types?: (...values: Values) => Row
}

/** A parameter. Lists and objects are passed as JSON text. */
export type SqlValue = string | number | boolean | Date | Uint8Array | null

/** Names a statement. The name is unique, and its text never changes while the process runs. */
export function statement<Values extends readonly SqlValue[], Row extends object>(
  name: string,
  text: string,
): Statement<Values, Row> {
  return { name, text }
}

export interface Sql {
  /**
   * Runs a statement and returns its rows. Statements that are run without waiting for each other are sent together
   * and run in order.
   */
  run<Values extends readonly SqlValue[], Row extends object>(
    statement: Statement<Values, Row>,
    ...values: Values
  ): Promise<Row[]>
}

export interface SqlTransaction extends Sql {
  /** Runs the last statement and commits along with it, in one round trip. */
  commit: Sql['run']
}

export interface SqlDatabase extends Sql {
  /** Runs statements in one transaction. What `work` doesn't commit is rolled back. */
  transaction<T>(work: (tx: SqlTransaction) => Promise<T>): Promise<T>
}

import type { SqlDatabase } from '../domain/ports/sql.js'
import type { PrismaClient } from '../generated/prisma/client.js'

/** An open, migrated database. */
export interface Database {
  db: PrismaClient
  /** The same database, for the statements of hot paths. */
  sql: SqlDatabase
  /** How its connections are used now. Undefined for the embedded database, which has a single session. */
  pool?: () => PoolUse
  close(): Promise<void>
}

export interface PoolUse {
  /** Open connections. */
  total: number
  /** Open connections that are idle. */
  idle: number
  /** Callers that wait for a connection. */
  waiting: number
  max: number
}

/** The database can't be used. The message names the cause and what to do, and never a secret. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError'
}

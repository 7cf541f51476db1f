import type { PrismaClient } from '../generated/prisma/client.js'

/** An open, migrated database. */
export interface Database {
  db: PrismaClient
  /** How its connections are used now; undefined for the embedded one, which has a single session. */
  pool?: () => PoolUse
  close(): Promise<void>
}

export interface PoolUse {
  /** Open connections. */
  total: number
  /** Of these, those that nobody uses. */
  idle: number
  /** Callers that wait for one. */
  waiting: number
  max: number
}

/** The database cannot be used; the message names the cause and the way out, never a secret. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError'
}

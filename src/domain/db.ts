import type { Prisma, PrismaClient } from '../generated/prisma/client.js'
import type { Sql } from './ports/sql.js'

/** The database outside a transaction. */
export type Db = PrismaClient
/** The database inside a transaction. */
export type Tx = Prisma.TransactionClient

/** SQL's NULL, for a column of JSON. An import at the top would load Prisma at every start. */
export async function dbNull(): Promise<typeof Prisma.DbNull> {
  return (await import('../generated/prisma/client.js')).Prisma.DbNull
}

/** Runs hot paths' statements within a transaction that Prisma began. */
export function sqlOn(tx: Tx): Sql {
  return { run: ({ text }, ...values) => tx.$queryRawUnsafe(text, ...values) }
}

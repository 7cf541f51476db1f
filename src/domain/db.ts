import type { Prisma, PrismaClient } from '../generated/prisma/client.js'

/** The database outside a transaction. */
export type Db = PrismaClient
/** The database inside a transaction. */
export type Tx = Prisma.TransactionClient

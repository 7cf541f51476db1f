import type { ApiKey } from '../../../generated/prisma/client.js'
import type { Tx } from '../../db.js'
import { UnknownKeyError } from '../../errors.js'

/** A key as operators see it, without its secrets and their hashes. */
export type KeyRow = Omit<ApiKey, 'secretHash' | 'previousHash'>

export const WITHOUT_HASHES = { secretHash: true, previousHash: true } as const

/** Reads a key and locks it until the transaction ends. */
export async function lockKey(tx: Tx, id: string): Promise<KeyRow> {
  await tx.$queryRaw`SELECT id FROM "ApiKey" WHERE id = ${id} FOR UPDATE`
  const key = await tx.apiKey.findUnique({ where: { id }, omit: WITHOUT_HASHES })
  if (!key) throw new UnknownKeyError()
  return key
}

/** Returns the database's time in this transaction. */
export async function timeOf(tx: Tx): Promise<Date> {
  const [row] = await tx.$queryRaw<{ now: Date }[]>`SELECT now() AS now`
  if (!row) throw new Error('asking for the time returned no row')
  return row.now
}

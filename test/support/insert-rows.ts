import type { Db } from '../../src/domain/db.js'
import type { Prisma } from '../../src/generated/prisma/client.js'

type Rows<Table extends Prisma.ModelName> = Extract<
  Prisma.TypeMap['model'][Table]['operations']['createMany']['args']['data'],
  readonly unknown[]
>

/**
 * Writes rows that set the same columns. For hundreds of them, `createMany` takes most of a second of processor time.
 */
export async function insertRows<Table extends Prisma.ModelName>(
  db: Pick<Db, '$executeRawUnsafe'>,
  table: Table,
  rows: Rows<Table>,
): Promise<void> {
  const columns = Object.keys(rows[0] ?? {}).map((name) => `"${name}"`)
  await db.$executeRawUnsafe(
    `INSERT INTO "${table}" (${columns}) SELECT ${columns} FROM json_populate_recordset(NULL::"${table}", $1::json)`,
    JSON.stringify(rows, (_name, value) =>
      value instanceof Uint8Array ? `\\x${Buffer.from(value).toString('hex')}` : value,
    ),
  )
}

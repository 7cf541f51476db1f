import { afterAll, beforeAll, expect, test } from 'vitest'
import { sqlOn } from '../../src/domain/db.js'
import { type Sql, statement } from '../../src/domain/ports/sql.js'
import { openTestDatabase, type TestDatabase } from '../support/database.js'

/** Every type that hot statements pass or return. */
const TYPES = statement<
  [text: string, count: number, flag: boolean, moment: Date, bytes: Uint8Array, json: string, nothing: null],
  Record<string, unknown>
>(
  'types',
  `SELECT $1::text AS text, $2::int AS count, $3::boolean AS flag, $4::timestamptz AS moment, $5::bytea AS bytes,
    $6::json AS json, $7::text AS nothing, ARRAY[$1::text, 'b'] AS list, '7f8a5d1e-58a8-4c0b-9d6e-0f5c8b7d2a11'::uuid AS id,
    'LIVE'::"ConnectionStatus"::text AS status, 1.5::double precision AS share`,
)
const MOMENT = new Date('2026-11-29T12:34:56.789Z')
const given = ['ä "quoted" \\ text', 7, true, MOMENT, new Uint8Array([0, 1, 255]), '{"a":[1,null]}', null] as const
const EXPECTED = {
  text: 'ä "quoted" \\ text',
  count: 7,
  flag: true,
  moment: MOMENT,
  bytes: [0, 1, 255],
  json: { a: [1, null] },
  nothing: null,
  list: ['ä "quoted" \\ text', 'b'],
  id: '7f8a5d1e-58a8-4c0b-9d6e-0f5c8b7d2a11',
  status: 'LIVE',
  share: 1.5,
}

const PUT = statement<[slug: string], { slug: string }>(
  'put',
  `INSERT INTO "ProviderPause" (provider, until) VALUES ($1, now()) RETURNING provider AS slug`,
)
const BREAK = statement<[], never>('break', 'SELECT 1 / 0 AS never')

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())

async function typesOn(sql: Sql) {
  const [row = {}] = await sql.run(TYPES, ...given)
  return { ...row, bytes: [...(row.bytes as Uint8Array)] }
}

const stored = async () => (await database.db.providerPause.findMany()).map(({ provider }) => provider).sort()

test('every driver returns the same values: outside a transaction, within one, and within one of Prisma', async () => {
  expect(await typesOn(database.sql)).toEqual(EXPECTED)
  expect(await database.sql.transaction(typesOn)).toEqual(EXPECTED)
  expect(await database.db.$transaction((tx) => typesOn(sqlOn(tx)))).toEqual(EXPECTED)
})

test('a transaction stores what it commits, and nothing else', async () => {
  await database.sql.transaction(async (tx) => {
    await Promise.all([tx.run(PUT, 'one'), tx.run(PUT, 'two')])
    expect(await tx.commit(PUT, 'three')).toEqual([{ slug: 'three' }])
  })
  await database.sql.transaction((tx) => tx.run(PUT, 'left'))
  expect(await stored()).toEqual(['one', 'three', 'two'])
})

test('if a statement fails, even the last one, nothing of its transaction is stored, and the next one works', async () => {
  const before = await stored()
  await expect(
    database.sql.transaction(async (tx) => {
      await Promise.all([tx.run(PUT, 'early'), tx.run(BREAK)])
      await tx.commit(PUT, 'never')
    }),
  ).rejects.toThrow('division by zero')
  await expect(
    database.sql.transaction(async (tx) => {
      await tx.run(PUT, 'early')
      await tx.commit(BREAK)
    }),
  ).rejects.toThrow('division by zero')
  await expect(
    database.sql.transaction(async (tx) => {
      await tx.run(PUT, 'early')
      throw new Error('changed its mind')
    }),
  ).rejects.toThrow('changed its mind')
  expect(await stored()).toEqual(before)
  expect(await typesOn(database.sql)).toEqual(EXPECTED)
})

import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { credentialsBinding } from '../../../src/domain/credential/client-credentials.js'
import { openTokens, sealTokens } from '../../../src/domain/credential/tokens.js'
import { rewrapRecords, type TablePass } from '../../../src/domain/rewrap/rewrap-records.js'
import { SEALED_COLUMNS } from '../../../src/domain/rewrap/sealed-columns.js'
import { secretsBinding } from '../../../src/domain/webhook/secrets.js'
import { describeRewrapped } from '../../../src/operator/rewrap-report.js'
import { openTestDatabase, type TestDatabase } from '../../support/database.js'
import { everySealedRow, keyIdOf, newKey, sealMany, vaultOf, wrappedByActive } from '../../support/sealed-records.js'

let database: TestDatabase
let older: string
let newer: string
beforeAll(async () => {
  database = await openTestDatabase()
  const connector = { slug: 'acme-mail', name: 'Acme Mail', provider: 'google', defaultScopes: [] }
  await database.db.connector.create({ data: connector })
})
beforeEach(async () => {
  const { db } = database
  ;[older, newer] = [newKey(), newKey()]
  await db.user.deleteMany()
  await db.revocation.deleteMany()
  await db.webhookEndpoint.deleteMany()
  const sealed = await vaultOf(older).seal('{}', credentialsBinding('acme-mail'))
  const key = { connectorSlug: 'acme-mail' }
  await db.connectorCredential.upsert({ where: key, create: { ...key, sealed }, update: { sealed } })
})
afterAll(() => database.close())

/** To compare arrays of bytes with `expect` takes a hundred times as long. */
const inHex = (rows: Awaited<ReturnType<typeof everySealedRow>>) =>
  rows.map((row) => ({ ...row, sealed: Buffer.from(row.sealed).toString('hex') }))

test('every column that holds sealed bytes is in the list of columns to rewrap', async () => {
  const columns = await database.db.$queryRaw<{ table: string }[]>`
    SELECT table_name AS table FROM information_schema.columns
    WHERE table_schema = 'public' AND column_name = 'sealed' AND data_type = 'bytea'`
  expect(columns.map(({ table }) => table).sort()).toEqual(SEALED_COLUMNS.map(({ table }) => table).sort())
})

test('every record is rewrapped, batch by batch, and then nothing needs the older key', async () => {
  const { connectionIds } = await sealMany(database, vaultOf(older), 620)
  const id = randomUUID()
  const endpoint = { id, url: 'https://host.example/hook', events: [], apiKeyId: 'key', createdAt: new Date() }
  const secrets = await vaultOf(older).seal('{}', secretsBinding(id))
  await database.db.webhookEndpoint.create({ data: { ...endpoint, sealed: secrets } })
  const passes: TablePass[] = []
  const vault = vaultOf(newer, older)
  const result = await rewrapRecords({ db: database.db, vault }, (pass) => void passes.push(pass))
  const few = Math.ceil(connectionIds.length / 10)
  expect(result).toEqual({ rewrapped: 2 + connectionIds.length + 3 * few, unopened: [] })
  expect(passes).toEqual([
    { table: 'ConnectorCredential', rewrapped: 1, unopened: 0 },
    { table: 'AuthorizationSecret', rewrapped: few, unopened: 0 },
    { table: 'AuthorizationTokens', rewrapped: few, unopened: 0 },
    { table: 'ConnectionToken', rewrapped: connectionIds.length, unopened: 0 },
    { table: 'Revocation', rewrapped: few, unopened: 0 },
    { table: 'WebhookEndpoint', rewrapped: 1, unopened: 0 },
  ])
  const rows = await everySealedRow(database)
  expect(rows).toHaveLength(result.rewrapped)
  for (const { sealed, binding } of rows) expect(await vaultOf(newer).open(sealed, binding)).toContain('{')

  const statements = await database.countStatements(async () => {
    expect(await rewrapRecords({ db: database.db, vault })).toEqual({ rewrapped: 0, unopened: [] })
  })
  expect(statements.filter((sql) => /^\s*UPDATE|SET sealed/.test(sql))).toEqual([])
  // Neither the ids nor the bytes of finished records leave the database.
  expect(statements.filter((sql) => /FROM "public"/.test(sql))).toEqual([])
  expect(inHex(await everySealedRow(database))).toEqual(inHex(rows))
})

test('a record that another writer changes meanwhile is rewrapped without being overwritten', async () => {
  const { owner, connectionIds, tokens } = await sealMany(database, vaultOf(older), 20)
  const [connectionId = ''] = connectionIds
  const whose = { ...owner, recordId: connectionId }
  const fresh = await sealTokens(vaultOf(older), whose, tokens(2))
  let writing = false
  // Runs once, between reading the rows and updating them, like an instance that still has the older key first.
  using _tap = database.tap(async (sql) => {
    if (writing || !/UPDATE "ConnectionToken"/.test(sql)) return
    writing = true
    await database.db.connectionToken.update({ where: { connectionId }, data: { sealed: fresh } })
  })
  const result = await rewrapRecords({ db: database.db, vault: vaultOf(newer, older) })
  expect(writing).toBe(true)
  expect(result.unopened).toEqual([])
  const row = await database.db.connectionToken.findUniqueOrThrow({ where: { connectionId } })
  expect(await openTokens(vaultOf(newer), whose, row.sealed)).toEqual(tokens(2))
})

test('records that do not open are counted by key, do not hold up others, and come with instructions', async () => {
  const { connectionIds } = await sealMany(database, vaultOf(older), 30)
  const lost = newKey()
  await sealMany(database, vaultOf(lost), 20)
  const [cut = '', swapped = '', withThis = ''] = connectionIds
  const { db } = database
  await db.connectionToken.update({ where: { connectionId: cut }, data: { sealed: Buffer.from('no record') } })
  await db.$executeRaw`
    UPDATE "ConnectionToken" AS one SET sealed = other.sealed FROM "ConnectionToken" AS other
    WHERE (one."connectionId", other."connectionId") IN ((${swapped}::uuid, ${withThis}::uuid), (${withThis}::uuid, ${swapped}::uuid))`
  const vault = vaultOf(newer, older)
  const result = await rewrapRecords({ db, vault })
  expect(result.rewrapped).toBe(1 + 27 + 3 * 3)
  expect([...result.unopened].sort((a, b) => b.count - a.count)).toEqual([
    { keyId: keyIdOf(lost), code: 'UNKNOWN_KEY', count: 26 },
    { keyId: keyIdOf(older), code: 'DAMAGED', count: 2 },
    { keyId: undefined, code: 'DAMAGED', count: 1 },
  ])
  expect(await wrappedByActive(database, vault, 'ConnectionToken')).toBe(27)

  const ids = [keyIdOf(newer), keyIdOf(older)]
  const { said, complete } = describeRewrapped(result, ids)
  expect(complete).toBe(false)
  expect(said).toContain(`26 records wrapped by the key ${keyIdOf(lost)}, which isn’t in PATCHBAY_KEYS. Add it back`)
  expect(said).toContain(`Keep these keys in PATCHBAY_KEYS: ${keyIdOf(older)}`)
  for (const key of [lost, older, newer]) expect(said).not.toContain(key)

  const found = await rewrapRecords({ db, vault: vaultOf(newer, older, lost) })
  expect(found).toMatchObject({ rewrapped: 26, unopened: [{ code: 'DAMAGED' }, { code: 'DAMAGED' }] })
})

test('the report says which older keys can be removed, if there are any', () => {
  const [first, second, third] = [newKey(), newKey(), newKey()].map(keyIdOf) as [string, string, string]
  const whole = { rewrapped: 1, unopened: [] }
  expect(describeRewrapped(whole, [first, second])).toMatchObject({
    complete: true,
    said: expect.stringMatching(
      `Rewrapped 1 record.[\\s\\S]*you can now remove these keys from PATCHBAY_KEYS.*${second}`,
    ),
  })
  expect(describeRewrapped(whole, [first]).said).not.toMatch(/remove/)
  const unopened = [{ keyId: third, code: 'UNKNOWN_KEY' as const, count: 2 }]
  const partly = describeRewrapped({ rewrapped: 0, unopened }, [first, second])
  expect(partly.said).toMatch(new RegExp(`you can now remove these keys from PATCHBAY_KEYS.*${second}`))
  expect(partly.complete).toBe(false)
})

test('T4: a rewrap that loses the key service ends with an error, and resumes once the service is back', async () => {
  await sealMany(database, vaultOf(older), 600)
  const vault = vaultOf(newer, older)
  let asked = 0
  const failing = {
    ...vault,
    rewrap: (...record: Parameters<typeof vault.rewrap>) => {
      if (++asked > 650) throw new Error('the service is gone')
      return vault.rewrap(...record)
    },
  }
  await expect(rewrapRecords({ db: database.db, vault: failing })).rejects.toThrow('the service is gone')
  expect(await wrappedByActive(database, vault, 'ConnectionToken')).toBe(500)
  expect(await rewrapRecords({ db: database.db, vault })).toEqual({ rewrapped: 100 + 60, unopened: [] })
})

test('a rewrap stops with instructions if an instance keeps sealing with the older key', async () => {
  const { owner, connectionIds, tokens } = await sealMany(database, vaultOf(older), 10)
  const [recordId = ''] = connectionIds
  using _tap = database.tap(async (sql) => {
    if (!/FROM pg_stat_activity/.test(sql)) return
    const sealed = await sealTokens(vaultOf(older), { ...owner, recordId }, tokens(2))
    await database.db.connectionToken.update({ where: { connectionId: recordId }, data: { sealed } })
  })
  const rewrapping = rewrapRecords({ db: database.db, vault: vaultOf(newer, older) })
  await expect(rewrapping).rejects.toThrow(/Restart every instance with the new key first/)
})

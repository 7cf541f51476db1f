import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { readStates } from '../../../src/domain/view/read-states.js'
import { openTestDatabase } from '../../support/database.js'

test('reading a user’s state scans no table, even if the database has no statistics yet', async () => {
  const database = await openTestDatabase()
  try {
    const { db } = database
    await db.$transaction(async (tx) => {
      await tx.$executeRaw`SET LOCAL session_replication_role = replica`
      await tx.$executeRaw`
        INSERT INTO "Setup" (id, "userId", "pluginSlug", "startedAt")
        SELECT md5(n::text)::uuid, md5((n / 3)::text)::uuid, 'plugin-' || n % 3, now() FROM generate_series(1, 9000) n`
      await tx.$executeRaw`
        INSERT INTO "StepBinding" ("setupId", "connectorSlug", "boundAt", authorized)
        SELECT md5(n::text)::uuid, 'connector-' || step, now(), true
        FROM generate_series(1, 9000) n, generate_series(1, 3) step`
    })
    const reads: string[] = []
    {
      using _tap = database.tap((sql) => void reads.push(sql))
      await readStates(database.sql, [
        { userId: randomUUID(), issuedAt: null, session: null, authorizationIds: [], known: null },
      ])
    }
    const [read = ''] = reads
    const parameters = new Set(read.match(/\$\d+/g)).size
    const plan = await db.$transaction(async (tx) => {
      await tx.$executeRaw`SET LOCAL plan_cache_mode = force_generic_plan`
      await tx.$executeRawUnsafe(`PREPARE read AS ${read}`)
      const rows = await tx.$queryRawUnsafe<{ 'QUERY PLAN': string }[]>(
        `EXPLAIN EXECUTE read(${Array(parameters).fill('NULL').join(', ')})`,
      )
      await tx.$executeRaw`DEALLOCATE read`
      return rows.map((row) => row['QUERY PLAN']).join('\n')
    })
    expect(plan).not.toMatch(/Seq Scan on "(User|Setup|StepBinding|Connection|Authorization|SkillCopy)"/)
    expect(plan).toMatch(/Index Cond: \("setupId" = "Setup/)
  } finally {
    await database.close()
  }
})

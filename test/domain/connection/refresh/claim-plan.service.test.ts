import { expect, test } from 'vitest'
import { startKeepers } from '../../../support/keepers.js'
import { startRotatingApp } from '../../../support/rotating-app.js'

test.each([
  ['few are due', 1, true],
  ['most are due', -1, true],
  ['most are due and the database knows nothing about them', -1, false],
])('claiming due refreshes uses indexes instead of scanning all connections if %s', async (_case, sign, analyzed) => {
  await using app = await startRotatingApp()
  await using keepers = await startKeepers(app)
  await keepers.connect('ada')
  const statements: string[] = []
  {
    using _tap = keepers.database.tap((sql) => void statements.push(sql))
    await keepers.keeper().refresher.refreshDue()
  }
  const claim = statements.find((sql) => sql.includes('"refreshStartedAt" = statement_timestamp()')) ?? ''
  const store = statements.find((sql) => sql.includes('CONNECTION_REFRESHED')) ?? ''
  const { db } = keepers.database
  await db.$executeRaw`
    INSERT INTO "Connection" (id, "userId", "connectorSlug", status, "grantedScopes", "connectedAt", "authorizedAt",
      refreshable, "refreshDueAt")
    SELECT gen_random_uuid(), "userId", "connectorSlug", 'LIVE', '{}', now(), now(), true,
      now() + make_interval(secs => ${sign}::int * n)
    FROM "Connection", generate_series(1, 20000) n`
  if (analyzed) await db.$executeRaw`ANALYZE "Connection"`
  const planOf = (sql: string) =>
    db.$transaction(async (tx) => {
      await tx.$executeRaw`SET LOCAL plan_cache_mode = force_generic_plan`
      await tx.$executeRawUnsafe(`PREPARE planned AS ${sql}`)
      const parameters = new Set(sql.match(/\$\d+/g)).size
      const rows = await tx.$queryRawUnsafe<{ 'QUERY PLAN': string }[]>(
        `EXPLAIN EXECUTE planned(${Array(parameters).fill('NULL').join(', ')})`,
      )
      await tx.$executeRaw`DEALLOCATE planned`
      return rows.map((row) => row['QUERY PLAN']).join('\n')
    })
  const plan = await planOf(claim)
  expect(plan).toMatch(/Index Cond: \("refreshDueAt" <=/)
  expect(plan).toMatch(/Index Cond: \("refreshLeaseUntil" >/)
  if (sign < 0) expect(plan).not.toContain('Sort')
  const scanned =
    /(Seq Scan on "(Connection|User|ConnectionToken)")|Connection_status_refreshable|Connection_connectorSlug/
  expect(plan).not.toMatch(scanned)
  expect(await planOf(store)).not.toMatch(scanned)
})

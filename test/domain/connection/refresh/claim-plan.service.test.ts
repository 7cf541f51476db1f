import { expect, test } from 'vitest'
import { startKeepers } from '../../../support/keepers.js'
import { startRotatingApp } from '../../../support/rotating-app.js'

test('claiming due refreshes uses indexes instead of scanning all connections', async () => {
  await using app = await startRotatingApp()
  await using keepers = await startKeepers(app)
  await keepers.connect('ada')
  const claims: string[] = []
  {
    using _tap = keepers.database.tap((sql) => {
      if (sql.includes('WITH claimed AS')) claims.push(sql)
    })
    await keepers.keeper().refresher.refreshDue()
  }
  const [claim = ''] = claims
  const parameters = new Set(claim.match(/\$\d+/g)).size
  const { db } = keepers.database
  await db.$executeRaw`
    INSERT INTO "Connection" (id, "userId", "connectorSlug", status, "grantedScopes", "connectedAt", "authorizedAt",
      refreshable, "refreshDueAt")
    SELECT gen_random_uuid(), "userId", "connectorSlug", 'LIVE', '{}', now(), now(), true, now() + make_interval(secs => n)
    FROM "Connection", generate_series(1, 20000) n`
  await db.$executeRaw`ANALYZE "Connection"`
  const plan = await db.$transaction(async (tx) => {
    await tx.$executeRaw`SET LOCAL plan_cache_mode = force_generic_plan`
    await tx.$executeRawUnsafe(`PREPARE claim AS ${claim}`)
    const rows = await tx.$queryRawUnsafe<{ 'QUERY PLAN': string }[]>(
      `EXPLAIN EXECUTE claim(${Array(parameters).fill('NULL').join(', ')})`,
    )
    await tx.$executeRaw`DEALLOCATE claim`
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  })
  expect(plan).toMatch(/Index Cond: \("refreshDueAt" <=/)
  expect(plan).toMatch(/Index Cond: \("refreshLeaseUntil" >/)
})

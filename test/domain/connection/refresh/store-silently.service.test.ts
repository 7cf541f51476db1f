import { expect, test } from 'vitest'
import { createStoreSilently, type SilentlyStored } from '../../../../src/domain/connection/refresh/store-silently.js'
import { startKeepers } from '../../../support/keepers.js'
import { startRotatingApp } from '../../../support/rotating-app.js'

const refreshed: SilentlyStored = {
  sealed: Uint8Array.of(1, 2, 3),
  expiresInMs: 3_600_000,
  metadata: {},
  refreshInMs: 3_000_000,
  checkInMs: null,
}

test('refreshes stored together don’t wait for a connection that someone has locked, which is stored once it is free', async () => {
  await using app = await startRotatingApp()
  await using keepers = await startKeepers(app)
  const { db, sql } = keepers.database
  const store = createStoreSilently(sql)
  const [ada, ben, cleo] = [await keepers.connect('ada'), await keepers.connect('ben'), await keepers.connect('cleo')]
  let ofAda: Promise<boolean> | undefined
  await db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT id FROM "Connection" WHERE id = ${ada}::uuid FOR UPDATE`
    ofAda = store({ id: ada, tokenVersion: 1 }, refreshed)
    expect(
      await Promise.all([
        store({ id: ben, tokenVersion: 1 }, refreshed),
        // Newer tokens are there already.
        store({ id: cleo, tokenVersion: 0 }, refreshed),
      ]),
    ).toEqual([true, false])
    expect(await keepers.connection('ada')).toMatchObject({ tokenVersion: 1 })
  })
  expect(await ofAda).toBe(true)
  for (const account of ['ada', 'ben']) {
    expect(await keepers.connection(account)).toMatchObject({ tokenVersion: 2, refreshLeaseUntil: null })
  }
  expect(await keepers.connection('cleo')).toMatchObject({ tokenVersion: 1 })
  expect(await db.connectionToken.findUniqueOrThrow({ where: { connectionId: ben } })).toMatchObject({
    sealed: refreshed.sealed,
  })
  expect(await db.activity.count({ where: { kind: 'CONNECTION_REFRESHED' } })).toBe(2)
})

import { expect, test } from 'vitest'
import { startKeepers } from '../../support/keepers.js'
import { startRotatingApp } from '../../support/rotating-app.js'

test('a token is not issued while its connection is being removed, and the caller does not wait for that', async () => {
  await using app = await startRotatingApp()
  await using keepers = await startKeepers(app)
  const later = new Date(Date.now() + 3_600_000)
  const id = await keepers.connect('ada', { accessTokenExpiresAt: later, refreshDueAt: later })
  const { db } = keepers.database
  const keeper = keepers.keeper()
  await db.$transaction(async (tx) => {
    await tx.connection.delete({ where: { id } })
    await expect(keeper.issue('ada')).rejects.toMatchObject({ reason: 'APP_UNAVAILABLE', retryAfterSeconds: 1 })
  })
  await expect(keeper.issue('ada')).rejects.toMatchObject({ reason: 'NOT_CONNECTED' })
  expect(await db.activity.count()).toBe(0)
})

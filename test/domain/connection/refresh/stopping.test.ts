import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { createEnvelopeVault } from '../../../../src/vault/envelope-vault.js'
import { createKeyRing } from '../../../../src/vault/key-ring.js'
import { configureConnector } from '../../../support/connecting.js'
import { CONNECTOR, described, insertConnection } from '../../../support/insert-connection.js'
import { userOf } from '../../../support/keepers.js'
import { startPatchbay } from '../../../support/patchbay.js'
import { startRotatingApp } from '../../../support/rotating-app.js'

const DUE = 30
const AT_A_TIME = 10

test('a stopping instance finishes the refreshes under way and starts no others, however many are due', async () => {
  await using app = await startRotatingApp()
  const key = randomBytes(32).toString('base64')
  const patchbay = await startPatchbay({ PATCHBAY_KEYS: key })
  await configureConnector(patchbay, CONNECTOR, described(app))
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  let asked = 0
  const busy = new Promise<void>((resolve) => {
    app.beforeRefresh = () => {
      if (++asked === AT_A_TIME) resolve()
      return held
    }
  })
  const { db } = patchbay.database
  const vault = createEnvelopeVault(createKeyRing([key]))
  // All are due at once, or the first would wait for the app longer than a refresh may.
  const notDue = { refreshDueAt: new Date(Date.now() + 3_600_000) }
  for (let index = 0; index < DUE; index++) {
    await insertConnection({ db, vault, app }, userOf(`ada-${index}`), `ada-${index}`, notDue)
  }
  await db.connection.updateMany({ data: { refreshDueAt: new Date() } })
  await busy
  const closed = patchbay.close()
  release()
  await closed
  expect(app).toMatchObject({ tokenCalls: AT_A_TIME, reuses: 0 })
})

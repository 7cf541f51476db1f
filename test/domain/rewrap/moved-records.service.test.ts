import { afterAll, beforeAll, expect, test } from 'vitest'
import { rewrapRecords } from '../../../src/domain/rewrap/rewrap-records.js'
import { Browser } from '../../support/browser.js'
import { connectionsOf, mutate, withoutDueWork } from '../../support/connecting.js'
import { type Patchbay, startPatchbay } from '../../support/patchbay.js'
import { everySealedRow, newKey, resealCredentials, vaultOf } from '../../support/sealed-records.js'

const [OLDER, NEWER] = [newKey(), newKey()]

let patchbay: Patchbay
beforeAll(async () => {
  patchbay = await startPatchbay({ PATCHBAY_KEYS: `${OLDER},${NEWER}` })
})
afterAll(() => patchbay.close())

test('T3: a record that a transaction moves to another table during a rewrap is not left behind', async () => {
  using _still = withoutDueWork(patchbay)
  const { database } = patchbay
  const { db } = database
  await resealCredentials(database, vaultOf(OLDER), vaultOf(NEWER))
  await new Browser(patchbay, 'ada').connect({ connector: 'acme-mail' })
  const [connection] = await connectionsOf(patchbay, 'ada')

  // Disconnecting has read the sealed tokens and is about to write them to another table.
  let letGo = () => {}
  const going = new Promise<void>((resolve) => {
    letGo = resolve
  })
  let hasRead = () => {}
  const read = new Promise<void>((resolve) => {
    hasRead = resolve
  })
  using _tap = database.tap((sql) => {
    if (!/INSERT INTO "Revocation"/.test(sql)) return undefined
    hasRead()
    return going
  })
  const disconnecting = mutate(patchbay, 'ada', 'disconnect', { connectionId: connection?.id ?? '' })
  await read

  const passes: string[] = []
  const rewrapping = rewrapRecords({ db, vault: vaultOf(NEWER, OLDER) }, ({ table }) => void passes.push(table))
  let waits = 0
  using _waits = database.tap((sql) => {
    if (/FROM pg_stat_activity/.test(sql) && ++waits === 3) letGo()
  })
  expect(await rewrapping).toMatchObject({ unopened: [] })
  expect((await disconnecting).__typename).toBe('Viewer')
  expect(passes.length).toBeGreaterThanOrEqual(4)
  const rows = await everySealedRow(database)
  expect(rows.filter(({ table }) => table === 'Revocation')).toHaveLength(1)
  for (const { sealed, binding } of rows) await vaultOf(NEWER).open(sealed, binding)
})

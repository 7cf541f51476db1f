import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Patchbay, startPatchbay } from '../support/patchbay.js'
import { TRANSPORTS } from '../support/subscriber.js'
import { change, HOST, isStateRead, newUser, SETUP, type SetupScreen, startSetup, watching } from './host-user.js'

let patchbay: Patchbay

beforeAll(async () => {
  patchbay = await startPatchbay(HOST)
})
afterAll(() => patchbay.close())

/** Does something just before the nth statement of a kind goes to the database, which waits for it. */
function before(isKind: (sql: string) => boolean, count: number, act: () => Promise<unknown>): void {
  let seen = 0
  const tap = patchbay.database.tap(async (sql) => {
    if (!isKind(sql) || ++seen < count) return
    tap[Symbol.dispose]()
    await act()
  })
}

const isCatalogueRead = (sql: string) => sql.startsWith('SELECT') && sql.includes('"Catalogue"') && !isStateRead(sql)

// The first read of a subscription is whether the setup is the user's, the second one the snapshot.
describe.each(TRANSPORTS)('L6: over %s, a change that commits', (transport) => {
  test.each(['without', 'with'])('between the listening and the snapshot is in it, %s since', async (since) => {
    const user = await newUser(patchbay)
    const { id, revision } = await startSetup(user)
    before(isStateRead, 2, () => change(user))
    const variables = since === 'with' ? { id, since: revision } : { id }
    await using screen = await watching<SetupScreen>(user, SETUP, variables, transport)
    expect((await screen.next()).data).toMatchObject({ setupProgress: { revision: revision + 1 } })
    await change(user)
    expect((await screen.next()).data).toMatchObject({ setupProgress: { revision: revision + 2 } })
  })

  test('between the snapshot and its delivery follows it', async () => {
    const user = await newUser(patchbay)
    const { id, revision } = await startSetup(user)
    // A catalogue that is new to this instance is loaded between the two.
    before(isStateRead, 2, async () => {
      await patchbay.database.db.$executeRaw`UPDATE "Catalogue" SET revision = revision + 1`
      before(isCatalogueRead, 1, () => change(user))
    })
    await using screen = await watching<SetupScreen>(user, SETUP, { id }, transport)
    expect((await screen.next()).data).toMatchObject({ setupProgress: { revision: revision + 1 } })
    expect((await screen.next()).data).toMatchObject({ setupProgress: { revision: revision + 2 } })
  })
})
